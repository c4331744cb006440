"""Why the value under a cursor is not copied. Without imports: the first frame has it."""


class TooLongToCopy(Exception):
    """The value is longer than a clipboard takes; the text says what to do."""
