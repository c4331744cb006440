"""An exchange in words: pure functions from the record to the texts of the panes."""

from rich.cells import cell_len
from textual.content import Content

from console.oioi.amounts import amount
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.exchange import Exchange
from console.oioi.http.retry import WaitReason, asked_wait_s
from console.oioi.judgement import explanations, languages
from console.oioi.judgement.events import WAITS_FOR, look_in_words, receiving_in_words
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.oioi.spans import took

MARKS = {
    Verdict.SUCCESS: ("✔", tr("Success"), "$oioi-ok"),
    Verdict.REFUSED: ("✖", tr("Refused"), "$oioi-refused"),
    Verdict.FAILED: ("▲", tr("Failed"), "$oioi-failed"),
    Verdict.UNKNOWN: ("?", tr("Unknown"), "$oioi-unknown"),
}
"""For each verdict a sign, a word and a colour, because a colour alone is not enough."""

COUNTED = {
    # Translators: the verdicts after a number of exchanges: "3 refused"
    Verdict.SUCCESS: tr("success"),
    Verdict.REFUSED: tr("refused"),
    Verdict.FAILED: tr("failed"),
    Verdict.UNKNOWN: tr("unknown"),
}
"""The verdicts as they are counted."""

MARKS_WIDTH = max(cell_len(f"{mark} {word}") for mark, word, _ in MARKS.values())
"""Cells of the longest sign with its word."""

CUT_SHORT_S = 0.2
"""A wait that is so much shorter than asked for was cut short; a timer may be a little early."""


def verdict(outcome: Outcome[object]) -> Content:
    """The verdict in one line: sign, word, code, title."""
    mark, word, style = MARKS[outcome.verdict]
    code = f"{outcome.code} " if outcome.code else ""
    maybe = " · " + tr("may have taken effect") if may_still_be(outcome) else ""
    return Content.assemble(
        (f"{mark} {word}", f"bold {style}"),
        f"  {code}{visible(languages.shown_title(outcome))}",
        (maybe, style),
    )


def may_still_be(outcome: Outcome[object]) -> bool:
    """Whether a refusal has to be treated like an unknown outcome."""
    return outcome.verdict is Verdict.REFUSED and outcome.may_have_taken_effect


def now_line(exchange: Exchange, now_s: float) -> Content:
    """The state of the exchange in one line; `now_s` is a time of the monotonic clock."""
    if exchange.outcome is not None:
        return verdict(exchange.outcome)
    if exchange.waiting is not None:
        left = max(0.0, exchange.waiting.until_s - now_s)
        number = len(exchange.attempts) + 1
        looks = left == 0 and exchange.request.is_command  # a read does not wait for a look
        time = f"{left:.1f} s"
        doing = tr("Looking at the connector") if looks else tr("Waiting {time}", time=time)
        then = tr("then attempt {n} of {all}", n=number, all=exchange.attempts_allowed)
        return Content.assemble((f"◷ {doing}", "bold $oioi-failed"), f"  {then}")
    if exchange.receiving is not None:
        style = "$oioi-waiting" if exchange.receiving.stalled_s(now_s) is None else "$oioi-failed"
        # Without the attempt, whose line is next: both in one take two lines, once it has stalled.
        return Content.styled(f"↓ {receiving_in_words(exchange.receiving, now_s)}", f"bold {style}")
    elapsed = now_s - exchange.sent_at_s if exchange.sent_at_s is not None else 0.0
    flying = tr("In flight {time}", time=f"{max(0.0, elapsed):.1f} s")
    number = max(1, len(exchange.attempts))
    attempt = tr("attempt {n} of {all}", n=number, all=exchange.attempts_allowed)
    return Content.assemble((f"… {flying}", "bold $oioi-waiting"), f"  {attempt}")


def attempt_line(attempt: Attempt, exchange: Exchange, column: int) -> Content:
    """One attempt: its number, status or failure in a column of so many cells, time, and the wait
    after it.
    """
    status, style = attempt_status(attempt)
    time = f"{took(attempt.elapsed_ms):>8}" if attempt.elapsed_ms is not None else ""
    wait = ""
    if attempt.waited_s is not None:
        wait = f" · {_waited(attempt, attempt.waited_s)}"
    elif exchange.waiting is not None and attempt is exchange.attempts[-1]:
        seconds, reason = exchange.waiting.seconds, tr(WAITS_FOR[exchange.waiting.reason])
        wait = f" · {reason} {seconds:.1f} s"
    return Content.assemble(
        (f"#{attempt.number} ", "dim"),
        (f"{status:<{column}}", style),
        time,
        (wait, "$oioi-muted"),
    )


def _waited(attempt: Attempt, waited_s: float) -> str:
    """The wait after an attempt; of one that was cut short also what the server asked for."""
    reason = tr(WAITS_FOR[WaitReason(attempt.wait_reason)]) if attempt.wait_reason else ""
    waited = f"{waited_s:.1f} s"
    if attempt.wait_reason == WaitReason.RETRY_AFTER and attempt.answer is not None:
        asked_s = asked_wait_s(attempt.answer, attempt.started)
        if asked_s is not None and waited_s < asked_s - CUT_SHORT_S:
            asked = f"{asked_s:g} s"
            return tr("{reason} {asked}, waited {time}", reason=reason, asked=asked, time=waited)
    return f"{reason} {waited}"


def look_line(exchange: Exchange) -> Content | None:
    """The newest look at the connector between two attempts; None without one."""
    for attempt in reversed(exchange.attempts):
        if attempt.look is not None:
            style = "$oioi-unknown" if attempt.look.holds_back else "$oioi-muted"
            return Content.assemble(
                (f"#{attempt.number} ", "dim"), (look_in_words(attempt.look), style)
            )
    return None


def attempt_status(attempt: Attempt) -> tuple[str, str]:
    """An attempt's HTTP status or the name of its failure, and a style for it."""
    if attempt.error is not None:
        return attempt.error, "$oioi-failed"
    if attempt.http_status is None:
        return "…", "$oioi-waiting"
    good = 200 <= attempt.http_status <= 299
    return str(attempt.http_status), "$oioi-ok" if good else "$oioi-refused"


def one_line(exchange: Exchange, now_s: float) -> Content:
    """The whole exchange in one line, for a narrow terminal."""
    last = exchange.attempts[-1] if exchange.attempts else None
    parts: list[Content | str | tuple[str, str]] = [now_line(exchange, now_s)]
    if last is not None:
        status, style = attempt_status(last)
        parts += ["  ", (f"#{last.number} ", "dim"), (status, style)]
        if last.elapsed_ms is not None:
            parts.append(f" {took(last.elapsed_ms)}")
    if (look := look_line(exchange)) is not None:
        parts += ["  ", look]
    parts.append((f"  {exchange.request.call}", "$oioi-muted"))
    return Content.assemble(*parts)


def explanation(outcome: Outcome[object], customer_language: str = "") -> list[tuple[str, str]]:
    """The explanation as pairs of a short label and a text, the most urgent one first.

    The labels are English; `explanation_labels` has them as they are shown. `customer_language` is
    one in which the sentence for the customer is said too, "" is none.
    """
    explained = languages.shown_explanation(outcome)
    said = [
        (
            customer_language,
            languages.say_in(customer_language, outcome.explanation, outcome.source),
        )
    ]
    if not outcome.is_success:
        rows = explanations.rows(explained, said)
    else:
        rows = explanations.say_rows(explained, said) if outcome.is_for_customer else []
        rows += [("means", explained.meaning)] if outcome.code else []
    rows.insert(len(rows) if outcome.is_success else 1, ("speaks", tr_kept(outcome.dialect)))
    if outcome.message and not outcome.is_success:
        rows.insert(1, ("server", tr("“{said}”", said=outcome.message)))
    if outcome.note:
        rows.insert(0, ("note", tr_kept(outcome.note)))
    if outcome.issues:
        odd = "; ".join(map(tr_kept, outcome.issues[:3]))
        if len(outcome.issues) > 3:
            odd = tr("{some} and {n} more", some=odd, n=len(outcome.issues) - 3)
        rows.append(("odd", odd))
    return [(label, visible(text)) for label, text in rows if text]


SHOWN_HEADERS = ("authorization", "content-type")
"""The headers that OIOI requires. The others that HTTP needs are named in one line, to save
space.
"""


def request_head(exchange: Exchange) -> list[str]:
    """The request's first lines as they were sent, but with the key masked."""
    request = exchange.request
    asked = [pair for pair in request.headers if pair[0].lower() in SHOWN_HEADERS]
    others = [name for name, _ in request.headers if name.lower() not in SHOWN_HEADERS]
    lines = [f"POST {request.url}", *(f"{name}: {value}" for name, value in asked)]
    return [*lines, tr("and {headers}", headers=", ".join(others))] if others else lines


def response_head(exchange: Exchange) -> list[str]:
    """The status and headers of the answer that is shown."""
    answer = exchange.shown_answer
    if answer is None:
        return []
    return [f"HTTP {answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]


def response_title(exchange: Exchange) -> str:
    """What is shown of an answer: all of it, or how much of it."""
    answer = exchange.shown_answer
    if answer is None or answer is whole_answer(exchange):
        return tr("response")
    shown = amount(len(answer.body.shown))
    if exchange.is_open:
        return tr("response · the first {amount}, more is coming", amount=shown)
    total = exchange.receiving.total if exchange.receiving is not None else None
    if total is None:
        return tr("response · the first {amount}", amount=shown)
    return tr("response · the first {amount} of {all}", amount=shown, all=amount(total))


def whole_answer(exchange: Exchange) -> Answer | None:
    """The newest answer that arrived whole."""
    answers = (attempt.answer for attempt in reversed(exchange.attempts))
    return next((answer for answer in answers if answer is not None), None)
