"""What is installed is what is needed to run, and no more."""

import re
import subprocess
import sys
import tarfile
import tomllib
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parent.parent
FOR_READERS = {".1", ".png", ".po", ".svg"}
"""Of `assets/`: pictures of the README, the texts from which translations are compiled, and the
manual page, which is installed elsewhere."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(CHECKOUT))
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = builder.build(directory=str(folder), versions=["standard"])
    return Path(built)


@pytest.fixture(scope="module")
def in_the_wheel(wheel: Path) -> set[str]:
    """The names of the files in it."""
    with ZipFile(wheel) as opened:
        return set(opened.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """What it says of itself."""
    with ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(opened.read(name))


def test_the_wheel_carries_every_module(in_the_wheel: set[str]) -> None:
    modules = [*(CHECKOUT / "console").rglob("*.py"), *(CHECKOUT / "screens").rglob("*.py")]
    assert {path.relative_to(CHECKOUT).as_posix() for path in modules} <= in_the_wheel
    assert "console/py.typed" in in_the_wheel


def test_the_wheel_carries_the_assets_that_are_read(in_the_wheel: set[str]) -> None:
    assets = [path for path in (CHECKOUT / "assets").iterdir() if path.is_file()]
    read = {path.name for path in assets if path.suffix not in FOR_READERS}
    packed = {Path(name).name for name in in_the_wheel if name.startswith("console/data/")}
    assert packed == read


def test_the_wheel_carries_no_document_and_no_test(in_the_wheel: set[str]) -> None:
    ours = {name for name in in_the_wheel if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in ours if ".data/" not in name} == {
        "console",
        "screens",
    }
    assert not [name for name in ours if name.endswith(".md")]


def test_the_wheel_installs_the_manual_page_where_man_looks_for_it(in_the_wheel: set[str]) -> None:
    shared = [name.partition(".data/")[2] for name in in_the_wheel if ".data/" in name]
    assert shared == ["data/share/man/man1/oioi-console.1"]


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 1_500_000


def test_a_python_is_named_only_if_the_tests_run_on_it(metadata: Message) -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(metadata.get_all("Classifier", [])))
    workflow = (CHECKOUT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    (tested,) = re.findall(r"^ +python: \[(.+)]$", workflow, re.M)
    assert named == re.findall(r"3\.\d+", tested)
    assert metadata["Requires-Python"] == f">={named[0]}"


def test_no_address_and_no_license_is_made_up(metadata: Message) -> None:
    """Both are the owner's to choose."""
    assert not {"Home-page", "Project-URL", "License", "License-Expression"} & {*metadata}
    classifiers = metadata.get_all("Classifier", [])
    assert not [each for each in classifiers if each.startswith("License")]


def test_what_is_imported_for_the_page_and_the_folder_is_an_extra(metadata: Message) -> None:
    assert {*metadata.get_all("Provides-Extra", [])} == {"bundle", "test", "web"}


def test_the_source_archive_builds_and_tests_itself(tmp_path: Path) -> None:
    """With pictures, documents, tests and their data, and without what was built here."""
    builder = pytest.importorskip("hatchling.builders.sdist").SdistBuilder(str(CHECKOUT))
    (built,) = builder.build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = [path for path in (CHECKOUT / "tests").rglob("*") if path.suffix in (".py", ".http")]
    assert {path.relative_to(CHECKOUT).as_posix() for path in tests} <= names
    essential = "pyproject.toml README.md .ci/run .ci/bundle .ci/smoke .ci/oioi-console.spec"
    essential += " assets/stations.svg console/README.md console/oioi/PROTOCOL.md"
    assert {*essential.split()} <= names
    assert not [name for name in names if name.split("/")[0] in ("build", "dist", ".venv", ".git")]


def test_every_floor_is_that_of_a_package_that_is_imported() -> None:
    """Nothing is asked for that no module needs."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=]", each)[0] for each in project["dependencies"]}
    imported = {
        name
        for room in ("console", "screens")
        for path in (CHECKOUT / room).rglob("*.py")
        for name in re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    assert names <= imported


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
