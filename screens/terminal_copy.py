"""What the terminal shows, so that only what differs is written to it.

Textual writes every line of a widget that was refreshed, and after each layout the whole screen,
although most of it stands there already: 20 to 90 KB for a change of page. Over a line of 2 KB/s
that takes half a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Update = LayoutUpdate | ChopsUpdate
"""What Textual writes: the whole screen, or pieces of lines."""

UNKNOWN = "\0"
"""A cell of which it is not known what it shows."""

GAP = 6
"""As many cells that stay are written again, since going over them takes as many bytes."""


class TerminalCopy:
    """The cells of the terminal as they were last written: their characters and their colours.

    The second cell of a wide character is empty. A colour is the part of an SGR sequence between
    `ESC [` and `m`.
    """

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._characters: list[list[str]] = []
        self._colours: list[list[str]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written, or it is not known what of it is still there."""
        return self._size == Size(0, 0)

    def forget(self) -> None:
        """The terminal may show anything: write all of it with the next update."""
        self._size = Size(0, 0)

    def changes(self, update: Update, size: Size, system: ColorSystem) -> str:
        """What has to be written so that the terminal shows the update; empty if it shows it."""
        if size != self._size:
            self._size = size
            self._characters = [[UNKNOWN] * size.width for _ in range(size.height)]
            self._colours = [[""] * size.width for _ in range(size.height)]
        pen = Pen()
        for y, x, strip in _pieces(update):
            if y < size.height and x < size.width:
                self._write(y, x, strip, system, pen)
        return pen.written()

    def _write(self, y: int, x: int, strip: Strip, system: ColorSystem, pen: Pen) -> None:
        """Write what differs of a piece of a line."""
        characters, colours = _cells(strip, system)
        end = x + len(characters)
        old_characters, old_colours = self._characters[y][x:end], self._colours[y][x:end]
        if characters == old_characters and colours == old_colours:
            return
        if _is_uncertain(characters) or _is_uncertain(old_characters):
            # Terminals disagree about the width of such characters: what is behind one is written
            # again, at the place it has for us.
            pen.write(x, y, characters, colours)
        else:
            for first, last in _differences(characters, colours, old_characters, old_colours):
                pen.write(x + first, y, characters[first:last], colours[first:last])
        self._characters[y][x:end] = characters
        self._colours[y][x:end] = colours


class Pen:
    """Writes cells in colours, in as few bytes as it can."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._colour = ""
        self._at = (-1, -1)

    def write(self, x: int, y: int, characters: list[str], colours: list[str]) -> None:
        """Write these cells from here on."""
        if self._at != (x, y):
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = (-1, -1) if _is_uncertain(characters) else (x + len(characters), y)
        add, now = self._parts.append, self._colour
        for character, colour in zip(characters, colours, strict=True):
            if colour != now:
                add(_change(now, colour))
                now = colour
            add(character)
        self._colour = now

    def written(self) -> str:
        """All of it, and the colours as they were before."""
        if self._colour:
            self._parts.append("\x1b[m")
            self._colour = ""
        return "".join(self._parts)


def _pieces(update: Update) -> Iterator[tuple[int, int, Strip]]:
    """The pieces of an update: line, column, and what is there."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is None or x > last or end <= first:
                continue
            yield y, x, piece if end <= last else piece.crop(0, last - x)


def _cells(strip: Strip, system: ColorSystem) -> tuple[list[str], list[str]]:
    """The characters and the colours of a strip, cell by cell."""
    characters: list[str] = []
    colours: list[str] = []
    for text, style, control in strip:
        if control or not text:
            continue
        colour = ""
        if style is not None:
            ansi = style._ansi
            colour = Strip.render_ansi(style, system) if ansi is None else ansi
        if not text.strip(" "):
            colour = _of_blanks(colour)
        cells = list(text) if text.isascii() else _wide_cells(text)
        characters += cells
        colours += [colour] * len(cells)
    return characters, colours


def _wide_cells(text: str) -> list[str]:
    """The characters of a text that may hold wide ones, and ones without a width, cell by cell.

    A text whose cells cannot be told apart is one character that is as wide as all of it.
    """
    width = cell_len(text)
    if width == len(text) and all(cell_len(character) == 1 for character in text):
        return list(text)
    cells: list[str] = []
    for character in text:
        own = cell_len(character)
        if own == 0 and cells:
            at = max(place for place, cell in enumerate(cells) if cell)
            cells[at] += character
        else:
            cells += [character, *[""] * (own - 1)]
    return cells if len(cells) == width else [text, *[""] * (width - 1)]


def _is_uncertain(characters: list[str]) -> bool:
    """Whether terminals disagree about where the end of these is: some are wide, made of more than
    one sign, or halves of a flag."""
    text = "".join(characters)
    return "" in characters or len(text) != len(characters) or max(text, default="") > "\uffff"


def _differences(
    characters: list[str], colours: list[str], old_characters: list[str], old_colours: list[str]
) -> Iterable[tuple[int, int]]:
    """The runs of cells that differ, those with few cells between them as one."""
    differ = [
        at
        for at, cells in enumerate(
            zip(characters, old_characters, colours, old_colours, strict=False)
        )
        if cells[0] != cells[1] or cells[2] != cells[3]
    ]
    differ += range(min(len(characters), len(old_characters)), len(characters))
    first = last = differ[0]
    for at in differ[1:]:
        if at - last > GAP:
            yield first, last + 1
            first = at
        last = at
    yield first, last + 1


@lru_cache(4096)
def _change(before: str, after: str) -> str:
    """The shortest sequence from one colour to another."""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[0;{after}m" if before else f"\x1b[{after}m"
    if not before:
        return whole
    old, new = _parts_of(before), _parts_of(after)
    if old[0] != new[0] or any(was and not now for was, now in zip(old, new, strict=True)):
        return whole
    differing = [now for was, now in zip(old, new, strict=True) if was != now]
    return f"\x1b[{';'.join(differing)}m"


@lru_cache(4096)
def _of_blanks(colour: str) -> str:
    """The colour of cells that show nothing: the foreground is not seen there."""
    attributes, _, background = _parts_of(colour)
    return colour if attributes else background


@lru_cache(4096)
def _parts_of(colour: str) -> tuple[str, str, str]:
    """The attributes, the foreground and the background of a colour."""
    attributes, foreground, background = [], "", ""
    numbers = iter(colour.split(";") if colour else ())
    for number in numbers:
        if number in ("38", "48"):
            kind = next(numbers, "")
            rest = [next(numbers, "") for _ in range(3 if kind == "2" else 1)]
            whole = ";".join([number, kind, *rest])
            if number == "38":
                foreground = whole
            else:
                background = whole
        elif _is_colour(number, 30, 90):
            foreground = number
        elif _is_colour(number, 40, 100):
            background = number
        else:
            attributes.append(number)
    return ";".join(attributes), foreground, background


def _is_colour(number: str, dark: int, bright: int) -> bool:
    """Whether this is one of the eight colours, bright or not, or the terminal's own."""
    value = int(number or 0)
    return dark <= value <= dark + 9 or bright <= value <= bright + 7
