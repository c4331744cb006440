"""What is still at work in a part of the screen that is being closed does not end the program."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.screen import ModalScreen
from textual.widget import WidgetError
from textual.widgets import Input, Static
from textual.worker import Worker

from console.exit_status import ExitStatus
from screens.guarded_app import GuardedApp
from tests.screen import until


class Part(Static):
    """What the worker looks for."""


class LeavesSlowly(Static):
    """Keeps its parent between the closing of the parent's parts and that of the parent."""

    def __init__(self, may_leave: asyncio.Event) -> None:
        super().__init__()
        self._may_leave = may_leave

    async def on_unmount(self) -> None:
        await self._may_leave.wait()


class Whole(Vertical):
    """Looks for its part, once it is told to."""

    def __init__(self, look: asyncio.Event, may_leave: asyncio.Event) -> None:
        super().__init__()
        self._look, self._may_leave = look, may_leave

    def compose(self) -> ComposeResult:
        yield Part()
        yield LeavesSlowly(self._may_leave)

    @work
    async def look_for_part(self) -> None:
        await self._look.wait()
        self.query_one(Part)

    @work
    async def make_part(self) -> None:
        await self._look.wait()
        part = Part()
        self.mount(part)
        self.move_child(part, before=0)


class WholeApp(GuardedApp):
    """A whole with its part."""

    def __init__(self) -> None:
        super().__init__()
        self.look, self.may_leave = asyncio.Event(), asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Whole(self.look, self.may_leave)

    def look_for_part(self) -> Worker[Any]:
        return self.query_one(Whole).look_for_part()


async def finished(pilot: Any, work: Worker[Any]) -> None:
    await until(pilot, lambda: work.is_finished, "the worker has looked")


@pytest.mark.parametrize(
    ("begin", "error"), [(Whole.look_for_part, NoMatches), (Whole.make_part, WidgetError)]
)
async def test_a_worker_that_misses_a_part_of_what_is_being_removed_ends_alone(
    begin: Callable[[Whole], Worker[Any]], error: type[Exception]
) -> None:
    app = WholeApp()
    async with app.run_test() as pilot:
        whole = app.query_one(Whole)
        work = begin(whole)
        removed = whole.remove()
        await until(pilot, lambda: not whole.query(Part), "the part is gone")
        app.look.set()
        await finished(pilot, work)
        app.may_leave.set()
        await removed
        assert isinstance(work.error, error)
        assert app.crash is None
        assert app.is_running


class Question(ModalScreen[None]):
    """A dialog that puts the focus on a part of its own when it opens."""

    def compose(self) -> ComposeResult:
        yield Input(id="answer")

    def on_mount(self) -> None:
        self.query_one("#answer").focus()


async def test_a_dialog_that_opens_while_the_program_leaves_is_no_fault() -> None:
    app = WholeApp()
    app.may_leave.set()
    async with app.run_test() as pilot:
        app.leave()
        question = Question()
        app.push_screen(question)
        await until(pilot, lambda: question.is_mounted, "it has opened")
    assert app.crash is None
    assert app.return_code == ExitStatus.SUCCESS


async def test_a_worker_that_misses_a_part_of_what_stays_is_a_fault() -> None:
    app = WholeApp()
    app.may_leave.set()

    async def misses_its_part() -> None:
        async with app.run_test() as pilot:
            work = app.look_for_part()
            await app.query_one(Part).remove()
            app.look.set()
            await finished(pilot, work)

    with pytest.raises(Exception, match="Part"):
        await misses_its_part()
    assert isinstance(app.crash, NoMatches)
