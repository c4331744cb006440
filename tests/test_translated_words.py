"""Words of the widgets in another language: order of the pieces, days, states."""

from datetime import date
from gettext import NullTranslations

import pytest
from textual.content import Content

from console.oioi import language
from console.oioi.calendar_names import day_and_month, weekday
from console.oioi.state_words import state_in_words
from screens.widgets.sentences import with_pieces

GERMAN = {"Thu": "Do", "Nov": "Nov.", "{day} {month}": "{day}. {month}"}


class FewTexts(NullTranslations):
    """A catalogue of a few texts."""

    def gettext(self, message: str) -> str:
        return GERMAN.get(message, message)


@pytest.fixture
def in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", FewTexts())


def test_the_pieces_of_a_sentence_stand_where_the_translator_puts_them() -> None:
    value = ("04AB {x}", "bold")
    asks = with_pieces("{key} asks about {id} now", "dim", key="r", id=value)
    assert asks == Content.assemble("r", (" asks about ", "dim"), value, (" now", "dim"))
    asked = with_pieces("Nach {id} fragt {key}", key="r", id=value)
    assert asked.plain == "Nach 04AB {x} fragt r"


def test_a_day_is_named_in_english() -> None:
    day = date(2026, 11, 26)
    assert (weekday(day), day_and_month(day)) == ("Thu", "26 Nov")


@pytest.mark.usefixtures("in_german")
def test_a_day_is_named_in_the_language_of_the_screens() -> None:
    day = date(2026, 11, 26)
    assert (weekday(day), day_and_month(day)) == ("Do", "26. Nov.")


def test_a_word_of_the_server_for_a_state_stays_as_it_is() -> None:
    assert state_in_words("Occupied") == "Occupied"
    assert state_in_words("OutOfOrder") == "OutOfOrder"
