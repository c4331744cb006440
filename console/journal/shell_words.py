"""The words of a command line that people paste: of sh, of cmd, or of PowerShell.

Nothing is run and no variable is looked up: `$OIOI_API_KEY` stays as it is written.

    NoWords   a quote is not closed; the text is one sentence
"""

import re
from collections.abc import Callable, Iterator

from console.oioi.language import mark, tr

Stages = list[list[str]]
"""The words of each command, in order; `|`, `&&`, `;` and line ends divide commands."""


class NoWords(ValueError):
    """The text cannot be divided into words; the text of the error is one sentence."""


def shells_for(text: str) -> Iterator[Callable[[str], Stages]]:
    """A reader of a text for each shell, beginning with the one it looks like.

    Each returns the commands in the text, and raises NoWords.
    """
    first = _looks_like(text)
    yield first
    yield from (other for other in (_of_sh, _of_cmd, _of_powershell) if other is not first)


def _looks_like(text: str) -> Callable[[str], Stages]:
    if re.search(r"`[ \t]*\r?\n|\bcurl\.exe\b|\$env:", text):
        return _of_powershell
    if re.search(r"\^[ \t]*\r?\n|\s\^\"", text):
        return _of_cmd
    return _of_sh


def windows_words(line: str) -> list[str]:
    r"""Words as a Windows program reads them: `\"` and `""` in quotes are a quote."""
    words: list[str] = []
    word, in_quotes, began = "", False, False
    for found in re.finditer(r'(?P<slashes>\\*)"(?P<twice>")?|\\+|(?P<blank>\s+)|[^\s"\\]+', line):
        if found["blank"] and not in_quotes:
            if began:
                words.append(word)
            word, began = "", False
            continue
        began = True
        if found["slashes"] is None:
            word += found[0]
            continue
        word += "\\" * (len(found["slashes"]) // 2)
        if len(found["slashes"]) % 2:
            word += '"'
            in_quotes ^= bool(found["twice"])
        elif found["twice"]:
            word += '"' if in_quotes else ""
        else:
            in_quotes = not in_quotes
    if in_quotes:
        raise NoWords(tr(_OPEN))
    return [*words, word] if began else words


_OPEN = mark("A quote is not closed; was the whole command copied?")


# ------------------------------------------------------------ sh

_SH = re.compile(
    r"""
    (?P<joins>\\\r?\n)
  | \$'(?P<ansi>(?>(?:[^'\\]|\\.)*))'
  | '(?P<single>[^']*)'
  | "(?P<double>(?>(?:[^"\\]|\\.)*))"
  | \\(?P<escaped>.)
  | (?P<comment>(?<![^\s;|&])\#[^\n]*)
  | (?P<aside>[0-9]?(?:>>?|<)&?[ \t]*[^\s'"]*)
  | (?P<ends>\|\|?|&&?|;|\r?\n)
  | (?P<blank>[^\S\n]+)
  | (?P<open>['"])
  | (?P<bare>[^\s'"\\|&;<>$]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def _of_sh(text: str) -> Stages:
    stages: Stages = [[]]
    word: str | None = None
    for found in _SH.finditer(text):
        kind = found.lastgroup or ""
        if kind == "open":
            raise NoWords(tr(_OPEN))
        if kind in _SH_TEXTS:
            word = (word or "") + _SH_TEXTS[kind](found[kind])
        elif kind != "joins":
            if word is not None:
                stages[-1].append(word)
            word = None
            if kind == "ends" and stages[-1]:
                stages.append([])
    if word is not None:
        stages[-1].append(word)
    return [stage for stage in stages if stage]


def _double(text: str) -> str:
    return re.sub(r"\\(\r?\n|[\\\"$`])", lambda found: found[1].strip("\r\n"), text)


_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_ANSI_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|((?:x[0-9a-fA-F]{1,2}|[0-7]{1,3})"
    r"(?:\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3})*)|(.))",
    re.DOTALL,
)


def _ansi(text: str) -> str:
    """The text of `$'…'`. Browsers write a character beyond U+FFFF as two escapes."""
    plain = _ANSI_ESCAPE.sub(_ansi_character, text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ansi_character(found: re.Match[str]) -> str:
    if found[1] or found[2]:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if found[3]:  # bytes of UTF-8
        numbers = found[3].split("\\")
        values = [int(each[1:], 16) if each[0] == "x" else int(each, 8) & 255 for each in numbers]
        return bytes(values).decode("utf-8", "replace")
    return _ANSI.get(found[4], found[4])


_SH_TEXTS: dict[str, Callable[[str], str]] = {
    "ansi": _ansi,
    "single": str,
    "double": _double,
    "escaped": str,
    "bare": str,
}


# ------------------------------------------------------------ cmd


def _of_cmd(text: str) -> Stages:
    """cmd takes its own signs out first; the program then reads what is left."""
    return [words for line in _cmd_lines(text) if (words := windows_words(line))]


def _cmd_lines(text: str) -> Iterator[str]:
    line, in_quotes = "", False
    for found in re.finditer(
        r"\^[ \t]*\r?\n|\^(.)|(\"|[|&]|\r?\n)|[^\^\"|&\r\n]+|.", text, re.DOTALL
    ):
        sign = found[2]
        if found[0][0] == "^" and not in_quotes:
            line += found[1] or ""
        elif sign and sign != '"' and not in_quotes:
            yield line
            line = ""
        else:
            in_quotes ^= sign == '"'
            line += found[0]
    yield line


# ------------------------------------------------------------ PowerShell

_POWERSHELL = r"""
    (?P<joins>`[ \t]*\r?\n)
  | ['‘’‚‛](?P<single>(?>(?:[^'‘’‚‛]|['‘’‚‛]{2})*))['‘’‚‛]
  | ["“”„](?P<double>(?>(?:[^"“”„`]|`.|["“”„]{2})*))["“”„]
  | `(?P<escaped>.)
  | (?P<comment>(?<![^\s;|])\#[^\n]*)
  | (?P<bracket>[()])
  | (?P<ends>\|\|?|&&|;|\r?\n)
  | (?P<blank>[^\S\n]+)
  | (?P<open>['"‘’‚‛“”„])
  | (?P<bare>[^\s'"‘’‚‛“”„`|;()]+)
    """
_HERE = r"@'\r?\n(?P<here>.*?)\r?\n'@"
_BEFORE_THE_LAST_HERE = re.compile(f"{_HERE} | {_POWERSHELL}", re.VERBOSE | re.DOTALL)
_AFTER_IT = re.compile(_POWERSHELL, re.VERBOSE | re.DOTALL)
"""Where no text of several lines can end any more none is looked for: each look would go through
all that follows.
"""
_POWERSHELL_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def _of_powershell(text: str) -> Stages:
    """An expression in brackets, such as `('a' + 'b')`, is one word."""
    stages: Stages = [[]]
    word: str | None = None
    depth = 0
    for found in _parts_of_powershell(text):
        kind = found.lastgroup or ""
        if kind == "open":
            raise NoWords(tr(_OPEN))
        if kind == "bracket":
            depth += 1 if found[0] == "(" else -1
        elif kind in _POWERSHELL_TEXTS:
            if not (depth > 0 and found[0] == "+"):
                word = (word or "") + _POWERSHELL_TEXTS[kind](found[kind])
        elif depth <= 0:
            if word is not None:
                stages[-1].append(word)
            word = None
            if kind == "ends" and stages[-1]:
                stages.append([])
    if word is not None:
        stages[-1].append(word)
    return [stage for stage in stages if stage]


def _parts_of_powershell(text: str) -> Iterator[re.Match[str]]:
    at, last = 0, text.rfind("\n'@")
    while found := (_BEFORE_THE_LAST_HERE if at < last else _AFTER_IT).search(text, at):
        yield found
        at = found.end()


def _in_double_quotes(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        return _POWERSHELL_ESCAPES.get(found[1], found[1]) if found[1] else found[0][0]

    return re.sub(r"`(.)|[\"“”„]{2}", plain, text, flags=re.DOTALL)


_POWERSHELL_TEXTS: dict[str, Callable[[str], str]] = {
    "here": str,
    "single": lambda text: re.sub("['‘’‚‛]{2}", lambda found: found[0][0], text),
    "double": _in_double_quotes,
    "escaped": lambda sign: _POWERSHELL_ESCAPES.get(sign, sign),
    "bare": str,
}
