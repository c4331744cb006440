"""Running `oioi-console`, as a process of its own or in this one."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from screens.main import main

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
START = '{"user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"}, \
"connector-id": "DE*DEM*E100008*1"}'
SEARCH = '{"center-lat": 52.5167, "center-long": 13.3833, "radius": 5, "unit": "km"}'
PATIENCE = 60.0
"""Seconds after which a run that takes one is taken to hang."""


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


CHECKOUT = Path(__file__).parents[1]


def on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put `oioi-console` on the PATH of shells, as if it were installed."""
    program = folder / "bin" / "oioi-console"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m screens.main "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    paths = [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


async def start(
    *words: str, environ: Mapping[str, str] | None = None, **streams: Any
) -> asyncio.subprocess.Process:
    """A running `oioi-console`, its streams piped unless said otherwise."""
    piped = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "screens.main",
        *words,
        cwd=CHECKOUT,
        env={**os.environ, **(environ or {})},
        **{**piped, **streams},
    )


async def finish(process: asyncio.subprocess.Process, stdin: bytes | None = None) -> Ran:
    """What the process left behind once it has ended; one that hangs is killed."""
    try:
        out, err = await asyncio.wait_for(process.communicate(stdin), PATIENCE)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return Ran(process.returncode, (out or b"").decode(), (err or b"").decode())


async def run(
    *words: str,
    stdin: bytes | None = None,
    environ: Mapping[str, str] | None = None,
    meanwhile: Callable[[asyncio.subprocess.Process], Awaitable[object]] | None = None,
) -> Ran:
    """A whole run; `meanwhile` is awaited with the process before its end is waited for."""
    process = await start(*words, environ=environ)
    if meanwhile is not None:
        await asyncio.wait_for(meanwhile(process), PATIENCE)
    return await finish(process, stdin)


async def run_here(*words: str, environ: Mapping[str, str] | None = None) -> Ran:
    """What the command line does with these words, in this process: half a second less.

    One at a time: what it prints is that of the process.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in (environ or {}).items():
            patch.setenv(name, value)
        status = await asyncio.to_thread(main, words)
    return Ran(status, *(each.buffer.getvalue().decode() for each in (out, err)))
