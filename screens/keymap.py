"""Whether the keys that the user has chosen can be used: known names, known keys, no clash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from textual.binding import Binding
from textual.keys import Keys, key_to_character

from console.oioi.language import tr
from console.oioi.spelling import nearest
from console.settings import Settings, SettingsProblem
from console.settings.wording import short
from screens.bindings import ALL_DIALOGS, BODY, DIALOGS, EVERYWHERE, BindingPlace, parts_of
from screens.key_names import key_name, keys_of

_KNOWN = {key.value for key in Keys}
_MODIFIERS = {"alt", "ctrl", "shift", "super"}


@dataclass(frozen=True, slots=True)
class CheckedKeymap:
    """The changes that are used, and by its action a sentence for each that is not."""

    keymap: dict[str, str]
    reasons: dict[str, str] = field(default_factory=dict)


def checked(wanted: Mapping[str, str], places: Sequence[BindingPlace]) -> CheckedKeymap:
    """Which of these changes can be used. A binding keeps its own keys where one cannot."""
    known = {each.id: each for place in places for each in place.bindings if each.id}
    usable: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for id, keys in wanted.items():
        names = [_textuals_name(key.strip()) for key in keys.split(",")]
        if id not in known:
            meant = nearest(id, known)
            reasons[id] = (
                tr(
                    "In keymap, no action is called {name}; is {meant} meant?",
                    name=short(id),
                    meant=meant,
                )
                if meant
                else tr(
                    "In keymap, no action is called {name}; oioi-console --keys lists them all.",
                    name=short(id),
                )
            )
        elif not all(names):
            wrong = next(key for key, name in zip(keys.split(","), names, strict=True) if not name)
            reasons[id] = tr(
                "In keymap, {name}: there is no key {key}.",
                name=id,
                key=short(wrong.strip()) or "“”",
            )
        else:
            usable[id] = ",".join(names)
    _leave_out_clashes(usable, places, reasons)
    _keep_neighbours(usable, places)
    return CheckedKeymap(usable, reasons)


def problems_of_keys(settings: Settings, found: CheckedKeymap) -> list[SettingsProblem]:
    """The changes in the settings that cannot be used, with their lines."""
    return [
        SettingsProblem(settings.path, settings.keymap_lines.get(id), reason)
        for id, reason in found.reasons.items()
    ]


def _textuals_name(key: str) -> str:
    """The key as Textual calls it, such as `ctrl+x`, `f5`, `question_mark`; empty if it is none."""
    if len(key) == 1:
        return (
            next(iter(Binding.make_bindings([Binding(key, "none")]))).key
            if key.isprintable()
            else ""
        )
    *modifiers, last = key.split("+")
    modifiers = [each.lower() for each in modifiers]
    if not _MODIFIERS.issuperset(modifiers) or not last:
        return ""
    name = last.lower() if modifiers or len(last) > 1 else last
    is_known = len(name) == 1 or name in _KNOWN or key_to_character(name) is not None
    return "+".join([*modifiers, name]) if is_known else ""


def _leave_out_clashes(
    usable: dict[str, str], places: Sequence[BindingPlace], reasons: dict[str, str]
) -> None:
    """Leave out each change that takes the key of another action in the same place."""
    while (clash := next(_clashes(usable, places), None)) is not None:
        mine, key, other = clash
        id = mine.id or ""
        del usable[id]
        what = str(other.tooltip or other.description)
        reasons[id] = tr(
            "In keymap, {name} cannot have {key}: that is the key of {other} ({what})."
            " Give that another key first.",
            name=id,
            key=key_name(key),
            other=other.id,
            what=what,
        )


def _clashes(
    usable: Mapping[str, str], places: Sequence[BindingPlace]
) -> Iterator[tuple[Binding, str, Binding]]:
    for place in places:
        for mine in place.bindings:
            if mine.id not in usable:
                continue
            for other_place in places:
                if not _meet(place.title, other_place.title):
                    continue
                for other in other_place.bindings:
                    shared = {*keys_of(mine, usable)} & {*keys_of(other, usable)}
                    if other.id != mine.id and (new := shared - {*keys_of(mine, {})}):
                        yield mine, min(new), other


def _meet(one: str, other: str) -> bool:
    """Whether keys of both places work at the same time."""
    if one == other:
        return True
    if one in DIALOGS or other in DIALOGS:
        return ALL_DIALOGS in (one, other) and one in DIALOGS and other in DIALOGS
    if EVERYWHERE in (one, other):
        return True
    # A body is beside the page: only one of them has the focus.
    return BODY not in (one, other) and (other in parts_of(one) or one in parts_of(other))


def _keep_neighbours(usable: dict[str, str], places: Sequence[BindingPlace]) -> None:
    """Name the own keys of an action that shares a key with a changed one.

    Textual takes a key that is changed away from all actions of it, not only from the changed one.
    """
    for place in places:
        changed = [each for each in place.bindings if each.id in usable]
        freed = {key for each in changed for key in keys_of(each, {})}
        for other in place.bindings:
            if other.id and other.id not in usable and freed & {*keys_of(other, {})}:
                usable[other.id] = other.key
