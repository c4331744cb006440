"""The settings file as bytes, as text and as TOML."""

import math
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from console.oioi.language import tr
from console.oioi.redact import visible
from console.oioi.text_of_bytes import encoding_by_mark, strict_text
from console.plain_file import read_plain
from console.settings.profiles import SettingsError

MAX_FILE = 256 * 1024
"""Bytes; a larger file cannot be a settings file and is not read."""


class Broken(Exception):
    """The file is not TOML: the line, if it is known, and why."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def fingerprint_of(source: bytes | None) -> int | None:
    """A value that changes with the content of the file; None without a file."""
    return None if source is None else hash(source)


def read(path: Path) -> bytes | None:
    """The bytes of the file, None without one; raises `Broken`."""
    try:
        return read_plain(path, MAX_FILE + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise Broken(tr("The file is a link that leads nowhere.")) from None
        return None
    except OSError as error:
        why = error.strerror or error
        raise Broken(tr("The file cannot be read ({reason}).", reason=why)) from error


def decode(source: bytes) -> str:
    """The text of the file, without a byte order mark; raises `Broken`."""
    if len(source) > MAX_FILE:
        most = MAX_FILE // 1024
        raise Broken(tr("The file is larger than {most} KiB and was not read.", most=most))
    if encoding_by_mark(source) == "utf-16":
        raise Broken(tr("The file is UTF-16 text; save it as UTF-8."), 1)
    try:
        return strict_text(source)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Broken(tr("The file is not UTF-8 text."), line) from error


def _float(text: str) -> object:
    """A float, but NaN as text: no setting allows it, and it is not equal to itself."""
    value = float(text)
    return text if math.isnan(value) else value


def parse(text: str) -> dict[str, Any]:
    """The content of the text; raises `Broken`, and nothing else."""
    import tomllib  # 2 ms, and most users have no settings file

    try:
        return tomllib.loads(text, parse_float=_float)
    except RecursionError as error:
        raise Broken(tr("The file nests values too deeply.")) from error
    except ValueError as error:  # a TOMLDecodeError, or an integer of thousands of digits
        reason = visible(str(error))
        found = re.search(r" \(at line (\d+), column \d+\)$", reason)
        line = int(found[1]) if found else None
        if reason.endswith(" (at end of document)"):
            line = text.rstrip("\n").count("\n") + 1
        reason = reason.partition(" (at ")[0]
        said = tr("The file is no valid TOML: {reason}.", reason=reason)
        raise Broken(said, line) from error


def write(path: Path, content: bytes) -> None:
    """Replace the file in one step. A link stays a link, and the file that it points to is
    replaced.

    Only the user can read a new file and its folder. Raises `SettingsError`.
    """
    temporary: Path | None = None
    try:
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp gives mode 0600.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise SettingsError(
            tr(
                "{file} could not be written ({reason}); it is as it was, and the change is not"
                " saved.",
                file=visible(str(path)),
                reason=error.strerror or error,
            )
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
