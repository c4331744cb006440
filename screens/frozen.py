"""The entry point of the folder that runs without Python (`.ci/bundle`).

There `sys.executable` is this program and not an interpreter, so the helper process that reads long
answers is this program, too, with one word on its command line.
"""

import os
import sys
from collections.abc import MutableMapping

from console.oioi.http.reader import HELPER_WORD

LIBRARY_PATHS = ("LD_LIBRARY_PATH", "LIBPATH")
"""Where PyInstaller's loader sets the folder's libraries, by system; what was set before is kept in
a variable of that name with `_ORIG`."""

OF_THE_LOADER = "_PYI_"


def give_back(environment: MutableMapping[str, str]) -> None:
    """Undo what the loader has changed in the environment; this process still finds its libraries.

    Otherwise programs of the system, such as a browser or the clipboard's, would be started with
    the folder's libraries in place of their own.
    """
    for name in LIBRARY_PATHS:
        before = environment.pop(f"{name}_ORIG", None)
        if before is not None:
            environment[name] = before
        else:
            environment.pop(name, None)
    for name in [name for name in environment if name.startswith(OF_THE_LOADER)]:
        del environment[name]


def main() -> None:
    """Run the program, or the helper process."""
    give_back(os.environ)
    if sys.argv[1:] == [HELPER_WORD]:
        from console.oioi.http.reader.helper import main as serve  # 150 ms, only for the helper

        serve()
        return
    from screens.main import program

    program()


if __name__ == "__main__":
    main()
