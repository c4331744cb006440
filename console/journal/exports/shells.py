"""Words of a command line in the quotes of a shell, with variables where a secret was masked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShellVariable:
    """A variable of the environment, whose value the shell puts in."""

    name: str


Parts = Sequence[str | ShellVariable]
"""A word: texts and variables, one after another."""


def joined(parts: Parts) -> Parts:
    """The same with texts that stand side by side as one."""
    found: list[str | ShellVariable] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def sh_word(parts: Parts) -> str:
    """A word for sh, bash, zsh, dash and ksh. A text cannot hold U+0000, as no word can.

    Texts stand in single quotes, in which no character means anything but the quote itself.
    """
    return "".join(
        f'"${part.name}"' if isinstance(part, ShellVariable) else _sh_text(part) for part in parts
    )


def _sh_text(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"


_QUOTES_OF_POWERSHELL = re.compile("['‘’‚‛]")


def powershell_text(text: str) -> str:
    """A text for Windows PowerShell and PowerShell 7; to them some typed quotes are quotes too."""
    return "'" + _QUOTES_OF_POWERSHELL.sub(lambda found: found[0] * 2, text) + "'"


def powershell_expression(parts: Parts) -> str:
    """An expression that comes to the text of all parts; in brackets if there are several."""
    written = [
        f"$env:{part.name}" if isinstance(part, ShellVariable) else powershell_text(part)
        for part in parts
    ]
    return written[0] if len(written) == 1 else f"({' + '.join(written)})"
