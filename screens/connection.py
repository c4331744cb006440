"""The connection of the app: one profile, its key, its client, and the simulator of a demo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.keys import Key, Keys, Source
from console.settings import Profile

if TYPE_CHECKING:
    from console.oioi.client import OioiClient
    from console.simulator.server import Simulator

DEMO_KEY = "demo-key-0000-1111"
"""What the demo sends as its API key; the simulator accepts any."""


class KeyMissing(Exception):
    """There is no API key for the profile, and nobody was asked yet."""


class Connection:
    """Opens what a profile needs when the first call needs it, and closes it at the end."""

    def __init__(self, profile: Profile, keys: Keys) -> None:
        self.profile = profile
        self.keys = keys
        self.key: Key | None = None
        self._client: OioiClient | None = None
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
        if self.key is None and not self.profile.demo:
            self.key = await self.keys.get(self.profile.name)
        return self.key

    def use_key(self, value: str) -> None:
        """Use this key for this run; it is kept in memory only."""
        self.keys.remember(self.profile.name, value)
        self.key = Key(value, Source.THIS_RUN)

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
        if self._client is not None:
            await self._client.aclose()
        if self._simulator is not None:
            await self._simulator.stop()
