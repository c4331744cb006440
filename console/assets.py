"""Finds the files of `assets/`: the stylesheet, the explanations, the demo world.

In a wheel the files are in this package, in `console/data`. In an editable install and in a plain
checkout they are in the `assets/` folder at the top level.
"""

import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "data", _HERE.parent / "assets")


def read_text(name: str) -> str:
    """The text of the asset called `name`, e.g. `console.tcss`; OSError if there is none."""
    for folder in _FOLDERS:
        try:
            return (folder / name).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
    loader: Any = sys.modules[__name__].__loader__  # for a wheel that stays zipped
    text: str = loader.get_data(str(_HERE / "data" / name)).decode()
    return text
