"""Findings about the server's answer: clock, HTTP, JSON, key."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from console.doctor.steps import Finding, failed, passed, skipped, warned
from console.oioi.http.attempt import Answer, BodyKind
from console.oioi.http.endpoint import host_of, is_loopback
from console.oioi.judgement.outcome import Outcome
from console.oioi.judgement.statements import has_error, read_flag
from console.oioi.places import folded_places, member
from console.oioi.spans import span

MAX_CLOCK_ERROR_S = 60.0
_MOST_QUOTED = 200

_PORTAL = (
    "Open a web page on this network and accept its terms, or use another network;"
    " otherwise correct the url of the profile."
)
_PATH = "Correct the url of the profile: the path usually is /api/v4/request."


# -- Clock


def clock(date: str | None, at: datetime) -> Finding:
    """This machine's clock against the Date header of an answer that came at `at`."""
    try:
        theirs = parsedate_to_datetime(date or "")
        ahead_s = (at - theirs).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return skipped("The answer has no Date to compare the clock with.")
    if abs(ahead_s) <= MAX_CLOCK_ERROR_S:
        return passed("This machine and the server agree on the time.")
    direction = "ahead of" if ahead_s > 0 else "behind"
    return warned(
        f"This machine's clock is {span(abs(ahead_s))} {direction} the server's.",
        "Have the clock set automatically: certificates and waiting times depend on it.",
    )


# -- HTTP


def http(outcome: Outcome[Any], answer: Answer | None, url: str, read_s: float) -> Finding:
    """Whether an HTTP answer came that an OIOI server may give."""
    if answer is None:
        return _no_answer(outcome, read_s)
    status = answer.status
    if 300 <= status <= 399:
        return _redirected(status, answer.header("Location") or "", url)
    if status == 511:
        return failed(
            "The network wants a login first (HTTP 511): a captive portal.",
            _with_exposure(_PORTAL, url),
        )
    if answer.body.kind is BodyKind.JSON or 200 <= status <= 299:
        return passed(f"HTTP {status}.")
    if status == 401 and answer.body.kind is BodyKind.EMPTY:
        return passed("HTTP 401 without a body.")
    return _refused_without_json(outcome, status, answer.body.kind)


def _no_answer(outcome: Outcome[Any], read_s: float) -> Finding:
    attempt = outcome.attempts[-1]
    if attempt.error == "read-timeout":
        return failed(
            f"The server took the request and did not answer within {read_s:g} s.",
            "Try again later; if it stays so, tell the server's owner that it hangs.",
        )
    return failed(
        f"{outcome.title}: {outcome.explanation.meaning}", outcome.explanation.support_agent
    )


def _redirected(status: int, location: str, url: str) -> Finding:
    elsewhere = host_of(location)
    if elsewhere and elsewhere != host_of(url):
        return failed(
            f"HTTP {status} sends us on to {elsewhere[:_MOST_QUOTED]}: a captive portal, or a"
            " server that has moved.",
            _with_exposure(_PORTAL, url),
        )
    secure = location.lower().startswith("https:") and not url.lower().startswith("https:")
    return failed(
        f"HTTP {status} sends us on to {'https' if secure else 'another path'} on the same host.",
        "Begin the url of the profile with https." if secure else _PATH,
    )


def _refused_without_json(outcome: Outcome[Any], status: int, kind: BodyKind) -> Finding:
    page = {BodyKind.HTML: "a web page", BodyKind.EMPTY: "an empty body"}.get(kind, "a text")
    if status in (404, 405):
        return failed(
            f"The server has no OIOI at this path: HTTP {status} with {page}.",
            _PATH,
        )
    if status == 403:
        return failed(
            f"HTTP 403 with {page}: a filter in between, or the server's front, blocks us.",
            "Ask IT whether this address is filtered, and try another network.",
        )
    if status >= 500:
        return failed(
            f"Something answers, but the server behind it is dead: HTTP {status} with {page}.",
            "Try again later; if it stays so, tell the server's owner.",
        )
    return failed(f"{outcome.title}: HTTP {status} with {page}.", outcome.explanation.support_agent)


def _with_exposure(advice: str, url: str) -> str:
    """The advice, and a warning if the sender of the answer could read the key."""
    if url.lower().startswith("https:") or is_loopback(url):
        return advice
    return f"{advice} The key went there unencrypted: have it replaced."


# -- JSON


def json(outcome: Outcome[Any], answer: Answer, url: str) -> Finding:
    """Whether the answer comes from an OIOI server."""
    kind, status = answer.body.kind, answer.status
    if kind is BodyKind.HTML:
        return failed(
            "A web page came instead of JSON: a captive portal, an inspecting proxy, or a wrong"
            " path.",
            _with_exposure(_PORTAL, url),
        )
    if kind is BodyKind.EMPTY and status == 401:
        return skipped("A refusal without a body.")
    if kind is not BodyKind.JSON:
        what = "Nothing" if kind is BodyKind.EMPTY else "A text"
        return failed(f"{what} came instead of JSON.", _PATH)
    return _as_oioi(outcome, answer.body.judged, status)


def _as_oioi(outcome: Outcome[Any], judged: Any, status: int) -> Finding:
    answer = judged if isinstance(judged, dict) else {}
    if outcome.code is not None:
        return passed(f"An OIOI answer with result code {outcome.code}.")
    found = folded_places(answer, outcome.call)
    if read_flag(answer, found) is not None or isinstance(member(answer, "stations"), list):
        return passed("An OIOI answer, without a result code.")
    if has_error(answer) and status not in (404, 405):
        return warned(
            f"JSON with an error but without a result code{_quoted(outcome)}.",
            "If what follows fails, check the path in the url of the profile.",
        )
    return failed("JSON, but no OIOI: neither a result nor stations are in it.", _PATH)


# -- Key


def key(outcome: Outcome[Any]) -> Finding:
    """Whether the server accepts the key. Other complaints in its answer do not matter.

    Every code but the 2xx is about the question, the customer or the server's own partners, so a
    server that sends one has accepted the key (PROTOCOL.md 3.1). 100 to 102 say that the server
    failed, and 200, 211 and 230 that something else in our request is wrong: the key may not have
    been checked.
    """
    code, status = outcome.code, outcome.http_status
    if code == "210" or (code in (None, "200") and status in (401, 403)):
        return failed(
            f"The server refuses the key{_quoted(outcome)}.",
            "Check that this key belongs to this server (staging and production have different"
            " ones) and store it again; do not try one key after another.",
        )
    if code == "220":
        return warned(
            f"The server knows the key, which may not search for stations{_quoted(outcome)}.",
            "Ask the platform to enable the calls you need.",
        )
    if _is_undecided(outcome):
        return warned(
            f"The server does not say whether it takes the key: {_what(outcome)}.",
            outcome.explanation.support_agent,
        )
    if code is None or code.startswith("0"):
        return passed("The server takes the key.")
    return passed(f"The server takes the key; it answered {_what(outcome)}.")


def _is_undecided(outcome: Outcome[Any]) -> bool:
    if outcome.code is None:
        return not outcome.is_success
    return outcome.code.startswith("2") or outcome.code in ("100", "101", "102")


def _what(outcome: Outcome[Any]) -> str:
    code = outcome.code or f"HTTP {outcome.http_status}"
    return f"{code}, {outcome.title}{_quoted(outcome)}"


def _quoted(outcome: Outcome[Any]) -> str:
    """The server's own words, in brackets and cut to a limit."""
    message = " ".join(outcome.message.split())[:_MOST_QUOTED]
    return f' ("{message}")' if message else ""
