"""Positions in `geo:` addresses and in links to maps."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

from console.oioi.language import mark, tr
from console.oioi.positions.angles import PositionError, clip, plain
from console.oioi.positions.coordinates import NUMBER, checked, with_letters
from console.oioi.positions.plus_codes import from_plus_code
from console.oioi.positions.sphere import Position

_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|(?:www|maps?)\.[^\s/]+/|[a-z0-9.-]+\.[a-z]+/)", re.I)
_SHORT_LINK = re.compile(
    r"(?:maps\.app\.)?goo\.gl/|osm\.org/go/|openstreetmap\.org/go/|maps\.apple/|"
    r"maps\.apple\.com/p/|binged\.it/|bit\.ly/|her\.is/|yandex\.[a-z.]+/maps/-/",
    re.IGNORECASE,
)
_PIN = re.compile(rf"!3d({NUMBER})!4d({NUMBER})")
_EMBEDDED = re.compile(rf"!2d({NUMBER})!3d({NUMBER})")
"""The position of a Google map inside a web page: the longitude comes first."""
_VIEW = re.compile(rf"@({NUMBER}),({NUMBER})")
_ZOOM_FRAGMENT = re.compile(rf"map=[\d.]+/({NUMBER})/({NUMBER})")
_BING_POINT = re.compile(rf"point\.({NUMBER})_({NUMBER})")
_IN_PATH = re.compile(rf"(?:^|/)({NUMBER}),\s*({NUMBER})(?:,[^/]*)?(?=/|$)")
_START = re.compile(rf"({NUMBER})\s*[, ~]\s*({NUMBER})(?=$|[ ,(@~/])")
_PLACES = (
    *("q", "query", "ll", "destination", "daddr", "to", "coordinate", "address", "near"),
    *("point", "loc", "text", "saddr"),
)
_VIEWS = ("center", "sll", "cp", "map", "viewpoint")
_NAMED_VALUE = re.compile(r"(?:loc:|ll\.)(?=[-+\d])", re.IGNORECASE)
"""What Google and Waze write before the two numbers."""
_LONGITUDE_FIRST = re.compile(r"(?:^|\.)(?:yandex\.[a-z.]+|ya\.ru|2gis\.[a-z]+|mapy\.[a-z]+)$")
"""The hosts of maps that write the longitude before the latitude."""

_POINTS = ("pt", "whatshere[point]", "poi[point]", "m", "id")
"""Parameters for a place in links to such maps; mapy.com uses `id` for a place without a name."""

_OF_VIEW = mark("The middle of the map as it was on screen, not a pin.")


def is_link(text: str) -> bool:
    """Whether `text` looks like a web address, with or without `https://`."""
    return bool(_LINK.match(text))


def from_geo_uri(uri: str) -> Position:
    """`geo:52.5,13.4;u=35?z=15` (RFC 5870), and Android's `geo:0,0?q=52.5,13.4(label)`."""
    path, _, query = uri[4:].partition("?")
    match = re.match(rf"\s*({NUMBER}),\s*({NUMBER})", path)
    if not match:
        said = tr("“{text}” is no geo: address with two numbers.", text=clip(uri))
        raise PositionError(said)
    latitude, longitude = float(match[1]), float(match[2])
    if latitude == 0 and longitude == 0:
        asked = dict(parse_qsl(query)).get("q", "")
        if found := re.match(rf"({NUMBER}),\s*({NUMBER})", asked):
            latitude, longitude = float(found[1]), float(found[2])
    return checked(latitude, longitude)


def from_link(link: str) -> Position:
    """The position in a link to a map; a pin is preferred to the middle of the view."""
    if _SHORT_LINK.search(link):
        raise PositionError(
            tr("This short link holds no position; open it in a browser and copy the long address.")
        )
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        said = tr(
            "“{text}” is no link I can read; write for example 52.5167, 13.3833.", text=clip(link)
        )
        raise PositionError(said) from None
    query = dict(parse_qsl(parts.query)) | dict(parse_qsl(parts.fragment))
    path, fragment = unquote(parts.path).replace("+", " "), unquote(parts.fragment)
    if _LONGITUDE_FIRST.search(parts.netloc.lower()):
        found = _longitude_first(path, query)
    else:
        whole = f"{path}?{unquote(parts.query)}"
        found = next(_pins(whole, path, query), None) or _view(whole, path, fragment, query)
    found = found or from_plus_code(f"{unquote(parts.path)} {unquote(parts.query)}")
    if found is None:
        raise PositionError(tr("This link holds no position; write for example 52.5167, 13.3833."))
    return found


def _view(whole: str, path: str, fragment: str, query: dict[str, str]) -> Position | None:
    """The middle of the map that a link shows."""
    for text, pattern in ((path, _VIEW), (fragment, _ZOOM_FRAGMENT), (fragment, _VIEW)):
        if match := pattern.search(text):
            return checked(float(match[1]), float(match[2]), _OF_VIEW)
    if match := _EMBEDDED.search(whole):
        return checked(float(match[2]), float(match[1]), _OF_VIEW)
    for name in _VIEWS:
        if found := _value(query.get(name, "")):
            return replace(found, note=tr(_OF_VIEW))
    return None


def _longitude_first(path: str, query: dict[str, str]) -> Position | None:
    """The position in a link to a map that writes the longitude first, except in a route."""
    if way := [point for point in query.get("rtext", "").split("~") if point]:
        return _value(way[-1])
    for name in _POINTS:
        if match := _START.match(query.get(name, "")):
            return checked(float(match[2]), float(match[1]))
    if match := _IN_PATH.search(path):
        return checked(float(match[2]), float(match[1]))
    if searched := _value(query.get("text", "")):
        return searched  # as the user typed it, latitude first
    for view in (query.get("ll", ""), f"{query.get('x', '')},{query.get('y', '')}"):
        if match := _START.match(view):
            return checked(float(match[2]), float(match[1]), _OF_VIEW)
    return None


def _pins(whole: str, path: str, query: dict[str, str]) -> Iterator[Position]:
    """The places that a link names, the most certain first."""
    if pins := _PIN.findall(whole):
        # A link to directions lists several; the last one is where the person wants to go.
        yield checked(float(pins[-1][0]), float(pins[-1][1]))
    for lat, long in (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude")):
        if lat in query and long in query and (pair := _value(f"{query[lat]} {query[long]}")):
            yield pair
    if match := _BING_POINT.search(query.get("sp", "")):
        yield checked(float(match[1]), float(match[2]))
    for name in _PLACES:
        if found := _value(query.get(name, "")):
            yield found
    if match := _IN_PATH.search(path):
        yield checked(float(match[1]), float(match[2]))
    for segment in path.split("/"):
        if "°" in segment and (angles := _value(segment)):
            yield angles


def _value(value: str) -> Position | None:
    """A position in one value of a link: two numbers, with or without `loc:` and a label."""
    cleaned = _NAMED_VALUE.sub("", plain(value))
    if start := _START.match(cleaned):
        return checked(float(start[1]), float(start[2]))
    return with_letters(cleaned) if re.search(r"\d\s*°", cleaned) else None
