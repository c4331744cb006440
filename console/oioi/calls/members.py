"""The documented members of a call: their types, a template, and how given members differ.

text("connector-id", "<EVSE ID>")          a text, required
optional(text("token"))                    a text that may be left out
listed(whole("station-ids"), at_most=10)   a list of whole numbers
nested("user", text("identifier"))         an object with members of its own
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from console.oioi.spelling import nearest


class MemberType(StrEnum):
    """A JSON type as the protocol uses it; the value is its name in a note."""

    TEXT = "a text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    OBJECT = "an object"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a call, or of an object in it.

    `example` is its value in a template; a text in angle brackets is a placeholder. An object
    without `members` may hold anything. `choices` are the documented values, if they are limited.
    """

    name: str
    type: MemberType
    example: Any = None
    is_required: bool = True
    is_in_template: bool = True
    is_list: bool = False
    at_most: int | None = None
    members: tuple["Member", ...] = ()
    choices: tuple[str, ...] = ()


def text(name: str, example: str = "", choices: tuple[str, ...] = ()) -> Member:
    """A text; without an example or choices, the template has its name as a placeholder."""
    shown = example or (choices[0] if choices else f"<{name.replace('-', ' ')}>")
    return Member(name, MemberType.TEXT, shown, choices=choices)


def whole(name: str, example: int = 0) -> Member:
    """A whole number."""
    return Member(name, MemberType.WHOLE, example)


def number(name: str, example: float = 0) -> Member:
    """A number, with or without a fraction."""
    return Member(name, MemberType.NUMBER, example)


def flag(name: str, *, example: bool = False) -> Member:
    """True or false."""
    return Member(name, MemberType.FLAG, example)


def nested(name: str, *members: Member) -> Member:
    """An object with these members. Without any, it may hold anything."""
    return Member(name, MemberType.OBJECT, members=members)


def listed(member: Member, at_most: int | None = None) -> Member:
    """A list whose entries are as `member` describes."""
    return replace(member, is_list=True, at_most=at_most)


def optional(member: Member, *, in_template: bool = False) -> Member:
    """A member that may be left out. Use `in_template` for one that many servers want."""
    return replace(member, is_required=False, is_in_template=in_template)


# ------------------------------------------------------------------------------------- template


def template(members: Sequence[Member]) -> dict[str, Any]:
    """The members to fill in, as JSON, each with its example."""
    return {member.name: _example(member) for member in members if member.is_in_template}


def _example(member: Member) -> Any:
    one = template(member.members) if member.type is MemberType.OBJECT else member.example
    return [one] if member.is_list else one


def placeholders_left(members: Sequence[Member], given: Any) -> list[str]:
    """The places in `given` that still hold a placeholder of the template."""
    known = {value for _, value in _texts(template(members)) if value.startswith("<")}
    return [path for path, value in _texts(given) if value in known]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, and its place. Not recursive, for deep nesting."""
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            inside = f"{path}." if path else ""
            waiting += [(f"{inside}{name}", inner) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(f"{path}[{index}]", inner) for index, inner in enumerate(value)][::-1]


# --------------------------------------------------------------------------- what is different


def differences(
    members: Sequence[Member], given: Mapping[str, Any], inside: str = ""
) -> Iterator[str]:
    """How `given` differs from the documents: for each difference a place and a few words.

    Values are left out, because one may be a password in the wrong place.
    """
    documented = {member.name: member for member in members}
    for member in members:
        if member.is_required and member.name not in given:
            yield f"{inside}{member.name}: missing"
    for name, value in given.items():
        if name in documented:
            yield from _value_differences(documented[name], value, f"{inside}{name}")
        else:
            absent = [known for known in documented if known not in given]
            yield f"{inside}{name}: not documented{_did_you_mean(name, absent)}"


def _did_you_mean(name: str, known: list[str]) -> str:
    plain = name.lower().replace("_", "-")
    near = plain if plain in known else nearest(plain, known)
    return f", did you mean {near}?" if near else ""


def _value_differences(member: Member, value: Any, path: str) -> Iterator[str]:
    if not member.is_list:
        yield from _one_value(member, value, path)
    elif not isinstance(value, list):
        yield f"{path}: a list expected, not {_type_of(value)}"
    else:
        if member.at_most is not None and len(value) > member.at_most:
            yield f"{path}: at most {member.at_most} expected, not {len(value)}"
        for index, item in enumerate(value):
            yield from _one_value(member, item, f"{path}[{index}]")


def _one_value(member: Member, value: Any, path: str) -> Iterator[str]:
    if not _is_of(member.type, value):
        yield f"{path}: {member.type} expected, not {_type_of(value)}"
    elif member.members:
        yield from differences(member.members, value, f"{path}.")
    elif member.choices and value not in member.choices:
        yield f"{path}: one of {', '.join(member.choices)} expected"
    elif member.is_required and isinstance(value, str) and not value.strip():
        yield f"{path}: empty"


_PYTHON_TYPES: dict[MemberType, type | tuple[type, ...]] = {
    MemberType.TEXT: str,
    MemberType.WHOLE: int,
    MemberType.NUMBER: (int, float),
    MemberType.FLAG: bool,
    MemberType.OBJECT: dict,
}


def _is_of(type_: MemberType, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    wants_number = type_ in (MemberType.WHOLE, MemberType.NUMBER)
    return isinstance(value, _PYTHON_TYPES[type_]) and is_number == wants_number


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float):
        return str(MemberType.NUMBER)
    return next(str(kind) for kind in MemberType if _is_of(kind, value))
