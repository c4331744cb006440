"""The labels of an explanation, by their English words, as they are shown."""

from console.oioi.language import tr

LABELS = {
    # Translators: labels beside the texts of an explanation, of at most 9 cells.
    # Translators: say: the sentence to read out to the customer
    "say": tr("say"),
    # Translators: who has to act
    "who": tr("who"),
    # Translators: what the support agent does now
    "do": tr("do"),
    # Translators: what the technician checks at the station
    "check": tr("check"),
    # Translators: whether it makes sense to try again
    "again": tr("again"),
    "means": tr("means"),
    # Translators: the dialect that the server speaks
    "speaks": tr("speaks"),
    # Translators: what the server itself wrote
    "server": tr("server"),
    "note": tr("note"),
    # Translators: what is odd in the answer
    "odd": tr("odd"),
    # Translators: whether a start may have happened
    "started?": tr("started?"),
    # Translators: other codes with which servers say the same
    "also as": tr("also as"),
    # Translators: other causes that may hide behind this code
    "may hide": tr("may hide"),
    # Translators: what comes close to it in other protocols
    "others": tr("others"),
}


def shown_label(label: str) -> str:
    """A label as it is shown: also "say de", of the sentence in a language of customers."""
    if label in LABELS:
        return LABELS[label]
    word, _, language = label.partition(" ")
    return f"{LABELS[word]} {language}" if word in LABELS else label
