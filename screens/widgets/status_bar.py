"""The bar at the top: the profile, the server, the key and the result of the newest attempt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message

from console.connection import Connection
from console.oioi.language import tr
from console.oioi.redact import visible
from console.oioi.spans import took
from console.settings import Kind, Profile
from screens.widgets.clickable_parts import ClickablePart, ClickableParts

if TYPE_CHECKING:
    from console.oioi.http.attempt import Attempt


class StatusBar(ClickableParts):
    """Shows clearly which profile is in use, and how many sessions are open at any of them."""

    class SessionsClicked(Message):
        """The number of open sessions was clicked."""

    class ProfileClicked(Message):
        """The badge, the server or the key was clicked."""

    class LastClicked(Message):
        """The result of the newest attempt was clicked."""

    def __init__(self, connection: Connection, *, id: str | None = None) -> None:
        super().__init__(_status(connection, None, ""), id=id, markup=False)
        self._shown: tuple[Connection, Attempt | None, str, Sequence[int | None]]
        self._shown = (connection, None, "", ())

    def show(
        self,
        connection: Connection,
        newest: Attempt | None,
        open_sessions: str,
        times: Sequence[int | None] = (),
    ) -> None:
        """Show the connection in use, the newest attempt that has a result, how many sessions of
        all profiles are open (`session_words.number_open`), and the times of the last attempts in
        ms, the newest last. What does not fit is left out whole.
        """
        self._shown = (connection, newest, open_sessions, times)
        self.update(_status(connection, newest, open_sessions, times, self.size.width))

    def on_resize(self) -> None:
        self.show(*self._shown)

    def parts(self) -> list[ClickablePart]:
        """The profile with its server and key, the open sessions, and the newest attempt."""
        text = self.content.plain if isinstance(self.content, Content) else ""
        words = _padded(self._shown[2])
        last = Content.assemble(*_last_words(self._shown[1])).plain
        end = text.rfind(last) if last and last in text else len(text)
        begin = text.rfind(words, 0, end) if words else end
        profiles = tr("Go to Profiles: the server and key in use, and the other ones")
        exchange = tr("Go to the shown exchange")
        if said := times_in_words(self._shown[3]):
            exchange = f"{said}\n{exchange}"
        return [
            ClickablePart(0, begin, profiles, self.ProfileClicked),
            ClickablePart(
                begin,
                begin + len(words),
                tr("Go to the newest session that is open"),
                self.SessionsClicked,
            ),
            ClickablePart(begin + len(words), end, profiles, self.ProfileClicked),
            ClickablePart(end, len(text), exchange, self.LastClicked),
        ]


def _status(
    connection: Connection,
    newest: Attempt | None,
    open_sessions: str,
    times: Sequence[int | None] = (),
    width: int = 0,
) -> Content:
    """The bar in `width` cells; 0 if that is not known yet."""
    profile, key = connection.profile, connection.key
    look = f"bold $oioi-on-badge on ${badge_colour(profile)}"
    where = connection.url.partition("//")[2].partition("/")[0] or tr("starting…")
    whence = ""
    if key and not profile.demo:
        whence = tr("key: {source} {masked}", source=tr(key.source), masked=key.masked)
    # The frame is easily overlooked, and the user's own profile may have any name.
    hides_production = profile.is_production and profile.label != "PRODUCTION"
    bar = Content.assemble(
        (f" {_badge(profile, where)} ", look),
        (_padded(tr("PRODUCTION")), look) if hides_production else "",
        "" if profile.redirected else f" {visible(where)}",
        ("  " + tr("read-only"), "bold $oioi-failed") if profile.read_only else "",
        ("  " if open_sessions else ""),
        (_padded(open_sessions), "bold reverse $oioi-ok"),
    )
    last = Content.assemble("   ", *_last_words(newest))
    for part in (
        Content.styled(f"  {whence}" if whence else "", "$oioi-muted"),
        last,
        Content.assemble("  ", (times_in_signs(times), "$oioi-muted")),
    ):
        if not width or bar.cell_length + part.cell_length <= width:
            bar += part
        elif part is last:
            break  # what follows belongs to it
    return bar


HEIGHTS = "▁▂▃▅▇"
"""The time of an attempt, as a share of the longest one that is shown."""

NO_ANSWER = "×"


def times_in_signs(times: Sequence[int | None]) -> str:
    """A sign for each time, the highest for the longest; empty for a single one."""
    if len(times) < 2:
        return ""
    longest = max((ms for ms in times if ms is not None), default=0) + 1
    steps = (None if ms is None else ms * len(HEIGHTS) // longest for ms in times)
    return "".join(NO_ANSWER if step is None else HEIGHTS[step] for step in steps)


def times_in_words(times: Sequence[int | None]) -> str | None:
    """What the signs mean; None where there are none."""
    if len(times) < 2:
        return None
    answered = [ms for ms in times if ms is not None]
    if not answered:
        return tr("None of the last {n} attempts had an answer", n=len(times))
    said = tr("Last {n} attempts at this server, the newest on the right: {least} to {most}")
    if len(times) > len(answered):
        said = tr(
            "Last {n} attempts at this server, the newest on the right: {least} to {most};"
            " × is one without an answer"
        )
    return said.format(n=len(times), least=took(min(answered)), most=took(max(answered)))


def badge_colour(profile: Profile) -> str:
    """The variable of the theme for a profile's badge; its text says the same in words."""
    if profile.is_production:
        return "oioi-production"
    if profile.redirected:
        return "oioi-own"
    if profile.demo:
        return "oioi-demo"
    return "oioi-staging" if profile.kind is Kind.STAGING else "oioi-own"


def _badge(profile: Profile, where: str) -> str:
    """The text of the badge; a name that the user has given stays as it is."""
    if profile.redirected:
        return visible(where)
    return tr("PRODUCTION") if profile.label == "PRODUCTION" else visible(profile.label)


def _padded(words: str) -> str:
    """Words with a cell on both sides; empty without words."""
    return f" {words} " if words else ""


def _last_words(attempt: Attempt | None) -> list[Any]:
    if attempt is None or attempt.elapsed_ms is None:
        return []
    from screens.widgets.exchange_words import attempt_status  # 100 ms, with msgspec

    status, style = attempt_status(attempt)
    last = tr("last {status} in {time}", status=status, time=took(attempt.elapsed_ms))
    return [("● ", style), last]
