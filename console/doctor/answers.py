"""Findings about the server's answer: clock, HTTP, JSON, key."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from console.doctor.steps import Finding, failed, passed, skipped, warned
from console.oioi.http.attempt import Answer, BodyKind
from console.oioi.http.endpoint import host_of, is_loopback
from console.oioi.judgement.outcome import Outcome
from console.oioi.judgement.statements import has_error, read_flag
from console.oioi.language import mark, tr
from console.oioi.places import folded_places, member
from console.oioi.spans import span

MAX_CLOCK_ERROR_S = 60.0
_MOST_QUOTED = 200

_PORTAL = mark(
    "Open a web page on this network and accept its terms, or use another network;"
    " otherwise correct the url of the profile."
)
_PATH = mark("Correct the url of the profile: the path usually is /api/v4/request.")


# -- Clock


def clock(date: str | None, at: datetime) -> Finding:
    """This machine's clock against the Date header of an answer that came at `at`."""
    try:
        theirs = parsedate_to_datetime(date or "")
        ahead_s = (at - theirs).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return skipped(tr("The answer has no Date to compare the clock with."))
    if abs(ahead_s) <= MAX_CLOCK_ERROR_S:
        return passed(tr("This machine and the server agree on the time."))
    if ahead_s > 0:
        said = tr("This machine's clock is {span} ahead of the server's.", span=span(ahead_s))
    else:
        said = tr("This machine's clock is {span} behind the server's.", span=span(-ahead_s))
    return warned(
        said,
        tr("Have the clock set automatically: certificates and waiting times depend on it."),
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
            tr("The network wants a login first (HTTP 511): a captive portal."),
            _with_exposure(_PORTAL, url),
        )
    if answer.body.kind is BodyKind.JSON or 200 <= status <= 299:
        return passed(f"HTTP {status}.")
    if status == 401 and answer.body.kind is BodyKind.EMPTY:
        return passed(tr("HTTP 401 without a body."))
    return _refused_without_json(outcome, status, answer.body.kind)


def _no_answer(outcome: Outcome[Any], read_s: float) -> Finding:
    attempt = outcome.attempts[-1]
    if attempt.error == "read-timeout":
        seconds = f"{read_s:g}"
        return failed(
            tr(
                "The server took the request and did not answer within {seconds} s.",
                seconds=seconds,
            ),
            tr("Try again later; if it stays so, tell the server's owner that it hangs."),
        )
    return failed(
        f"{outcome.title}: {outcome.explanation.meaning}", outcome.explanation.support_agent
    )


def _redirected(status: int, location: str, url: str) -> Finding:
    elsewhere = host_of(location)
    if elsewhere and elsewhere != host_of(url):
        return failed(
            tr(
                "HTTP {status} sends us on to {host}: a captive portal, or a server that has"
                " moved.",
                status=status,
                host=elsewhere[:_MOST_QUOTED],
            ),
            _with_exposure(_PORTAL, url),
        )
    secure = location.lower().startswith("https:") and not url.lower().startswith("https:")
    if secure:
        return failed(
            tr("HTTP {status} sends us on to https on the same host.", status=status),
            tr("Begin the url of the profile with https."),
        )
    said = tr("HTTP {status} sends us on to another path on the same host.", status=status)
    return failed(said, tr(_PATH))


def _refused_without_json(outcome: Outcome[Any], status: int, kind: BodyKind) -> Finding:
    page = tr(_PAGES.get(kind, _TEXT))
    if status in (404, 405):
        return failed(
            tr(
                "The server has no OIOI at this path: HTTP {status} with {page}.",
                status=status,
                page=page,
            ),
            tr(_PATH),
        )
    if status == 403:
        return failed(
            tr(
                "HTTP 403 with {page}: a filter in between, or the server's front, blocks us.",
                page=page,
            ),
            tr("Ask IT whether this address is filtered, and try another network."),
        )
    if status >= 500:
        return failed(
            tr(
                "Something answers, but the server behind it is dead: HTTP {status} with {page}.",
                status=status,
                page=page,
            ),
            tr("Try again later; if it stays so, tell the server's owner."),
        )
    title = outcome.title
    said = tr("{title}: HTTP {status} with {page}.", title=title, status=status, page=page)
    return failed(said, outcome.explanation.support_agent)


# Translators: what came, after "with": "HTTP 404 with a web page"
_PAGES = {BodyKind.HTML: mark("a web page"), BodyKind.EMPTY: mark("an empty body")}
_TEXT = mark("a text")


def _with_exposure(advice: str, url: str) -> str:
    """The advice, and a warning if the sender of the answer could read the key."""
    advice = tr(advice)
    if url.lower().startswith("https:") or is_loopback(url):
        return advice
    exposed = tr("The key went there unencrypted: have it replaced.")
    return f"{advice} {exposed}"


# -- JSON


def json(outcome: Outcome[Any], answer: Answer, url: str) -> Finding:
    """Whether the answer comes from an OIOI server."""
    kind, status = answer.body.kind, answer.status
    if kind is BodyKind.HTML:
        return failed(
            tr(
                "A web page came instead of JSON: a captive portal, an inspecting proxy, or a wrong"
                " path."
            ),
            _with_exposure(_PORTAL, url),
        )
    if kind is BodyKind.EMPTY and status == 401:
        return skipped(tr("A refusal without a body."))
    if kind is not BodyKind.JSON:
        is_empty = kind is BodyKind.EMPTY
        nothing = tr("Nothing came instead of JSON.")
        return failed(nothing if is_empty else tr("A text came instead of JSON."), tr(_PATH))
    return _as_oioi(outcome, answer.body.judged, status)


def _as_oioi(outcome: Outcome[Any], judged: Any, status: int) -> Finding:
    answer = judged if isinstance(judged, dict) else {}
    if outcome.code is not None:
        return passed(tr("An OIOI answer with result code {code}.", code=outcome.code))
    found = folded_places(answer, outcome.call)
    if read_flag(answer, found) is not None or isinstance(member(answer, "stations"), list):
        return passed(tr("An OIOI answer, without a result code."))
    if has_error(answer) and status not in (404, 405):
        return warned(
            tr("JSON with an error but without a result code{quote}.", quote=_quoted(outcome)),
            tr("If what follows fails, check the path in the url of the profile."),
        )
    return failed(tr("JSON, but no OIOI: neither a result nor stations are in it."), tr(_PATH))


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
            tr("The server refuses the key{quote}.", quote=_quoted(outcome)),
            tr(
                "Check that this key belongs to this server (staging and production have different"
                " ones) and store it again; do not try one key after another."
            ),
        )
    if code == "220":
        return warned(
            tr(
                "The server knows the key, which may not search for stations{quote}.",
                quote=_quoted(outcome),
            ),
            tr("Ask the platform to enable the calls you need."),
        )
    if _is_undecided(outcome):
        return warned(
            tr(
                "The server does not say whether it takes the key: {answer}.",
                answer=_what(outcome),
            ),
            outcome.explanation.support_agent,
        )
    if code is None or code.startswith("0"):
        return passed(tr("The server takes the key."))
    return passed(tr("The server takes the key; it answered {answer}.", answer=_what(outcome)))


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
