"""What one setting may be: in the file, where it has a type, and in a form, where it is text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

from console.oioi.http.endpoint import MAX_URL, address_fault
from console.settings.profiles import Kind, Profile


class WrongValue(ValueError):
    """What the value should have been; follows the name of its key."""


class Rule(Protocol):
    def read(self, value: object) -> Any:
        """The value of the setting for a value of the file; raises `WrongValue`."""

    def parse(self, text: str) -> Any:
        """The value of the setting for the text of a form; raises `WrongValue`."""


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    unit: str = ""
    whole: bool = False

    def _wrong(self) -> WrongValue:
        number = "a whole number" if self.whole else "a number"
        return WrongValue(f"must be {number} from {self.low:g} to {self.high:g}{self.unit}")

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


class _Flag:
    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise WrongValue("must be true or false")
        return value

    def parse(self, text: str) -> bool:
        known = {"true": True, "yes": True, "on": True, "1": True}
        known |= {"false": False, "no": False, "off": False, "0": False}
        return self.read(known.get(text.lower()))


@dataclass(frozen=True, slots=True)
class _Choice:
    choices: Mapping[str, Any]

    def read(self, value: object) -> Any:
        if not isinstance(value, str) or value.lower() not in self.choices:
            raise WrongValue(f"must be one of {', '.join(self.choices)}")
        return self.choices[value.lower()]

    parse = read


@dataclass(frozen=True, slots=True)
class _Text:
    most: int
    optional: bool = False
    convert: Callable[[str], str] = str

    def read(self, value: object) -> str | None:
        if self.optional and value in (None, ""):
            return None
        if not isinstance(value, str) or len(value) > self.most or not value.isprintable():
            raise WrongValue(f"must be a text of one line, at most {self.most:,} characters")
        return self.convert(value)

    parse = read


def _absolute(text: str) -> str:
    # The app may be started in any folder, so a relative path would be a different file each time.
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise WrongValue("names a home folder that is not known") from None
    if not path.is_absolute():
        raise WrongValue("must be a path from the root of the disk or from ~")
    return str(path)


def _proxy(text: str) -> str:
    fault = address_fault(text)
    if fault:
        raise WrongValue(fault.removesuffix("."))
    return text


_SECONDS = " seconds"
RULES: dict[str, Rule] = {
    "url": _Text(MAX_URL),  # check_url has the last word, it needs allow_http
    "kind": _Choice({kind.value: kind for kind in Kind}),
    "connect_timeout_s": _Number(0.1, 600, _SECONDS),
    "read_timeout_s": _Number(0.1, 600, _SECONDS),
    "command_timeout_s": _Number(0.1, 600, _SECONDS),
    "attempts": _Number(1, 20, whole=True),
    "retry_budget_s": _Number(0, 3600, _SECONDS),
    "ca_file": _Text(4096, optional=True, convert=_absolute),
    "proxy": _Text(MAX_URL, optional=True, convert=_proxy),
    "allow_http": _Flag(),
    "latitude": _Number(-90, 90, " degrees"),
    "longitude": _Number(-180, 180, " degrees"),
    "radius_km": _Number(0.001, 20_100, " km"),
    "customer": _Text(100),
    "read_only": _Flag(),
    "surface_search": _Flag(),
}
PREFERENCES: dict[str, Rule] = {
    "default_profile": _Text(32),
    "log_level": _Choice({level: level for level in ("debug", "info", "warning", "error")}),
    "theme": _Text(64, optional=True),
}
CAREFUL = {"read_only": True}
"""What stands in for a value that cannot be read, where the default would be the bolder choice."""


def key_of(name: str) -> str:
    """The key in the file for a field of `Profile` or `Settings`."""
    return name.replace("_", "-")


FIELD_OF = {key_of(name): name for name in RULES}
PREFERENCE_OF = {key_of(name): name for name in PREFERENCES}
DEFAULTS = {item.name: item.default for item in fields(Profile)} | {"kind": Kind.PRODUCTION}
"""What a setting of a profile is without a line for it in the file."""
