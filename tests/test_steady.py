"""Widgets that do nothing where nothing has changed."""

from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._footer import FooterKey

from screens.pages.sessions import SessionsPage
from screens.widgets.line_input import LineInput
from screens.widgets.steady import SteadyFooter, SteadyText
from tests.app_fixtures import Started, started
from tests.screen import screen_text, until, until_shown

__all__ = ["started"]


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> list[Screen[Any]]:
    """A screen for each time that one was laid out."""
    made: list[Screen[Any]] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[Any], *arguments: Any, **options: Any) -> None:
        made.append(screen)
        lay_out(screen, *arguments, **options)

    monkeypatch.setattr(Screen, "_refresh_layout", counted)
    return made


async def at_rest(pilot: Pilot[Any], layouts: list[Screen[Any]]) -> None:
    """Wait until the screen is laid out no more, and forget how often it was."""
    quiet = 0
    while quiet < 5:
        layouts.clear()
        await pilot.pause(1 / 60)  # as long as Textual gathers what has changed
        quiet = 0 if layouts else quiet + 1


class TextAndKeys(App[None]):
    """A text above a footer that offers one key, and another one while `is_more`; None: dimmed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "always", "Always"),
        Binding("m", "more", "More", tooltip="More of it"),
    ]
    CSS = "#below { height: auto; }"
    is_always = True
    is_more: bool | None = False

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield SteadyText("", id="text")
        yield SteadyText(Content("below"), id="below")
        yield SteadyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return {"more": self.is_more, "always": self.is_always}.get(action, True)

    def action_always(self) -> None:
        self.done.append("always")

    def action_more(self) -> None:
        self.done.append("more")


class WithField(App[None]):
    """A field."""

    def compose(self) -> ComposeResult:
        yield LineInput()


async def test_a_text_is_shown_and_moves_what_is_below_it_when_it_becomes_higher() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(40, 10)) as pilot:
        text, below = app.query_one("#text", SteadyText), app.query_one("#below")
        for shown, height in (("one line", 1), ("two\nlines", 2), ("word " * 20, 3), ("short", 1)):
            text.update(Content(shown))
            await until(pilot, lambda height=height: below.region.y == height, shown)  # type: ignore[misc]
            assert shown.split()[-1] in screen_text(app)


async def test_a_text_of_another_colour_is_drawn_again_and_the_same_one_is_not() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(40, 10)) as pilot:
        text = app.query_one("#text", SteadyText)
        text.update(Content.styled("word", "red"))
        await pilot.pause()
        before = text.visual
        text.update(Content.styled("word", "red"))
        assert text.visual is before
        text.update(Content.styled("word", "blue"))
        assert text.visual is not before


async def test_a_string_is_shown_as_it_is_and_lays_out_only_where_its_height_changes(
    layouts: list[Screen[Any]],
) -> None:
    app = TextAndKeys()
    async with app.run_test(size=(40, 10)) as pilot:
        text = app.query_one("#text", SteadyText)
        text.update("[b]one")
        await until(pilot, lambda: "[b]one" in screen_text(app), "without markup")
        await until(pilot, lambda: "Always" in screen_text(app), "the footer, too")
        await at_rest(pilot, layouts)
        for shown in ("[b]one", "two", "three"):
            text.update(shown)
            await pilot.pause()
            assert shown in screen_text(app)
        assert layouts == []
        text.display = False
        await at_rest(pilot, layouts)
        text.update("three\nlines\nmore")
        await pilot.pause()
        assert layouts == [], "it takes no place"
        text.display = True
        await until(pilot, lambda: "more" in screen_text(app), "it has its height")


async def test_a_text_that_came_at_another_width_has_its_height_at_the_one_before() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(20, 10)) as pilot:
        text, below = app.query_one("#text", SteadyText), app.query_one("#below")
        text.update("a short text")
        await until(pilot, lambda: "short" in screen_text(app), "one line")
        await until(pilot, lambda: "Always" in screen_text(app), "laid out once more")
        await pilot.resize_terminal(60, 10)
        await until(pilot, lambda: text.size.width == 60, "it is wider")
        text.update("this is one line here, and two in the other width")
        await until(pilot, lambda: "other width" in screen_text(app), "one line")
        await pilot.resize_terminal(20, 10)
        await until(pilot, lambda: below.region.y == 3, "all of its lines")
        assert "width" in screen_text(app)


async def test_a_field_is_not_left_scrolled_away_when_its_text_gets_shorter() -> None:
    app = WithField()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press(*"abcdefghijklmnopqrstuvwxyz0123456789ABCD")
        await pilot.press(*["left"] * 10, *["delete"] * 10)
        shown = app.query_one(LineInput).content_size.width
        assert "abcdefghijklmnopqrstuvwxyz0123"[1 - shown :] in screen_text(app)


async def test_a_letter_in_a_field_lays_nothing_out_and_its_end_is_seen(
    layouts: list[Screen[Any]],
) -> None:
    app = WithField()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press("a")
        await at_rest(pilot, layouts)
        await pilot.press(*"bcdefghijklmnopqrstuvwxyz")
        assert "tuvwxyz" in screen_text(app)
        assert "abc" not in screen_text(app)
        await pilot.press("home")
        assert "abcd" in screen_text(app)
        assert layouts == []


async def test_a_second_without_news_lays_nothing_out_on_sessions(
    started: Started, layouts: list[Screen[Any]]
) -> None:
    async with started() as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: "No session is open" in screen_text(pilot.app), "the page")
        page = pilot.app.query_one(SessionsPage)
        await at_rest(pilot, layouts)
        for _ in range(3):
            page._tick()
            await pilot.pause()
        assert layouts == []


async def test_the_footer_keeps_its_keys_until_others_are_offered() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "Always" in screen_text(app), "the footer")
        before = [*app.query(FooterKey)]
        app.refresh_bindings()
        await pilot.pause()
        assert [*app.query(FooterKey)] == before
        app.is_more = True
        app.refresh_bindings()
        await until(pilot, lambda: "More" in screen_text(app), "the new key")
        assert [*app.query(FooterKey)][:1] == before, "the first stands where it stood"
        app.is_more = False
        app.refresh_bindings()
        await until(pilot, lambda: "More" not in screen_text(app), "the key is gone")
        assert [*app.query(FooterKey)] == before


@pytest.mark.parametrize("width", [60, 70, 80, 90, 100, 120])
async def test_each_key_of_the_footer_has_the_width_of_its_words(
    started: Started, width: int
) -> None:
    """From the first ones through all pages, and the last one is whole."""
    async with started((width, 24), guides=True) as pilot:

        def fits() -> bool:
            keys = [*pilot.app.query(FooterKey)]
            wanted = [len(f" {key.key_display} {key.description} ") for key in keys]
            last = screen_text(pilot.app).rstrip().splitlines()[-1].rstrip()
            return [key.size.width for key in keys] == wanted and last.endswith("Quit")

        await until_shown(pilot, "77 stations")
        for page in ("f2", "f3", "f4", "f5", "f6", "f7", "f2"):
            await until(pilot, fits, page)
            await pilot.press(page)
        await until(pilot, fits, "back again")


async def test_a_key_that_changes_twice_while_the_screen_is_laid_out_has_its_own_width() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "a Always" in screen_text(app), "the footer")
        key: Any = app.query_one(FooterKey)
        *_, offered = (each for each in app.screen.active_bindings.values() if each.binding.show)
        for name in ("a very long name", "F1"):
            key.show(offered, name)
            app.screen._refresh_layout()
        await pilot.pause()
        assert "F1 Always" in screen_text(app)
        assert key.size.width == len(" F1 Always ")


async def test_a_text_that_changes_twice_while_the_screen_is_laid_out_has_its_own_height() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(40, 10)) as pilot:
        text, below = app.query_one("#text", SteadyText), app.query_one("#below")
        for shown in ("one", "one\ntwo\nthree", "one\ntwo"):
            text.update(shown)
            app.screen._refresh_layout()
        await until(pilot, lambda: below.region.y == 2, "two lines")


async def test_a_key_of_the_footer_becomes_another_one_in_all_that_it_says_and_does() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "a Always" in screen_text(app), "the footer")
        (key,) = app.query(FooterKey)
        app.is_more, app.is_always = None, False
        app.refresh_bindings()
        await until(pilot, lambda: "m More" in screen_text(app), "the other key")
        assert "Always" not in screen_text(app)
        assert [*app.query(FooterKey)] == [key]
        assert key.has_class("-disabled")
        assert key.tooltip == "More of it"
        app.is_more = True
        app.refresh_bindings()
        await until(pilot, lambda: not key.has_class("-disabled"), "it can be used")
        await pilot.click(key)
        assert app.done == ["more"]


async def test_the_footer_is_there_before_the_app_has_the_focus() -> None:
    app = TextAndKeys()
    async with app.run_test(size=(60, 10)) as pilot:
        await app.query_one(SteadyFooter).remove()
        app.set_reactive(App.app_focus, False)  # as at the start in a browser
        await app.mount(SteadyFooter())
        await pilot.pause()  # it has its size by now
        app.refresh_bindings()
        await until(pilot, lambda: "Always" in screen_text(app), "the footer")
        app.is_more = True
        app.refresh_bindings()
        await pilot.pause()
        assert "More" not in screen_text(app)
        app.app_focus = True
        app.refresh_bindings()
        await until(pilot, lambda: "More" in screen_text(app), "the new key")
