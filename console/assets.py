"""Where what is not code is found: the stylesheet, the explanations, the demo world.

In a wheel the files stand inside this package, in `console/data`; in an editable install and in
a plain checkout they stand in the top level's `assets/`.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable


def asset(name: str) -> Traversable:
    """The asset called `name`, e.g. `console.tcss`; reading one that is missing raises OSError."""
    package = files(__package__)
    shipped = package.joinpath("data")
    folder = shipped if shipped.is_dir() else package.joinpath("..", "assets")
    return folder.joinpath(name)


def read_text(name: str) -> str:
    """The text of the asset called `name`."""
    return asset(name).read_text(encoding="utf-8")
