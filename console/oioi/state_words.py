"""The states of connectors in the user's language."""

from console.oioi.language import mark, tr

_STATES = frozenset(
    (
        # Translators: the states of a connector, and that none is known
        mark("Available"),
        mark("Reserved"),
        mark("Occupied"),
        mark("Offline"),
        mark("Unknown"),
        mark("no data"),
    )
)


def state_in_words(words: str) -> str:
    """A state in the user's language; a word that is the server's own as it is."""
    return tr(str(words)) if words in _STATES else words
