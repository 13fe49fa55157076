"""Places as they were found, for providers that have no look-up by id: their details need the finding."""

from collections.abc import Sequence

from pydantic import RootModel

from shared.maps import FoundPlace
from shared.places.shelf import Shelf, Slot

NAMELESS = "kakao:"
"""How ids of such a provider begin."""


class Sighting(RootModel[FoundPlace]):
    """One place, as the provider told of it."""


async def keep(found: Sequence[FoundPlace], *, shelf: Shelf) -> None:
    """Keep those whose details cannot be asked for by id, for as long as anything is kept."""
    nameless = [(_slot(one.id), Sighting(one)) for one in found if one.id.startswith(NAMELESS)]
    await shelf.put_all(nameless)


async def recall(place_id: str, *, shelf: Shelf) -> FoundPlace | None:
    """The place as it was last found; None where the provider knows its ids, or nobody found it lately."""
    if not place_id.startswith(NAMELESS):
        return None
    kept = await shelf.peek(_slot(place_id), Sighting)
    return kept.value.root if kept is not None else None


def _slot(place_id: str) -> Slot:
    return Slot(f"place:{place_id}", "found")
