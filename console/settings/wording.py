"""How a value of the file is shown in a sentence."""

from console.oioi.language import tr
from console.oioi.redact import visible


def shown(value: object) -> str:
    """A value as it would be written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        words = ", ".join(f'"{word}"' for word in value)
        return f"[{words}]"
    # Translators: no value, as in "none is used"
    return tr("none") if value in (None, "") else str(value)


def short(text: str) -> str:
    """A foreign text, visible and cut to 40 characters."""
    seen = visible(text)
    return seen if len(seen) <= 40 else seen[:39] + "…"
