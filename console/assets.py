"""Finds the files of `assets/`: the stylesheet, the explanations, the demo world.

In a wheel the files are in this package, in `console/data`. In an editable install and in a plain
checkout they are in the `assets/` folder at the top level.
"""

import os
import sys
from typing import Any

_HERE = os.path.dirname(__file__)  # noqa: PTH120  pathlib takes 4 ms, and `explain` needs no path
_FOLDERS = (os.path.join(_HERE, "data"), os.path.join(_HERE, os.pardir, "assets"))  # noqa: PTH118


def read_text(name: str) -> str:
    """The text of the asset called `name`, e.g. `console.tcss`; OSError if there is none."""
    return read_bytes(name).decode().replace("\r\n", "\n")


def read_bytes(name: str) -> bytes:
    """The bytes of the asset called `name`; OSError if there is none."""
    loader: Any = sys.modules[__name__].__loader__  # it reads from a wheel that stays zipped too
    for folder in _FOLDERS:
        try:
            data: bytes = loader.get_data(os.path.join(folder, name))  # noqa: PTH118
        except OSError:
            continue
        return data
    raise FileNotFoundError(f"There is no asset {name}.")
