"""The profile in use: its connection, its key, and the question for a missing key."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.screen import ModalScreen

from console.connection import Connection, Connections
from console.keys import KeyringTrouble, Keys, LateAnswer
from console.oioi.language import mark, tr, tr_kept
from console.settings import Profile, Settings, SettingsError
from console.slow_line import is_slow
from screens.context import Context
from screens.main_screen import MainScreen
from screens.pages.page import Page
from screens.themed_app import ThemedApp

if TYPE_CHECKING:
    from console.simulator.resuming import ResumedSession


class ConnectedApp(ThemedApp):
    """Sends to one profile at a time, and asks for its key if there is none."""

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(settings.theme)
        if is_slow(settings.slow_line, os.environ):
            self.save_bytes()
        keys.on_late = self._late_key
        connections = Connections(keys, read_only=read_only, resumed=self._sessions_of_demo)
        self.context = Context(settings, keys, connections, connections.choose(profile))
        self._key_question = asyncio.Lock()
        self._writing_settings = asyncio.Lock()

    async def _sessions_of_demo(self) -> list[ResumedSession]:
        """What a demo that begins takes over from earlier runs."""
        return await self.context.sessions.of_demo()

    @property
    def connection(self) -> Connection:
        """The connection in use."""
        return self.context.connection

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self.context.profile

    @property
    def main(self) -> MainScreen:
        """The screen of the pages, also while a dialog is in front of it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def draw_soon(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def watch_theme(self, theme: str) -> None:
        """Keep the choice of another theme in the settings."""
        if self.is_running and theme != self.context.settings.theme:
            trouble = mark("The theme is used, but not kept: {error}")
            self.keep_preference("theme", theme, trouble)

    @work(group="preferences")
    async def keep_preference(self, name: str, value: object, trouble: str) -> None:
        """Write a preference to the settings file. `trouble` says what it means if that fails, as
        a text to translate with the `{error}`.
        """
        if error := await self.kept(name, value):
            self.say(tr(trouble, error=error))

    async def kept(self, name: str, value: object) -> SettingsError | None:
        """Write a preference to the settings file. Returns why it was not written, if so."""
        async with self._writing_settings:  # one after the other: a file that has changed is left
            settings = self.context.settings
            try:
                settings = await asyncio.to_thread(_with_preference, settings, name, value)
            except SettingsError as error:
                return error
            self.context.settings = settings
            return None

    async def answer_to(self, dialog: ModalScreen[Any]) -> Any:
        """The answer to a dialog. If this is cancelled, the dialog closes without an answer."""
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answer(given: Any) -> None:
            if not answered.done():
                answered.set_result(given)

        await self.push_screen(dialog, answer)
        try:
            return await answered
        except asyncio.CancelledError:
            if self.is_running and dialog.is_active:
                dialog.dismiss()
            raise

    @on(Page.UseProfile)
    def _profile_wanted(self, message: Page.UseProfile) -> None:
        self.choose_profile(message.profile, is_picked=message.is_picked)

    @work(exclusive=True, group="choose profile")
    async def choose_profile(self, profile: Profile, *, is_picked: bool) -> None:
        """Use the chosen profile; production only after a yes."""
        from console.permission import Ask, Consent, may_use  # needs msgspec

        permission = may_use(profile, self.profile, is_picked=is_picked)
        if isinstance(permission, Ask):
            from screens.dialogs import Confirm

            stay = tr("Stay on {profile}", profile=self.profile.name)
            text = "\n".join(permission.lines)
            danger = Consent.PRODUCTION in permission.wanted
            dialog = Confirm(permission.title, text, no=stay, yes=tr("Use it"), dangerous=danger)
            if not await self.answer_to(dialog):
                return
        self.use_profile(profile)

    def use_profile(self, profile: Profile) -> None:
        """Send to this profile from now on. Calls in flight keep their connection."""
        self.context.connection = self.context.connections.choose(profile)
        self.draw_soon()
        for page in self.main.pages:
            page.profile_changed()
        self.connect()

    @work(exit_on_error=False, group="connect", exclusive=True)
    async def connect(self) -> None:
        """Prepare what the profile in use needs, and ask for its key if there is none."""
        connection, trouble = self.connection, ""
        try:
            await connection.open_demo()
            await connection.find_key()
        except KeyringTrouble as error:
            trouble = tr_kept(str(error))
        except OSError as error:
            self.say(tr("The simulator cannot be started: {error}", error=error), severity="error")
            return
        self.draw_soon()
        if connection is self.connection:
            await self.connected(connection)
        has_dialog = isinstance(self.screen, ModalScreen)
        if connection.key is None and connection is self.connection and not has_dialog:
            await self.ask_for_key(connection, trouble)

    async def connected(self, connection: Connection) -> None:
        """The server of the profile in use is known; in the demo, its simulator is up."""

    async def ask_for_key(self, connection: Connection, trouble: str = "") -> bool:
        """Ask for a missing key, one question at a time. Returns whether there is a key now.

        `trouble` says what is wrong with the keyring.
        """
        async with self._key_question:
            if connection.key is None:  # the answer to the question before may have given it
                await self._have_key_set(connection, trouble)
        return connection.key is not None

    async def _have_key_set(self, connection: Connection, trouble: str = "") -> None:
        from screens.dialogs import KeySetup  # 29 ms

        dialog = KeySetup(connection.profile, self.context.keys, trouble)
        answer = await self.answer_to(dialog)
        if answer == KeySetup.DEMO:
            self.use_profile(self.context.settings.profile("demo"))
        elif answer is not None:
            self.context.connections.take_key(connection.profile.name, answer)
        self.draw_soon()

    @on(Page.AskForKey)
    @work
    async def _key_wanted(self, message: Page.AskForKey) -> None:
        connection = self.context.connections.of(message.profile)
        await self._have_key_set(connection, message.trouble)
        for page in self.main.pages:
            page.key_asked(message.profile, is_there=connection.key is not None)

    @on(Page.KeyForgotten)
    def _key_forgotten(self, message: Page.KeyForgotten) -> None:
        self.context.connections.take_key(message.profile.name, None)
        self.draw_soon()

    def _late_key(self, late: LateAnswer) -> None:
        """The keyring answered after this program had stopped waiting for it."""
        if late.key is None:
            return
        if any(
            each.profile.name == late.profile and each.key is None
            for each in self.context.connections
        ):
            self.context.connections.take_key(late.profile, late.key)
        said = tr("The keyring answered: the key for {profile} is there.", profile=late.profile)
        self.say(said)
        self.draw_soon()


def _with_preference(settings: Settings, name: str, value: object) -> Settings:
    """The settings with this preference, which is also written to the file. Raises
    SettingsError.
    """
    from console.settings import set_preference  # 30 ms, with tomlkit

    return set_preference(settings, name, value)
