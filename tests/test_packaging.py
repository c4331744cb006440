"""What is installed is what is needed to run, and no more."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parent.parent
PICTURES = {".png", ".svg"}


@pytest.fixture(scope="module")
def in_the_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel of this checkout."""
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(CHECKOUT))
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = builder.build(directory=str(folder), versions=["standard"])
    with ZipFile(wheel) as opened:
        return set(opened.namelist())


def test_the_wheel_carries_every_module(in_the_wheel: set[str]) -> None:
    modules = [*(CHECKOUT / "console").rglob("*.py"), *(CHECKOUT / "screens").rglob("*.py")]
    assert {path.relative_to(CHECKOUT).as_posix() for path in modules} <= in_the_wheel
    assert "console/py.typed" in in_the_wheel


def test_the_wheel_carries_the_assets_but_no_picture(in_the_wheel: set[str]) -> None:
    assets = [path for path in (CHECKOUT / "assets").iterdir() if path.is_file()]
    read = {path.name for path in assets if path.suffix not in PICTURES}
    packed = {Path(name).name for name in in_the_wheel if name.startswith("console/data/")}
    assert packed == read


def test_the_wheel_carries_no_document_and_no_test(in_the_wheel: set[str]) -> None:
    ours = {name for name in in_the_wheel if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in ours} == {"console", "screens"}
    assert not [name for name in ours if name.endswith(".md")]


def test_the_package_of_screens_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "screens", "--version"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("oioi-console ")
