"""Widgets that do nothing where nothing has changed."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets._footer import FooterKey

from screens.widgets.steady import SteadyFooter, SteadyText
from tests.screen import screen_text, until


class TextAndKeys(App[None]):
    """A text above a footer that offers one key, and another one while `is_more`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "always", "Always"),
        Binding("m", "more", "More"),
    ]
    CSS = "#below { height: auto; }"
    is_more = False

    def compose(self) -> ComposeResult:
        yield SteadyText("", id="text")
        yield SteadyText(Content("below"), id="below")
        yield SteadyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.is_more if action == "more" else True

    def action_always(self) -> None: ...

    def action_more(self) -> None: ...


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
        app.is_more = False
        app.refresh_bindings()
        await until(pilot, lambda: "More" not in screen_text(app), "the key is gone")
