"""The verdicts in a word of the user's language."""

from console.oioi.judgement.ruling import Verdict
from console.oioi.language import mark, tr

_WORDS = {
    # Translators: the verdict on an exchange
    Verdict.SUCCESS: mark("success"),
    Verdict.REFUSED: mark("refused"),
    Verdict.UNKNOWN: mark("unknown"),
    Verdict.FAILED: mark("failed"),
}


def verdict_word(verdict: Verdict) -> str:
    """The verdict as it is shown; in filters, files and JSON it stays English."""
    return tr(_WORDS[verdict])
