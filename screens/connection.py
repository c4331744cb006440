"""The connections of the app: for each profile its key, its client, the simulator of a demo."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from console.client_for import client_for
from console.keys import Key, Keys, Source
from console.secrets import keep_secret
from console.settings import Profile
from console.simulator import DEMO_KEY

if TYPE_CHECKING:
    from console.oioi.http.client import OioiClient
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
        if self.key is None and not self.profile.demo:
            if self.profile.stores_key:
                found = await self.keys.get(self.profile.name)
            else:
                found = self.keys.at_hand(self.profile.name)
            if found is not None:
                self.take_key(found)
        return self.key

    def take_key(self, key: Key | None) -> None:
        """Use this key from the next call on; None: look for one again before it."""
        from console.oioi.identifiers import clean_api_key

        if key is not None:
            keep_secret(key.value)
            key = replace(key, value=clean_api_key(key.value)[0])
        self.key = key
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
        self._client = client_for(self.profile, key.value, url=self.url)
        return self._client

    async def close(self) -> None:
        """Close the client's connections and stop the simulator."""
        for client in (*self._retired, self._client):
            if client is not None:
                await client.aclose()
        if self._simulator is not None:
            await self._simulator.stop()


class Connections:
    """The connection of every profile that was used in this run.

    A profile that was changed gets a new one; what is in flight, and the sessions that were
    started, stay on the old. With `read_only` no profile sends commands, whatever it says itself.
    """

    def __init__(self, keys: Keys, *, read_only: bool = False) -> None:
        self._keys = keys
        self._read_only = read_only
        self._connections: dict[Profile, Connection] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._connections.values())

    def of(self, profile: Profile) -> Connection:
        """The connection of a profile, made when it is first asked for."""
        profile = replace(profile, read_only=profile.read_only or self._read_only)
        if profile not in self._connections:
            self._connections[profile] = Connection(profile, self._keys)
        return self._connections[profile]

    def take_key(self, profile: str, key: Key | None) -> None:
        """Let every connection of the profile of this name use this key; None: look for one."""
        for connection in self:
            if connection.profile.name == profile and not connection.profile.demo:
                connection.take_key(key)

    async def close(self) -> None:
        """Close all of them."""
        for connection in self:
            await connection.close()
