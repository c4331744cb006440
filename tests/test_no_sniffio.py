"""httpcore looks for no library on the disk while a call is sent, and is left alone otherwise."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from types import ModuleType

import pytest

from console.oioi.calls import RfidVerify
from console.oioi.http import no_sniffio
from console.oioi.http.client import OioiClient
from tests.raw_server import RawServer, answer


class Finder:
    """Finds nothing, and notes what was looked for."""

    def __init__(self) -> None:
        self.sought: list[str] = []

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        self.sought.append(name)


@pytest.mark.skipif(find_spec("sniffio") is not None, reason="it is there, and found at once")
async def test_a_call_looks_for_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = Finder()
    async with RawServer(answer()) as server, OioiClient(server.url, "key-for-a-test") as client:
        await client.send(RfidVerify("04523022AA4881"))
        monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
        await client.send(RfidVerify("04523022AA4881"))
    assert "sniffio" not in finder.sought


def httpcore_with(**locks: object) -> ModuleType:
    module, inner = ModuleType("httpcore"), ModuleType("httpcore._synchronization")
    vars(inner).update(locks)
    vars(module).update(_synchronization=inner)
    return module


def asks() -> str:
    return "another"


@pytest.mark.parametrize(
    "httpcore", [ModuleType("httpcore"), httpcore_with(), httpcore_with(ask=1)]
)
def test_another_httpcore_is_left_as_it_is(httpcore: ModuleType) -> None:
    before = dict(vars(getattr(httpcore, "_synchronization", httpcore)))
    assert not no_sniffio.spare_the_search(httpcore)
    assert vars(getattr(httpcore, "_synchronization", httpcore)) == before


def test_where_sniffio_is_there_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    httpcore = httpcore_with(current_async_library=asks)
    monkeypatch.setattr(no_sniffio, "find_spec", lambda name: object())
    assert not no_sniffio.spare_the_search(httpcore)
    assert httpcore._synchronization.current_async_library is asks
    monkeypatch.setattr(no_sniffio, "find_spec", lambda name: None)
    assert no_sniffio.spare_the_search(httpcore)
    assert httpcore._synchronization.current_async_library() == "asyncio"
