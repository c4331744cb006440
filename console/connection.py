"""The connection to a server: makes the client from a profile and its API key.

    connection = Connection(profile, keys)
    outcome = await connection.send(call)        the demo is started and the key found on first use
    await connection.close()

The app, the subcommands, the doctor and the batch all send through this class, so that a profile
means the same in all of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from console import oioi
from console.keys import ENVIRONMENT_VARIABLE, Key, Keys, KeySource
from console.oioi.http.endpoint import EndpointError
from console.oioi.language import english, tr
from console.secrets import keep_secret
from console.servers import ServerRef
from console.settings import PROFILE_SETTINGS, Kind, Profile, Settings, UnknownProfile, profile_for
from console.simulator import DEMO_KEY

if TYPE_CHECKING:
    from console.journal import Recording
    from console.oioi.calls import Call
    from console.oioi.http.client import BeforeAttempt, Observer, OioiClient
    from console.oioi.http.exchange import Exchange, Looked
    from console.oioi.judgement.outcome import Outcome
    from console.simulator.resuming import ResumedSessions
    from console.simulator.server import Simulator

T = TypeVar("T")


class KeyMissing(EndpointError):
    """There is no API key for the profile; the text says how to give one."""


class Connection:
    """The server of a profile: opens what a call needs on its first use, and closes it at the end.

    `timeout_s` is the longest time of one attempt as a whole, `attempts` the largest number of
    attempts. Both replace the values of the profile. `resumed` gives the sessions that the
    simulator of a demo takes over.
    """

    def __init__(
        self,
        profile: Profile,
        keys: Keys,
        *,
        timeout_s: float | None = None,
        attempts: int | None = None,
        resumed: ResumedSessions | None = None,
    ) -> None:
        self.profile = profile
        self.key: Key | None = None
        self.key_changes: tuple[str, ...] = ()
        """What was removed from the pasted key, such as blanks: one text for each change."""
        self._keys = keys
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._resumed = resumed
        self._client: OioiClient | None = None
        self._in_use: Counter[OioiClient] = Counter()
        """The number of unfinished calls of each client, old clients included."""
        self._closing: set[asyncio.Task[None]] = set()
        self._simulator: Simulator | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """The URL that calls are sent to; empty until the simulator of a demo has started."""
        return self._simulator.url if self._simulator else self.profile.url

    @property
    def server(self) -> ServerRef:
        """The server as the journal and the session book name it."""
        return ServerRef(self.profile.name, self.profile.url)

    # What a call needs

    async def open_demo(self) -> None:
        """Start the simulator if this is a demo and it is not running yet."""
        async with self._opening:
            if self.profile.demo and self._simulator is None:
                # 190 ms, with starlette and uvicorn.
                from console.simulator.server import Simulator
                from console.simulator.world import World

                world = World()
                if self._resumed is not None:
                    world.resume(await self._resumed())
                simulator = Simulator(world)
                await simulator.start()
                self._simulator = simulator

    async def find_key(self) -> Key | None:
        """The key of this profile from the environment, this run or the keyring; None if there is
        none.

        KeyringTrouble if the keyring cannot be asked.
        """
        if self._needs_keyring():
            self._found(await self._keys.get(self.profile.name))
        return self.key

    def find_key_now(self) -> Key | None:
        """`find_key`, blocking: for use before there is an event loop."""
        if self._needs_keyring():
            self._found(self._keys.get_now(self.profile.name))
        return self.key

    def _needs_keyring(self) -> bool:
        """Whether the keyring has to be asked for the key. A key that needs no keyring is used at
        once.
        """
        if self.key is None and self.profile.demo:
            self.key = Key(DEMO_KEY, KeySource.DEMO)
        elif self.key is None and not self.profile.stores_key:
            self._found(self._keys.at_hand(self.profile.name))
        return self.key is None and self.profile.stores_key

    def _found(self, key: Key | None) -> None:
        if key is not None:
            self.take_key(key)

    def take_key(self, key: Key | None) -> None:
        """Use this key from the next call on; None: look for one again before it.

        Blanks and other text pasted with the key are removed. Calls in flight keep the client they
        began with; it is closed when the last of them is finished.
        """
        self.key, self.key_changes = None, ()
        if key is not None:
            from console.oioi.identifiers.secrets_text import clean_api_key  # 25 ms

            keep_secret(key.value)
            value, changes = clean_api_key(key.value)
            keep_secret(value)
            if value:
                self.key, self.key_changes = replace(key, value=value), tuple(changes)
        old, self._client = self._client, None
        if old is not None and not self._in_use[old]:
            closing = asyncio.get_running_loop().create_task(old.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def ready(self) -> None:
        """Prepare everything that a call needs.

        Raises KeyMissing; KeyringTrouble; EndpointError for a URL, proxy or key that cannot be
        used; OSError if the simulator of a demo cannot be started.
        """
        if self._client is not None:
            return
        await self.open_demo()
        await self.find_key()
        if self.key is None:
            raise KeyMissing(no_key(self.profile))
        if self._client is None:  # no other call has made it meanwhile
            self._client = client_for(
                self.profile,
                self.key.value,
                url=self.url,
                timeout_s=self._timeout_s,
                attempts=self._attempts,
            )

    # Sending

    async def send(
        self,
        call: Call[T],
        observe: Observer | None = None,
        *,
        retry_now: asyncio.Event | None = None,
        recording: Recording | None = None,
        station_id: str | None = None,
        wants_preview: bool = False,
    ) -> Outcome[T]:
        """`OioiClient.send`, with the key that is known when the call begins. Raises as `ready`
        does. `recording` writes the call down: a command before its first byte leaves. With
        `station_id`, this server's number of the station, the connector of a start is looked at
        before the start is sent again. `wants_preview` as there.
        """
        await self.ready()
        client = self._client
        assert client is not None
        self._in_use[client] += 1
        try:
            return await client.send(
                call,
                recording.observing(observe) if recording else observe,
                retry_now=retry_now,
                before_attempt=_before_attempt(client, call, recording, station_id),
                wants_preview=wants_preview,
            )
        finally:
            self._in_use[client] -= 1
            if not self._in_use[client]:
                del self._in_use[client]
                if client is not self._client:
                    await client.aclose()

    async def close(self) -> None:
        """Close the connections to the server, old ones included, and stop the simulator."""
        client, self._client = self._client, None
        for each in {*self._in_use, *([client] if client else [])}:
            await each.aclose()
        if self._closing:
            await asyncio.wait(self._closing)
        if self._simulator is not None:
            await self._simulator.stop()
            self._simulator = None


class Connections:
    """The connection of every profile that was used in this run.

    A profile that was changed gets a new connection; calls in flight and started sessions keep the
    old one. With `read_only` no profile sends commands, whatever its own setting is.
    """

    def __init__(
        self, keys: Keys, *, read_only: bool = False, resumed: ResumedSessions | None = None
    ) -> None:
        self._keys = keys
        self._read_only = read_only
        self._resumed = resumed
        self._connections: dict[Profile, Connection] = {}
        self._chosen: set[str] = set()
        """The URLs that the operator has chosen in this run."""

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._connections.values())

    def choose(self, profile: Profile) -> Connection:
        """The connection of the profile that the operator uses from now on."""
        self._chosen.add(profile.url)
        return self.of(profile)

    def has_own_key(self, connection: Connection) -> bool:
        """Whether the key of a connection was given for its server.

        The key of the environment is given for the servers that are chosen in this run. No other
        server receives it before the operator has agreed.
        """
        profile = connection.profile
        if profile.demo or profile.url in self._chosen:
            return True
        key = connection.key or self._keys.at_hand(profile.name)
        return key is None or key.source is not KeySource.ENVIRONMENT

    def of(self, profile: Profile) -> Connection:
        """The connection of a profile, made on first use."""
        profile = replace(profile, read_only=profile.read_only or self._read_only)
        if profile not in self._connections:
            self._connections[profile] = Connection(profile, self._keys, resumed=self._resumed)
        return self._connections[profile]

    def at(self, server: ServerRef, settings: Settings) -> Connection:
        """The connection to a server that a session was started at.

        It has the present settings of the profile of that name. If that profile has another URL
        now, or there is none of that name any more, it is the connection of this run; else a new
        one, with the key of the profile, or without a stored key and as careful as on production.
        Raises EndpointError for a URL that may not be called.
        """
        try:
            profile = settings.profile(server.profile)
        except UnknownProfile:
            profile = None
        if profile is not None and profile.url == server.url:
            return self.of(profile)
        known = next((each for each in reversed([*self]) if each.server == server), None)
        return known or self.of(_then(profile, server, settings))

    def take_key(self, profile: str, key: Key | None) -> None:
        """Let every connection of the profile of this name use this key; None: look for one."""
        for connection in self:
            if connection.profile.name == profile and not connection.profile.demo:
                connection.take_key(key)

    async def close(self) -> None:
        """Close all of them."""
        for connection in self:
            await connection.close()


def _then(profile: Profile | None, server: ServerRef, settings: Settings) -> Profile:
    """The profile as it was at that server; without one, what is as careful as can be."""
    if profile is not None:
        return profile.with_endpoint(server.url)
    nameless = profile_for(settings, profile=None, demo=False, endpoint=server.url)
    if nameless.name == server.profile:  # `--endpoint` without `--profile`
        return nameless
    kind = Kind.PRODUCTION  # what it was is not known any more
    return Profile(server.profile, kind=kind, stores_key=False).with_endpoint(server.url)


def _before_attempt(
    client: OioiClient, call: Call[Any], recording: Recording | None, station_id: str | None
) -> BeforeAttempt | None:
    """What is done before each attempt: the call is written down, a connector is looked at."""
    from console.look_before_repeat import LookBeforeRepeat, connector_of_start  # with msgspec

    connector_id = connector_of_start(call)
    look = (
        LookBeforeRepeat(client, connector_id, station_id) if connector_id and station_id else None
    )
    if recording is None:
        return look

    async def before(exchange: Exchange) -> Looked | None:
        await recording.before_first_byte(exchange)
        return await look(exchange) if look else None

    return before


# From a profile to a client


def client_for(
    profile: Profile,
    key: str,
    *,
    url: str | None = None,
    timeout_s: float | None = None,
    attempts: int | None = None,
) -> OioiClient:
    """A client with the profile's timeouts, retries, CA file and proxy, and this API key.

    `url` replaces the profile's URL, which is empty in a demo. `timeout_s`, the longest time of one
    attempt as a whole, replaces the profile's read timeouts; `attempts` replaces the profile's
    number. Raises EndpointError for a URL, key or proxy that cannot be used.
    """
    given = client_arguments(profile)
    timeouts = oioi.Timeouts(**given.pop("timeouts"))
    policy = oioi.RetryPolicy(**given.pop("policy"))
    if timeout_s is not None:
        timeouts = timeouts.in_all(timeout_s)
    if attempts is not None:
        policy = replace(policy, attempts=attempts)
    return oioi.OioiClient(
        profile.url if url is None else url, key, timeouts=timeouts, policy=policy, **given
    )


def client_arguments(profile: Profile) -> dict[str, Any]:
    """The settings of a profile as arguments of `OioiClient`.

    `timeouts` and `policy` are dicts of the arguments of `Timeouts` and `RetryPolicy`.
    """
    arguments: dict[str, Any] = {"timeouts": {}, "policy": {}}
    for name, setting in PROFILE_SETTINGS.items():
        if setting.client:
            group, _, argument = setting.client.rpartition(".")
            into = arguments[group] if group else arguments
            into[argument] = getattr(profile, name)
    return arguments


def described(profile: Profile) -> str:
    """The server in a few words: its host, and the name of its profile if it has one."""
    if profile.demo:
        return tr("the simulated server (profile demo)")
    if profile.stores_key:
        return tr("{host} (profile {profile})", host=profile.host, profile=profile.name)
    return profile.host


@english()
def no_key(profile: Profile) -> str:
    """A sentence in English: this profile has no API key, and how to give it one."""
    words = {"server": described(profile), "variable": ENVIRONMENT_VARIABLE}
    if profile.stores_key:
        return tr(
            "There is no API key for {server}: set {variable}, or store one with oioi-console key"
            " set --profile {profile}.",
            profile=profile.name,
            **words,
        )
    return tr(
        "There is no API key for {server}: set {variable}, or name a --profile whose key was stored"
        " with oioi-console key set.",
        **words,
    )
