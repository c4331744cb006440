"""What a customer or a colleague sends, a HAR file or a curl command, as exchanges of the history.

Secrets are masked here, before anything is kept: keys, tokens, passwords, cookies, in the request
and where the answer repeats them. What came of a request is judged by our own judgement from what
the file says was answered. A curl command says nothing of an answer; its outcome is unknown.

    ImportTrouble   nothing in it can be imported; the text is one sentence
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from console.journal import har_reading
from console.journal.curl_reading import CurlRequest, NoCurl, read_curl, unescaped
from console.journal.foreign_secrets import ForeignRequest, is_web_url, masked_request
from console.oioi.calls import KNOWN_CALLS, AnyCall, CallError
from console.oioi.http.attempt import Attempt
from console.oioi.http.exchange import Exchange
from console.oioi.judgement import explanations
from console.oioi.judgement.explanations import Explanation
from console.oioi.judgement.outcome import Outcome, Verdict, judge
from console.oioi.language import kept, mark, tr, tr_n
from console.servers import IMPORTED, ServerRef


class ImportTrouble(ValueError):
    """Nothing in it can be imported; the text of the error is one sentence."""


@dataclass(frozen=True, slots=True)
class ImportedCall:
    """One imported exchange. `call` is the request as it was, with its secrets: for a form, which
    hides them, and never kept. `exchange` is what is kept.
    """

    call: AnyCall = field(repr=False)
    exchange: Exchange

    @property
    def server(self) -> ServerRef:
        return ServerRef(IMPORTED, self.exchange.request.url)


LONGEST_CURL = 256 * 1024
"""Characters. No shell takes a word of more than 128 KiB, and each sign is looked at."""


def read_import(text: str, now: datetime) -> tuple[ImportedCall, ...]:
    """All OIOI calls in a HAR file, or the one of a curl command; at least one.

    `now` is the time of a request that has none of its own. Raises ImportTrouble.
    """
    text = text.strip().lstrip("\ufeff")
    if not text:
        raise ImportTrouble(tr("It is empty; a HAR file or a curl command is expected."))
    if text.startswith(("{", "[")):
        return _from_har(text, now)
    if len(text) > LONGEST_CURL:
        raise ImportTrouble(tr("It is no HAR file, and too long for a curl command."))
    return (_from_curl(text, now),)


# ------------------------------------------------------------ a curl command


def _from_curl(text: str, now: datetime) -> ImportedCall:
    try:
        request = read_curl(text)
    except NoCurl as error:
        raise ImportTrouble(str(error)) from None
    if request.method != "POST" or not request.body.strip():
        raise ImportTrouble(tr("It sends no body with POST, as every OIOI call does."))
    if not is_web_url(request.url):
        raise ImportTrouble(tr("Its URL cannot be read as one of http or https."))
    call = _call_in(request.body) or _call_in(unescaped(request.body))
    if call is None:
        raise ImportTrouble(tr(_NO_ENVELOPE))
    shown, _ = masked_request(_foreign(request), call)
    outcome = _not_answered(call)
    return ImportedCall(call, Exchange(shown, now, 1, outcome=outcome, finished=now))


_NO_ENVELOPE = mark('Its body is no OIOI call, which is JSON such as {"session-stop": {…}}.')


def _foreign(request: CurlRequest) -> ForeignRequest:
    return ForeignRequest(request.url, request.headers)


def _not_answered(call: AnyCall) -> Outcome[Any]:
    """The outcome of a request without an answer: nobody knows here what came of it."""
    return Outcome(
        call=call.key,
        verdict=Verdict.UNKNOWN,
        code=None,
        http_status=None,
        title=kept("Imported without an answer"),
        message="",
        may_have_taken_effect=call.is_command,
        explanation=_NO_ANSWER,
        entry=explanations.transport("unread")._replace(explanation=_NO_ANSWER),
        note=kept("Imported from a curl command, which says nothing of an answer."),
    )


_NO_ANSWER = Explanation(
    responsible=kept("Whoever sent it"),
    meaning=kept(
        "The request was imported from a curl command; what was answered is not known here."
    ),
    support_agent=kept("Ask for the answer, or look at the connector's state."),
    field_technician=kept(
        "Look at the display and the car: it is not known whether this was sent."
    ),
    retry=kept("Reads: yes. Commands: look first."),
)


def _call_in(body: str) -> AnyCall | None:
    """The call in a request's body: an object with one member, an object too; None without one."""
    try:
        envelope = json.loads(body.strip().lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(envelope, dict) or len(envelope) != 1:
        return None
    [(name, members)] = envelope.items()
    if not isinstance(members, dict) or not name.isprintable() or not name.strip():
        return None
    call = AnyCall(name, members)
    try:
        call.body()
    except CallError:
        return None
    return call


# ------------------------------------------------------------ a HAR file


def _from_har(text: str, now: datetime) -> tuple[ImportedCall, ...]:
    try:
        har = har_reading.read_har(text, now)
    except har_reading.NoHar as error:
        call = _call_in(text)
        if call is not None and call.key in KNOWN_CALLS:
            raise ImportTrouble(tr(_ONLY_A_BODY)) from None
        raise ImportTrouble(str(error)) from None
    calls = [(entry, call) for entry in har.entries if (call := _oioi_call(entry)) is not None]
    if not calls:
        said = tr_n(
            "It is a HAR file with {n} request, and none is a call of OIOI.",
            "It is a HAR file with {n} requests, and none is a call of OIOI.",
            len(har.entries),
        )
        raise ImportTrouble(said)
    return tuple(_exchange(group) for group in _groups(calls, har.is_ours))


_ONLY_A_BODY = mark("This is the body of a call alone; send it with oioi-console send CALL @FILE.")


def _oioi_call(entry: har_reading.HarEntry) -> AnyCall | None:
    """The call of an entry; other requests that a browser makes are none."""
    may_be_one = entry.method == "POST" and is_web_url(entry.url)
    call = _call_in(entry.body) if may_be_one else None
    at_an_endpoint = entry.url.partition("?")[0].rstrip("/").endswith("/request")
    return call if call is not None and (call.key in KNOWN_CALLS or at_an_endpoint) else None


_Found = tuple[har_reading.HarEntry, AnyCall]


def _groups(calls: Sequence[_Found], is_ours: bool) -> Iterator[list[_Found]]:
    """The attempts of each call: in a file of our own those of one page, else each alone."""
    pages: dict[Any, list[_Found]] = {}
    for number, (entry, call) in enumerate(calls):
        page = (entry.page, call.key) if is_ours and entry.page else number
        pages.setdefault(page, []).append((entry, call))
    yield from pages.values()


def _exchange(found: Sequence[_Found]) -> ImportedCall:
    entries, call = [entry for entry, _ in found], found[0][1]
    shown, redactor = masked_request(ForeignRequest(entries[0].url, entries[0].headers), call)
    attempts: Iterable[Attempt] = (
        har_reading.attempt_of(entry, number, redactor) for number, entry in enumerate(entries, 1)
    )
    outcome = judge(call, [*attempts], redactor)
    note = kept("Imported from a HAR file; the verdict is this program's.")
    outcome = replace(outcome, note=note)
    last = outcome.attempts[-1]
    finished = last.started + timedelta(milliseconds=last.elapsed_ms or 0)
    exchange = Exchange(
        shown,
        outcome.attempts[0].started,
        len(outcome.attempts),
        attempts=outcome.attempts,
        outcome=outcome,
        finished=finished,
    )
    return ImportedCall(call, exchange)
