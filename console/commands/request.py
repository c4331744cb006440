"""Makes a call from the words after `send`: strict JSON, or a whole envelope."""

import itertools
import json
from typing import Any

from console.commands.output import say
from console.commands.prompt import read_source
from console.oioi.calls import (
    CATALOGUE,
    KNOWN_CALLS,
    AnyCall,
    CallError,
    nearest_call,
    undocumented,
    unfilled,
    unknown_call,
)
from console.oioi.http.exchange import Request
from console.oioi.redact import BULLETS, without_named_secrets
from console.options import UsageError


def read_call(words: list[str]) -> AnyCall:
    """The call of `send CALL [JSON | @FILE | -]`. Raises UsageError if the words are not a call."""
    name = _call_name(words)
    if len(words) > 2:
        # Not repeated: the words that the shell split may contain a token.
        raise UsageError("send takes a call and one JSON argument; is the JSON in quotes?")
    members = _members(words[1]) if len(words) == 2 else {}
    if list(members) == [name] and isinstance(members[name], dict):
        say(f"The JSON names {name} itself: what stands under it is sent.")
        members = members[name]
    call = AnyCall(name, members)
    try:
        call.body()
    except CallError as error:
        raise UsageError(str(error)) from None
    _compare_with_the_documents(call)
    return call


def call_template(words: list[str]) -> dict[str, Any]:
    """The members to fill in, for `send --template CALL`. Raises UsageError for an unknown call."""
    name = _call_name(words)
    if len(words) > 1:
        raise UsageError("--template prints a call's members to fill in: it takes no JSON.")
    row = CATALOGUE.get(name)
    if row is None:
        raise UsageError(unknown_call(name))
    say(f"{name} is a {'read' if row.is_read else 'command'}, sent by {row.sender}.")
    more = ", ".join(member.name for member in row.members if not member.is_in_template)
    if more:
        say(f"It may also have: {more}.")
    return row.template


def unsent_request(call: AnyCall, url: str) -> Request:
    """The request that would be sent, as it may be shown: without a key, its secrets masked."""
    headers = (("Authorization", f"key={BULLETS}"), ("Content-Type", "application/json"))
    shown = AnyCall(call.key, without_named_secrets(call.members))
    return Request(call.key, call.is_command, url, headers, shown.body())


def _call_name(words: list[str]) -> str:
    """The first word, if it can be the name of a call. Else UsageError, with the name that may be
    meant.
    """
    if not words:
        raise UsageError("send needs the name of a call, such as station-get-by-ids.")
    name = words[0]
    with_blanks = "-".join(itertools.takewhile(str.isalpha, words))  # send session start '{}'
    if with_blanks != name and with_blanks in KNOWN_CALLS:
        raise UsageError(f"The name of a call is one word; did you mean {with_blanks}?")
    if name and name.isprintable() and not set(name) & set(' {}[]":'):
        return name
    near = None if set(name) & set('{}[]":') else nearest_call(name)
    meant = f"; did you mean {near}?" if near else ", such as session-start."
    raise UsageError(f"The first word after send is the name of a call{meant}")


MOST_DIFFERENCES = 8
"""This many differences are named one by one."""


def _compare_with_the_documents(call: AnyCall) -> None:
    """Say what is not as documented. Servers may accept it nevertheless.

    Raises UsageError for a placeholder of the template, which is wrong on every server.
    """
    unfilled_places = unfilled(call.key, call.members)
    if unfilled_places:
        listed = ", ".join(unfilled_places[:MOST_DIFFERENCES])
        raise UsageError(f"Still as in the template: {listed}. Fill in, or leave out.")
    found = undocumented(call.key, call.members)
    if found:
        more = len(found) - MOST_DIFFERENCES
        end = f"; and {more} more." if more > 0 else "."
        differences = "; ".join(found[:MOST_DIFFERENCES])
        say(f"Not as {call.key} is documented: {differences}{end}")


_FAULTS = {
    "Invalid control character at": "a line break, a tab or another control character has to be"
    r" escaped in a text, as \n",
    "Unterminated string starting at": "the text that starts here has no end",
}
"""Messages of Python that end where the place followed, as sentences."""


def _members(word: str) -> dict[str, Any]:
    text = read_source(word)
    where = "The JSON" if text is None else f"The JSON from {'stdin' if word == '-' else word[1:]}"
    try:
        value = parse_json(word if text is None else text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        why = _FAULTS.get(error.msg, error.msg)
        raise UsageError(f"{where} cannot be read at {place}: {why}.") from None
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
