"""The allowed values of one setting: in the file, where they have types, and in a form, as text.

These are plain classes: a dataclass takes half a millisecond to define, and they are needed before
the first frame.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from console.oioi.amounts import grouped
from console.oioi.http.endpoint import address_fault
from console.oioi.language import mark, tr
from console.settings.wording import short


class WrongValue(ValueError):
    """A wrong value. The text says what it should be, and follows the name of the key."""


class Rule(Protocol):
    """How a value of a setting is read."""

    def read(self, value: object) -> Any:
        """The setting's value for a value in the file. Raises `WrongValue`."""

    def parse(self, text: str) -> Any:
        """The setting's value for a text in a form. Raises `WrongValue`."""


class Number:
    """A number from `low` to `high`, in `unit`; `whole`: without a fraction."""

    def __init__(self, low: float, high: float, unit: str = "", *, whole: bool = False) -> None:
        self.low, self.high, self.unit, self.whole = low, high, unit, whole

    def _wrong(self) -> WrongValue:
        words = {"low": f"{self.low:g}", "high": f"{self.high:g}"}
        if not self.unit:
            said = _WHOLE if self.whole else _NUMBER
            return WrongValue(tr(said, **words))
        said = _WHOLE_UNITS if self.whole else _UNITS
        return WrongValue(tr(said, unit=tr(self.unit), **words))

    def read(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise self._wrong()
        if not self.low <= value <= self.high:
            raise self._wrong()
        return value if self.whole else float(value)

    def parse(self, text: str) -> float:
        try:
            return self.read(int(text) if self.whole else float(text.replace(",", ".")))
        except ValueError:
            raise self._wrong() from None


# Translators: the end of a sentence that begins with a setting; so for all that begin with "must"
_WHOLE = mark("must be a whole number from {low} to {high}")
_NUMBER = mark("must be a number from {low} to {high}")
_WHOLE_UNITS = mark("must be a whole number from {low} to {high} {unit}")
_UNITS = mark("must be a number from {low} to {high} {unit}")
_UNIT_WORDS = mark("degrees"), mark("seconds"), mark("days"), mark("megabytes")
"""The units of numbers in words; others are signs, such as km."""


class Flag:
    """Yes or no."""

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise WrongValue(tr("must be true or false"))
        return value

    def parse(self, text: str) -> bool:
        known = {"true": True, "yes": True, "on": True, "1": True}
        known |= {"false": False, "no": False, "off": False, "0": False}
        if text.lower() not in known:
            raise WrongValue(tr("must be yes or no"))
        return known[text.lower()]


class Choice:
    """One of several words, each with its value."""

    def __init__(self, choices: Mapping[str, Any]) -> None:
        self.choices = choices

    def read(self, value: object) -> Any:
        if not isinstance(value, str) or value.lower() not in self.choices:
            raise WrongValue(tr("must be one of {words}", words=", ".join(self.choices)))
        return self.choices[value.lower()]

    parse = read


class Several:
    """A list of words out of `choices`, in any case, each once; in a form separated by commas."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def read(self, value: object) -> tuple[str, ...]:
        known = ", ".join(self.choices)
        if not isinstance(value, list | tuple):
            raise WrongValue(tr("must be a list of words out of {words}", words=known))
        words = [word.lower() if isinstance(word, str) else word for word in value]
        for given, word in zip(value, words, strict=True):
            if word not in self.choices:
                raise WrongValue(
                    tr(
                        "must be a list of words out of {words}, and {word} is none of them",
                        words=known,
                        word=short(str(given)),
                    )
                )
        return tuple(dict.fromkeys(words))

    def parse(self, text: str) -> tuple[str, ...]:
        return self.read([word.strip() for word in text.split(",") if word.strip()])


class Text:
    """One line of at most `most` characters; `optional`: it may be empty.

    `convert` makes the stored value from it, and raises `WrongValue`. `pattern` is a regular
    expression for how it begins, for those who only read the schema of the settings.
    """

    def __init__(
        self,
        most: int,
        *,
        optional: bool = False,
        convert: Callable[[str], str] = str,
        pattern: str = "",
    ) -> None:
        self.most, self.optional, self.convert = most, optional, convert
        self.pattern = pattern

    def read(self, value: object) -> str | None:
        if self.optional and value in (None, ""):
            return None
        if not isinstance(value, str) or len(value) > self.most or not value.isprintable():
            raise WrongValue(
                tr("must be a text of one line, at most {n} characters", n=grouped(self.most))
            )
        return self.convert(value)

    parse = read


WEB_ADDRESS = r"[hH][tT][tT][pP][sS]?://[^/?#@\\\s]+([/?]|$)"
ABSOLUTE = r"[/~]|[A-Za-z]:[\\/]|\\\\"
"""Patterns of how a text begins that is an address or an absolute path, on Windows too."""


def absolute_path(text: str) -> str:
    """A path that begins at the root of the disk or in the home folder."""
    # The app may start in any folder, so a relative path could be another file each time.
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise WrongValue(tr("names a home folder that is not known")) from None
    if not path.is_absolute():
        raise WrongValue(tr("must be a path from the root of the disk or from ~"))
    return str(path)


def proxy_url(text: str) -> str:
    """The URL of a proxy."""
    fault = address_fault(text)
    if fault:
        raise WrongValue(fault.removesuffix("."))
    return text
