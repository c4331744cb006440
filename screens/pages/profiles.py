"""Profiles: which server, with which key, and whether this machine can reach it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.table import Table as RichGrid
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.doctor import NOT_REACHED, Step, StepState, examine
from console.keys import KeyringProblem, KeyringTrouble, KeySource, KeyStatus
from console.oioi.language import tr, tr_kept
from console.oioi.positions.sphere import Position, format_radius
from console.oioi.redact import visible
from console.settings import Kind, Profile, SettingsError, delete_profile, save_profile
from screens.context import Context
from screens.dialogs import Confirm
from screens.dialogs.profile_form import ProfileForm
from screens.pages.page import Page
from screens.widgets.forms import SIGNS, STYLES, Tone
from screens.widgets.steady import SteadyText
from screens.widgets.table import Column, Table

TONES = {
    StepState.RUNNING: Tone.PLAIN,
    StepState.PASSED: Tone.GOOD,
    StepState.WARNED: Tone.WARN,
    StepState.FAILED: Tone.BAD,
    StepState.SKIPPED: Tone.PLAIN,
}


COLOURS = {
    StepState.RUNNING: "oioi-waiting",
    StepState.PASSED: "oioi-ok",
    StepState.WARNED: "oioi-failed",
    StepState.FAILED: "oioi-refused",
    StepState.SKIPPED: "oioi-muted",
}
"""The variables of the theme."""


STATES = {
    # Translators: the state of a step of the test, at the beginning of its line
    StepState.RUNNING: tr("running"),
    StepState.PASSED: tr("passed"),
    StepState.WARNED: tr("warned"),
    StepState.FAILED: tr("failed"),
    StepState.SKIPPED: tr("skipped"),
}

KINDS = {
    # Translators: the kind of a profile: what a mistake can do on its server
    Kind.PRODUCTION: tr("production"),
    Kind.STAGING: tr("staging"),
    Kind.TEST: tr("test"),
}

_SOURCES = {
    # Translators: where an API key comes from
    KeySource.ENVIRONMENT: tr("environment"),
    KeySource.KEYRING: tr("keyring"),
    KeySource.THIS_RUN: tr("this run"),
    KeySource.DEMO: tr("demo"),
    KeySource.NONE: tr("none"),
}

_KEYRING_WORDS = {
    # Translators: what is wrong with the keyring, at most 18 cells
    KeyringProblem.NO_KEYRING: tr("no keyring"),
    KeyringProblem.BUS_GONE: tr("no keyring"),
    KeyringProblem.LOCKED: tr("keyring locked"),
}
"""What is wrong with the keyring, in two words; the facts below the list say it whole."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile as the list shows it; `key` is None until the keyring was asked."""

    profile: Profile
    in_use: bool
    key: KeyStatus | None = None

    @property
    def key_words(self) -> str:
        """What is known of the profile's key, in two words."""
        if self.profile.demo:
            # Translators: in the column "API key": the demo has a key of its own
            return tr("its own")
        if self.key is None:
            return "…"
        if self.key.present:
            return f"{self.key.masked} {_SOURCES[self.key.source]}"
        if self.key.trouble is None:
            # Translators: no API key
            return tr("none")
        return _KEYRING_WORDS.get(self.key.trouble.problem) or tr("keyring trouble")


class ProfileTable(Table[ProfileRow]):
    """The list; Enter does not open a profile but uses it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", tr("Use"), id="profiles.use")]


class ProfilesPage(Page):
    """The list of profiles, and what there is to do with the marked one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "set_key", tr("Key"), id="profiles.key"),
        Binding("t", "test", tr("Test"), id="profiles.test"),
        Binding("e", "edit", tr("Edit"), id="profiles.edit"),
        Binding("n", "new", tr("New"), id="profiles.new"),
        Binding("f", "forget_key", tr("Forget key"), id="profiles.forget-key", show=False),
        Binding("d", "delete", tr("Delete profile"), id="profiles.delete", show=False),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._statuses: dict[str, KeyStatus] = {}
        self._steps: dict[str, Step] = {}
        self._tested = ""
        self._placed: ProfileRow | None = None
        """The row on which the page put the cursor, until the operator moves it."""
        self._used = context.profile
        self._said_about: tuple[str, bool] | None = None
        """The profile on which the cursor stood when something was said."""

    def compose(self) -> ComposeResult:
        yield ProfileTable(
            [
                Column("name", tr("profile"), _name, 12, priority=9),
                Column("kind", tr("kind"), _kind, 10, priority=8),
                Column("host", tr("server"), _server, least=13, priority=8),
                Column("key", tr("API key"), lambda row: row.key_words, 18, priority=7),
            ],
            key=lambda row: _identity(row.profile),
            id="profiles-table",
        )
        yield Static(id="profile-facts", markup=False)
        yield SteadyText(id="profile-says", markup=False)
        with VerticalScroll(id="profile-test"):
            yield Static(id="profile-steps", markup=False)

    def on_mount(self) -> None:
        self._draw()
        self.arrive()

    def arrive(self) -> None:
        self._stand_on(self.context.profile)
        self.query_one("#profiles-table").focus()
        self._ask_the_keyring()

    def next_keys(self) -> Sequence[str]:
        row = self._row()
        first = ("profiles.use",) if row is not None and not row.in_use else ()
        return (*first, "profiles.test", "profiles.key", "profiles.edit", "profiles.new")

    # What is shown

    def _draw(self) -> None:
        table: Table[ProfileRow] = self.query_one("#profiles-table", Table)
        rows = self._rows()
        table.show(rows)
        table.styles.height = 1 + min(12, len(rows))
        self._draw_facts()

    def _rows(self) -> list[ProfileRow]:
        """The profiles there are; the one in use is a row of its own where it is none of them."""
        used, rows = self.context.profile, []
        for profile in self.context.settings.profiles:
            in_use = profile.name == used.name and not used.redirected
            shown = used if in_use else profile
            rows.append(ProfileRow(shown, in_use, self._statuses.get(profile.name)))
        if not any(row.in_use for row in rows):
            rows.append(ProfileRow(used, True, self._statuses.get(used.name)))
        return rows

    @work(exclusive=True, group="statuses")
    async def _ask_the_keyring(self) -> None:
        """Ask once a profile; a keyring that fails once is not asked for the rest."""
        keys, trouble = self.context.keys, None
        for profile in self.context.settings.profiles:
            if profile.demo:
                continue
            if trouble is None:
                status = await keys.status(profile.name)
                trouble = status.trouble
            else:
                status = keys.status_without_keyring(profile.name, trouble)
            self._statuses[profile.name] = status
        self._draw()

    def _stand_on(self, profile: Profile) -> None:
        """Put the cursor on a profile. Enter there uses none that the operator did not go to."""
        table: Table[ProfileRow] = self.query_one("#profiles-table", Table)
        listed = [_identity(row.profile) for row in table.shown]
        if (wanted := _identity(profile)) in listed:
            table.move(listed.index(wanted) - table.cursor)
        self._placed = table.cursor_row

    def _row(self) -> ProfileRow | None:
        return self.query_one("#profiles-table", Table).cursor_row

    def _draw_facts(self) -> None:
        row = self._row()
        facts = self.query_one("#profile-facts", Static)
        if row is None:
            facts.update("")
            return
        key = None if row.profile.demo else row.key
        trouble = key.trouble if key is not None and not key.present else None
        said = Content.styled(
            visible(f"\n▲ {tr_kept(str(trouble))}", lines=True), STYLES[Tone.WARN]
        )
        facts.update(_facts(row.profile) + (said if trouble else ""))

    def _say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Say something until the cursor goes to another profile."""
        row = self._row()
        self._said_about = _identity(row.profile) if row is not None and text else None
        said = Content.styled(SIGNS[tone] + visible(text), STYLES[tone])
        self.query_one("#profile-says", Static).update(said)

    @on(Table.Highlighted, "#profiles-table")
    def _highlighted(self) -> None:
        row, placed = self._row(), self._placed
        if row and placed and _identity(row.profile) != _identity(placed.profile):
            self._placed = None
        if row and self._said_about not in (None, _identity(row.profile)):
            self._say("")
        self.refresh_bindings()
        self._draw_facts()

    # What can be done

    @on(Table.Opened, "#profiles-table")
    def _use(self, event: Table.Opened) -> None:
        if event.row.in_use:
            self._say(tr("This profile is in use."))
        else:
            self.post_message(self.UseProfile(event.row.profile, is_picked=self._placed is None))

    def action_set_key(self) -> None:
        """Store or replace the API key of the marked profile."""
        row = self._row()
        if row is None or row.profile.demo:
            self._say(tr("The demo has its own key."), Tone.WARN)
            return
        trouble = tr_kept(str(row.key.trouble)) if row.key is not None and row.key.trouble else ""
        self.post_message(self.AskForKey(row.profile, trouble))

    def key_asked(self, profile: Profile, *, is_there: bool) -> None:
        if is_there:
            test = self.key_of("profiles.test")
            said = tr(
                "The key for {profile} is set; {key} tests it.", profile=profile.name, key=test
            )
            self._say(said, Tone.GOOD)
        self._ask_the_keyring()

    def profile_changed(self) -> None:
        before, self._used = self._used, self.context.profile
        self._draw()
        self._stand_on(self._used)
        if (before.name, before.url) != (self._used.name, self._used.url):
            host = self._used.host
            self._say(
                tr(
                    "Calls go to {server} from now on; what is in flight is not affected.",
                    server=host,
                )
                if host
                else tr("Calls go to the demo from now on; what is in flight is not affected.")
            )

    @work
    async def action_forget_key(self) -> None:
        """Take the key of the marked profile out of the keyring."""
        row = self._row()
        if row is None or row.profile.demo:
            return
        question = tr(
            "Take the API key for {profile} out of the keyring?", profile=row.profile.name
        )
        if not await self.app.push_screen_wait(
            Confirm(tr("Forget the key"), question, no=tr("Keep it"), yes=tr("Forget it"))
        ):
            return
        try:
            was_there = await self.context.keys.delete(row.profile.name)
        except KeyringTrouble as trouble:
            self._say(tr_kept(str(trouble)), Tone.BAD)
            return
        self.post_message(self.KeyForgotten(row.profile))
        self._say(tr("The key is gone.") if was_there else tr("There was no key."), Tone.GOOD)
        self._ask_the_keyring()

    @work
    async def action_new(self) -> None:
        """Make a profile of one's own."""
        await self._edit(Profile("", "", Kind.PRODUCTION), is_new=True)

    @work
    async def action_edit(self) -> None:
        """Change the marked profile."""
        row = self._row()
        if row is not None:
            await self._edit(row.profile, is_new=False)

    async def _edit(self, profile: Profile, *, is_new: bool) -> None:
        form = ProfileForm(profile, self.context.settings, is_new=is_new)
        changed: Profile | None = await self.app.push_screen_wait(form)
        if changed is None:
            return
        try:
            self.context.settings = save_profile(self.context.settings, changed)
        except SettingsError as error:
            self._say(str(error), Tone.BAD)
            return
        self._say(tr("Saved in {path}", path=self.context.settings.path), Tone.GOOD)
        if changed.name == self.context.profile.name:
            self.post_message(self.UseProfile(changed, is_picked=True))
        self._draw()
        self._stand_on(changed)

    @work
    async def action_delete(self) -> None:
        """Delete the marked profile from the settings file."""
        row = self._row()
        if row is None:
            return
        name = row.profile.name
        if name == self.context.profile.name:
            self._say(tr("This profile is in use; choose another one first."), Tone.WARN)
            return
        question = tr("Delete profile {profile}? Its key stays in the keyring.", profile=name)
        if await self.app.push_screen_wait(
            Confirm(tr("Delete the profile"), question, no=tr("Keep it"), yes=tr("Delete it"))
        ):
            try:
                self.context.settings = delete_profile(self.context.settings, name)
                self._say(tr("Profile {profile} is deleted.", profile=name), Tone.GOOD)
            except SettingsError as error:
                self._say(str(error), Tone.BAD)
            self._draw()
            self._stand_on(self.context.profile)

    # The test: step by step to the server

    @work(exclusive=True, group="test")
    async def action_test(self) -> None:
        """Find out, step by step, whether the marked profile's server can be used."""
        row = self._row()
        if row is None:
            return
        self._steps, self._tested = {}, row.profile.name
        self._say(tr("Testing {profile}: only reads are sent.", profile=row.profile.name))
        keys, settings = self.context.keys, self.context.settings
        report = await examine(row.profile, keys, settings, observe=self._step)
        if report.ok:
            self._say(tr("{profile}: all good", profile=self._tested), Tone.GOOD)
        else:
            self._say(tr("{profile}: see below", profile=self._tested), Tone.BAD)

    def _step(self, step: Step) -> None:
        self._steps[step.name] = step
        grid = _steps_grid(self._steps.values(), self.app.theme_variables)
        self.query_one("#profile-steps", Static).update(grid)


def _identity(profile: Profile) -> tuple[str, bool]:
    """What tells profiles apart: one with another server is not the one of its name."""
    return profile.name, profile.redirected


def _name(row: ProfileRow) -> Content:
    mark = "● " if row.in_use else "  "
    return Content.styled(mark + visible(row.profile.name), "bold" if row.in_use else "")


def _server(row: ProfileRow) -> str:
    # Translators: in the column "server": the demo's server is a part of this program
    return row.profile.host or tr("in this program")


def _kind(row: ProfileRow) -> Content:
    style = "bold $oioi-refused" if row.profile.is_production else "$oioi-muted"
    kind = Kind.PRODUCTION if row.profile.is_production else row.profile.kind
    return Content.styled(KINDS[kind], style)


def _facts(profile: Profile) -> Content:
    """What is set, in three lines."""
    rules = tr(
        "{attempts} attempts, waits up to {seconds} s",
        attempts=f"{profile.attempts:g}",
        seconds=f"{profile.retry_budget_s:g}",
    )
    times = tr(
        "timeouts {connect}/{read}/{command} s (connect, read, command)",
        connect=f"{profile.connect_timeout_s:g}",
        read=f"{profile.read_timeout_s:g}",
        command=f"{profile.command_timeout_s:g}",
    )
    near = tr(
        "near {position}, {radius}",
        position=Position(profile.latitude, profile.longitude),
        radius=format_radius(profile.radius_km),
    )
    more = [
        tr("customer {customer}", customer=profile.customer) if profile.customer else "",
        tr("read-only") if profile.read_only else "",
        tr("proxy {proxy}", proxy=profile.proxy) if profile.proxy else "",
        tr("CA {file}", file=profile.ca_file) if profile.ca_file else "",
        tr("plain http allowed") if profile.allow_http else "",
    ]
    lines = [profile.url or tr("the simulator in this program"), f"{times} · {rules}"]
    lines.append(" · ".join([near, *(text for text in more if text)]))
    return Content.styled(visible("\n".join(lines), lines=True), "$oioi-muted")


def _steps_grid(steps: Iterable[Step], theme: Mapping[str, str]) -> RichGrid:
    """The steps so far; those that were not reached in one line."""
    grid = RichGrid.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right", style="dim")
    grid.add_column(ratio=1)
    not_reached = []
    for step in steps:
        title = tr(step.title) if step.title else ""
        if step.state is StepState.SKIPPED and step.detail in (NOT_REACHED, tr(NOT_REACHED)):
            not_reached.append(title)
            continue
        colour = Style(color=Color.parse(theme[COLOURS[step.state]]).rich_color)
        words = Text.assemble((f"{visible(title)}  ", "bold"), visible(step.detail))
        if step.advice:
            words.append(f"\n→ {visible(step.advice)}", style=colour)
        took = tr("{ms} ms", ms=step.elapsed_ms) if step.elapsed_ms is not None else ""
        state = Text(f"{SIGNS[TONES[step.state]] or '· '}{STATES[step.state]}", colour)
        grid.add_row(state, took, words)
    if not_reached:
        said = "· " + tr("not reached")
        grid.add_row(Text(said, "dim"), "", Text(", ".join(not_reached), "dim"))
    return grid
