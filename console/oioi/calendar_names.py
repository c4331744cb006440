"""Short names of weekdays and months in the user's language; `strftime` has those of the locale."""

from datetime import date

from console.oioi.language import mark, tr

_WEEKDAYS = (
    # Translators: the weekdays, short
    mark("Mon"),
    mark("Tue"),
    mark("Wed"),
    mark("Thu"),
    mark("Fri"),
    mark("Sat"),
    mark("Sun"),
)
_MONTHS = (
    # Translators: the months, short
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)


def weekday(day: date) -> str:
    """The weekday of a day or a moment: `Mon`."""
    return tr(_WEEKDAYS[day.weekday()])


def day_and_month(day: date) -> str:
    """A day or a moment without its year: `24 Nov`."""
    # Translators: a day of the month and its month, as in "24 Nov"
    return tr("{day} {month}", day=day.day, month=tr(_MONTHS[day.month - 1]))
