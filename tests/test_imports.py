"""Which room may know of which: imports, each looked at in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


def python(code: str) -> list[str]:
    """The lines that `code` prints in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


EVERY_MODULE = """
import importlib, pkgutil, sys
for name in {blocked}:
    sys.modules[name] = None  # importing it raises ImportError
import {package} as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*(name for name, module in sys.modules.items() if module), sep="\\n")
"""


def everything_of(package: str, blocked: list[str]) -> set[str]:
    """The modules in memory after each module of `package` was imported."""
    return set(python(EVERY_MODULE.format(package=package, blocked=blocked)))


def test_console_works_without_a_screen() -> None:
    loaded = everything_of("console", ["textual", "rich", "screens"])
    modules = {path.relative_to(CHECKOUT) for path in (CHECKOUT / "console").rglob("*.py")}
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in modules}
    assert names <= loaded


def test_the_protocol_knows_nothing_of_the_rest_of_console() -> None:
    loaded = everything_of("console.oioi", ["textual", "screens", "keyring", "starlette"])
    ours = {name for name in loaded if name.partition(".")[0] == "console"}
    rest = {name for name in ours if not (name + ".").startswith("console.oioi.")}
    assert rest == {"console", "console.assets"}


HEAVY = {"aiohttp", "httpx", "keyring", "starlette", "uvicorn", "truststore", "sqlite3", "msgspec"}
PRINT_MODULES = "\nimport sys\nprint(*sys.modules, sep='\\n')"


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import console.oioi", set()),
        ("from console.oioi.redact import visible", set()),
        ("from console.oioi.http.retry import decide", set()),
        ("from console.oioi import is_read, PRODUCTION_URL", {"msgspec"}),
        ("from console.oioi import Outcome, Exchange, RetryPolicy", {"msgspec"}),
        ("from console.oioi import OioiClient", {"msgspec", "httpx"}),
    ],
)
def test_an_import_costs_no_more_than_it_has_to(statement: str, allowed: set[str]) -> None:
    loaded = set(python(statement + PRINT_MODULES))
    assert loaded & HEAVY <= allowed


LATER = HEAVY | {
    "console.clipboard",
    "console.simulator.resuming",
    "console.oioi.calls",
    "console.oioi.http.client",
    "console.oioi.judgement.outcome",
    "console.oioi.positions.angles",
    "console.settings.writing",
    "console.simulator.server",
    "cryptography",
    "html.entities",
    "json",
    "screens.dialogs",
    "screens.pages.sessions",
    "screens.widgets.exchange_pane",
    "screens.widgets.station_map",
    "tomlkit",
    "tomllib",
    "zipfile",
}
"""What is imported after the first frame, by whatever needs it first."""

FIRST_FRAME = """
import sys
from pathlib import Path
from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp

class UpToTheFirstFrame(OioiConsoleApp):
    async def _first_frame(self):
        self.exit([*sys.modules])

settings = load(Path("there-is-none.toml"))
app = UpToTheFirstFrame(settings.profile("demo"), Keys(environ={}), settings)
print(*app.run(headless=True), sep="\\n")
"""


@pytest.mark.parametrize(
    "code",
    ["import screens.app" + PRINT_MODULES, "import screens.main" + PRINT_MODULES, FIRST_FRAME],
    ids=["screens.app", "screens.main", "the first frame"],
)
def test_the_first_frame_comes_before_what_it_can_do_without(code: str) -> None:
    loaded = set(python(code))
    assert "screens" in loaded
    assert loaded & LATER == set()


COSTLY_FOR_A_SENTENCE = HEAVY | {
    "argparse",
    "console.oioi.calls",
    "console.oioi.redact",
    "dataclasses",
    "difflib",
    "inspect",
    "json",
    "locale",
    "logging",
    "pathlib",
    "shutil",
    "tomllib",
    "traceback",
    "unittest",
}


def test_a_code_is_explained_with_little_more_than_the_interpreter() -> None:
    explained = "from screens.main import main\nassert main(['explain', '193', 'http:503']) == 0"
    loaded = set(python("import sys\nhad = {*sys.modules}\n" + explained + NEW_MODULES))
    assert "console.oioi.judgement.entries" in loaded
    assert loaded & COSTLY_FOR_A_SENTENCE == set()


NEW_MODULES = "\nimport sys\nprint(*(name for name in sys.modules if name not in had), sep='\\n')"


def test_the_simulator_brings_no_command_line_and_has_all_else() -> None:
    used = "import console.simulator.server\nimport uvicorn\nassert uvicorn.Server.startup"
    loaded = set(python(used + PRINT_MODULES))
    assert "uvicorn.server" in loaded
    assert "click" not in loaded


def test_one_module_of_the_protocol_brings_only_what_it_is_made_of() -> None:
    loaded = set(python("from console.oioi.redact import visible" + PRINT_MODULES))
    assert {name for name in loaded if name.startswith("console.")} == {
        "console.oioi",
        "console.oioi.redact",
        "console.oioi.layers",
        "console.oioi.visible_text",
        "console.oioi.secret_members",
        "console.oioi.spellings",
    }


def test_every_public_name_of_the_protocol_is_there() -> None:
    import console.oioi

    listed = dir(console.oioi)
    for name in console.oioi.__all__:
        assert getattr(console.oioi, name) is not None
        assert name in listed
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        getattr(console.oioi, "Nothing")  # noqa: B009
