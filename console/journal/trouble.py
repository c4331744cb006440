"""What keeps the journal from being written, in a sentence."""


class JournalTrouble(Exception):
    """Something cannot be kept or read; the text is a sentence for the operator."""
