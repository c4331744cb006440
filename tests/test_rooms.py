"""Which module may import which: read from the source, imports inside of functions included."""

import ast
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
ROOMS = ("console", "screens")


@cache
def imports() -> dict[str, set[str]]:
    """Every module of ours, with those of ours it imports when it runs."""
    files = {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*.py")
    }
    return {
        name: _imported(ast.parse(path.read_text(encoding="utf-8")), set(files)) - {name}
        for name, path in files.items()
    }


def _imported(tree: ast.AST, known: set[str]) -> set[str]:
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= named & known or {node.module}
        found |= _imported(node, known)
    return found & known


def offenders(of: str, to: str) -> set[tuple[str, str]]:
    """Who of a package imports something of another one."""
    return {
        (name, other)
        for name, others in imports().items()
        for other in others
        if f"{name}.".startswith(f"{of}.") and f"{other}.".startswith(f"{to}.")
    }


def test_the_imports_are_seen() -> None:
    assert ("screens.app", "screens.demo_app") in offenders("screens", "screens")
    assert "console.settings" in imports()["console.permission"]
    assert "screens.app" in imports()["screens.main"], "inside of a function"


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_imports_itself_in_a_roundabout_way(room: str) -> None:
    graph = {name: others for name, others in imports().items() if name.startswith(room)}
    while leaves := {name for name, others in graph.items() if not others & graph.keys()}:
        graph = {name: others for name, others in graph.items() if name not in leaves}
    assert graph == {}


@pytest.mark.parametrize(
    ("of", "to"),
    [
        ("console", "screens"),
        ("screens.pages", "screens.app"),
        ("screens.pages", "screens.sending_app"),
        ("screens.pages", "screens.shown_exchange"),
        ("screens.pages", "screens.copying"),
        ("screens.pages", "screens.connected_app"),
        ("screens.dialogs", "screens.app"),
        ("screens.widgets", "screens.app"),
        ("screens.dialogs", "screens.pages"),
    ],
)
def test_what_is_lower_does_not_know_what_is_higher(of: str, to: str) -> None:
    assert offenders(of, to) == set()


def test_the_command_line_is_known_to_the_entry_point_only() -> None:
    assert {name for name, _ in offenders("screens", "console.commands")} == {"screens.main"}


def test_no_page_imports_another() -> None:
    shared = {"screens.pages", "screens.pages.page", "screens.pages.table"}
    found = offenders("screens.pages", "screens.pages")
    assert {(name, other) for name, other in found if other not in shared} == set()
