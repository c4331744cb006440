"""The field in which everything is typed: an Input that holds nothing a terminal would obey."""

import re

from textual.widgets import Input

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the reading direction: pasted, or sent by a server."""


LONGEST = 4096
"""Characters; longer than any link to a map. A megabyte pasted by mistake takes seconds to draw."""


def harmless(text: str) -> str:
    """The text without what could move the cursor of the terminal."""
    return _UNSAFE.sub("", text[:LONGEST])


class LineInput(Input):
    """An Input without control characters. What else is typed or pasted stays as it is."""

    def validate_value(self, value: str) -> str:
        """The text as the field takes it."""
        return harmless(value)
