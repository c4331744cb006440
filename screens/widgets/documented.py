"""What is documented for everybody, and so no customer's: legible in presenter mode too."""

from textual.content import Content
from textual.style import Style

DOCUMENTED = "oioi_documented"
"""The mark of such a text, in the meta data of its style."""


def documented(content: Content) -> Content:
    """This text with the mark."""
    return content.stylize(Style.from_meta({DOCUMENTED: True}))
