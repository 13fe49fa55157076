"""Search by words: the places they mean, and where they stand in each name."""

import hashlib
import unicodedata
from collections.abc import Iterator

from shared.maps import Maps, metres_between
from shared.places import cursors
from shared.places.geography import country_of
from shared.places.matching import folded
from shared.places.model import Place, Places
from shared.places.nearby import zone_of
from shared.places.query import KeywordPage
from shared.places.service import places_of
from shared.places.shelf import Shelf, Slot
from shared.places.views import Found, FoundByName, Highlight, facts_of

MOST_FOUND = 60


async def find(asked: KeywordPage, *, shelf: Shelf, maps: Maps) -> Found:
    """A page of the places the words mean, the best match first."""
    lat, lng, words = round(asked.lat, 2), round(asked.lng, 2), folded(asked.q)
    region = f"find:{lat:z.2f},{lng:z.2f}"
    # The words as they were folded would not do: Ås is not As.
    name = hashlib.sha256(f"{asked.radius} {_plain(asked.q)}".encode()).hexdigest()[:32]

    zone = await zone_of((lat, lng), maps=maps, cache=shelf.cache)

    async def ask() -> Places:
        found = await maps.find(
            asked.q, (lat, lng), radius=asked.radius, limit=MOST_FOUND, country=country_of(zone)
        )
        near = [one for one in found if metres_between((lat, lng), (one.lat, one.lng)) <= asked.radius]
        return Places(places=tuple(await places_of(near, region=region, shelf=shelf, maps=maps)))

    kept = await shelf.get(Slot(region, name), Places, ask)
    rows = [((number, place.id), place) for number, place in enumerate(kept.value.places)]
    shown, following = cursors.page(
        rows, digest=cursors.digest_of(region, name), limit=asked.limit, cursor=asked.cursor
    )
    return Found(
        items=tuple(_shown(place, words, zone, shelf) for place in shown),
        next_cursor=following,
        total=len(rows),
        stale=kept.stale,
    )


def highlights(name: str, words: str) -> Iterator[tuple[int, int]]:
    """Where the folded words begin a word of the name, as code points from start up to end, in order.

    Case and accents do not matter: “musee” lights up in “Le Musée”. Spans that touch or overlap are one.
    """
    plain, origin = _folded_with_origin(name)
    spans: list[tuple[int, int]] = []
    for word in sorted(set(unicodedata.normalize("NFKD", words).split())):
        start = plain.find(word)
        while start >= 0:
            if start == 0 or not plain[start - 1].isalnum():
                spans.append((origin[start], origin[start + len(word) - 1] + 1))
            start = plain.find(word, start + 1)
    last: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _folded_with_origin(name: str) -> tuple[str, list[int]]:
    """The name folded and decomposed, and for each of its characters the code point it comes from."""
    plain, origin = "", []
    for number, character in enumerate(name):
        bare = [
            part
            for part in unicodedata.normalize("NFKD", character.casefold())
            if not unicodedata.combining(part)
        ]
        plain += "".join(bare)
        origin += [number] * len(bare)
    return plain, origin


def _shown(place: Place, words: str, zone: str | None, shelf: Shelf) -> FoundByName:
    lit = tuple(Highlight(start=start, end=end) for start, end in highlights(place.name, words))
    return FoundByName.model_validate({**facts_of(place, zone=zone, now=shelf.now()), "highlights": lit})


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
