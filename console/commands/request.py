"""From the words after `send` to a call: strict JSON, a whole envelope understood."""

import json
from typing import Any

from console.commands.output import say
from console.commands.prompt import read_source
from console.oioi.calls import AnyCall, CallError
from console.options import UsageError


def read_call(words: list[str]) -> AnyCall:
    """The call of `send CALL [JSON | @FILE | -]`; UsageError where it cannot be made out."""
    if not words:
        raise UsageError("send needs the name of a call, such as station-get-by-ids.")
    if len(words) > 2:
        # Not repeated: what the shell tore apart may hold a token.
        raise UsageError("send takes a call and one JSON argument; is the JSON in quotes?")
    name = words[0]
    if not name or not name.isprintable() or set(name) & set(' {}[]":'):
        raise UsageError("The first word after send is the name of a call, such as session-start.")
    members = _members(words[1]) if len(words) == 2 else {}
    if list(members) == [name] and isinstance(members[name], dict):
        say(f"The JSON names {name} itself: what stands under it is sent.")
        members = members[name]
    call = AnyCall(name, members)
    try:
        call.body()
    except CallError as error:
        raise UsageError(str(error)) from None
    return call


def _members(word: str) -> dict[str, Any]:
    text = read_source(word)
    where = "The JSON" if text is None else f"The JSON from {'stdin' if word == '-' else word[1:]}"
    try:
        value = parse_json(word if text is None else text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{where} cannot be read at {place}: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        reason = error if isinstance(error, ValueError) else "it is nested too deeply"
        raise UsageError(f"{where} cannot be used: {reason}.") from None
    if not isinstance(value, dict):
        raise UsageError(f"{where} has to be an object, such as {{}}.")
    return value


def parse_json(text: str) -> Any:
    """Strict JSON. ValueError for NaN, Infinity and a member that occurs twice."""
    return json.loads(text, parse_constant=_no_number, object_pairs_hook=_once_each)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the member {name!r} occurs twice")
        members[name] = value
    return members
