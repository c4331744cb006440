"""The connection of the app: one profile, its key, its client, and the simulator of a demo."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from console.keys import Key, Keys, Source
from console.logs import keep_secret
from console.settings import Profile
from console.simulator import DEMO_KEY

if TYPE_CHECKING:
    from console.oioi.client import OioiClient
    from console.simulator.server import Simulator


class KeyMissing(Exception):
    """There is no API key for the profile, and nobody was asked yet."""


class Connection:
    """Opens what a profile needs when the first call needs it, and closes it at the end."""

    def __init__(self, profile: Profile, keys: Keys) -> None:
        self.profile = profile
        self.keys = keys
        self.key: Key | None = None
        self._client: OioiClient | None = None
        self._retired: list[OioiClient] = []
        self._simulator: Simulator | None = None
        self._opening = asyncio.Lock()

    @property
    def url(self) -> str:
        """Where calls go; empty while the simulator of a demo is not up yet."""
        return self._simulator.url if self._simulator else self.profile.url

    async def open_demo(self) -> None:
        """Start the simulator, if this is a demo and it does not run yet."""
        async with self._opening:
            if self.profile.demo and self._simulator is None:
                from console.simulator.server import Simulator
                from console.simulator.world import World

                simulator = Simulator(World())
                await simulator.start()
                self._simulator = simulator
                self.key = Key(DEMO_KEY, Source.DEMO)

    async def find_key(self) -> Key | None:
        """The key for this profile from where keys are kept, or None if there is none.

        KeyringTrouble if the keyring cannot be asked.
        """
        from console.oioi.identifiers import clean_api_key

        if self.key is None and not self.profile.demo:
            if self.profile.stores_key:
                found = await self.keys.get(self.profile.name)
            else:
                found = self.keys.at_hand(self.profile.name)
            if found is not None:
                keep_secret(found.value)
                self.key = replace(found, value=clean_api_key(found.value)[0])
        return self.key

    def forget_key(self) -> None:
        """The key is gone: look for one again before the next call."""
        self.key = None
        self.forget_client()

    def forget_client(self) -> None:
        """Make a new client for the next call; the key is another one."""
        if self._client is not None:
            self._retired.append(self._client)
            self._client = None

    async def client(self) -> OioiClient:
        """The client, made on first use. KeyMissing, KeyringTrouble or EndpointError if not."""
        if self._client is not None:
            return self._client
        await self.open_demo()
        key = await self.find_key()
        if key is None:
            raise KeyMissing
        from console.oioi.client import OioiClient, Timeouts
        from console.oioi.retry import RetryPolicy

        profile = self.profile
        self._client = OioiClient(
            self.url,
            key.value,
            timeouts=Timeouts(
                profile.connect_timeout_s, profile.read_timeout_s, profile.command_timeout_s
            ),
            policy=RetryPolicy(profile.attempts, budget_s=profile.retry_budget_s),
            ca_file=profile.ca_file,
            proxy=profile.proxy,
            allow_http=profile.allow_http,
        )
        return self._client

    async def close(self) -> None:
        """Close the client's connections and stop the simulator."""
        for client in (*self._retired, self._client):
            if client is not None:
                await client.aclose()
        if self._simulator is not None:
            await self._simulator.stop()
