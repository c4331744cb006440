"""Control, escape and bidi-override characters made visible. `console.oioi.redact` hands it on.

A module of its own because every command writes, and the search for secrets takes 20 ms to import.
"""

import unicodedata


class _Visible(dict[int, str]):
    """A translation table that is worked out a character at a time, and then kept."""

    def __init__(self, keep: str) -> None:
        self._keep = keep

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in self._keep:
            shown = char
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif code == 0x7F:
            shown = "␡"
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
            shown = f"⟨{code:04X}⟩"
        else:
            shown = char
        self[code] = shown
        return shown


_ONE_LINE = _Visible("")
_LINES = _Visible("\n")


def visible(text: str, *, lines: bool = False) -> str:
    """`text` with everything that could move a cursor or turn the reading direction made visible.

    Line breaks and tabs are made visible too; with `lines` a line break stays one and a tab
    becomes four blanks.
    """
    if text.isprintable():
        return text
    if lines:
        return text.replace("\r\n", "\n").replace("\t", "    ").translate(_LINES)
    return text.translate(_ONE_LINE)
