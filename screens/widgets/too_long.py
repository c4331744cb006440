"""What a view says of a value that it does not copy: the view comes after the first frame."""


class TooLongToCopy(Exception):
    """The value under the cursor is longer than LONGEST_COPY; the text says what to do."""
