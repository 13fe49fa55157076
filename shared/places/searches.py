"""The same search in the background: asked for, worked on by message, read when it is done."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.cache import Cache
from shared.db import Database, Replay, new_id, recall, remember
from shared.errors import NotFound
from shared.maps import Maps
from shared.messaging import SearchNearby, post
from shared.places import repository
from shared.places.limits import limit_searches
from shared.places.listing import page_of
from shared.places.model import Reach, Reached
from shared.places.nearby import reach, stored
from shared.places.query import NearbyQuery, Sorted
from shared.places.shelf import Shelf
from shared.places.views import Nearby, SearchView

GIVEN_UP_AFTER = timedelta(minutes=10)
"""Longer than a message is tried again; a search that ends later still counts."""
_GIVEN_UP = "The services we depend on did not answer. Please search again."


async def start(
    query: NearbyQuery, *, owner: UUID, replay: Replay | None, db: Database, cache: Cache
) -> SearchView:
    """Queue a search; the same Idempotency-Key gives the same one again."""
    await limit_searches(owner, cache=cache)
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return SearchView.model_validate(answer)
        search_id = new_id()
        at = await repository.insert_search(
            tx, search_id, owner=owner, query=query.model_dump(mode="json", by_alias=True)
        )
        await post(tx, SearchNearby(search_id=search_id))
        queued = SearchView(
            id=search_id, state="queued", query=query, reason=None, places=None, created_at=at
        )
        await remember(tx, replay, queued.model_dump(mode="json", by_alias=True))
    return queued


async def run(order: SearchNearby, *, shelf: Shelf, maps: Maps) -> None:
    """Make a search and keep what it found; one that is done, or gone, is left alone."""
    async with shelf.db.transaction() as tx:
        row = await repository.find_search(tx, order.search_id)
    if row is None or row["ended_at"] is not None:
        return
    query = NearbyQuery.model_validate(row["query"])
    found = await reach(query, shelf=shelf, maps=maps)
    async with shelf.db.transaction() as tx:
        await repository.end_search(tx, order.search_id, found=_slim(found))


async def read(search_id: UUID, asked: Sorted, *, owner: UUID, shelf: Shelf) -> SearchView:
    """The search and, once it is done, a page of what it found."""
    async with shelf.db.transaction() as tx:
        row = await repository.find_search(tx, search_id, owner=owner)
    if row is None:
        raise NotFound(f"Search {search_id} does not exist, is over a day old, or is not yours.")
    query = NearbyQuery.model_validate(row["query"])
    late = row["ended_at"] is None and row["created_at"] + GIVEN_UP_AFTER < shelf.now()
    return SearchView(
        id=row["id"],
        state="done" if row["ended_at"] else "failed" if late else "queued",
        query=query,
        reason=_GIVEN_UP if late else None,
        places=await _page(row["found"], query, asked, shelf) if row["ended_at"] else None,
        created_at=row["created_at"],
    )


async def _page(found: dict[str, Any], query: NearbyQuery, asked: Sorted, shelf: Shelf) -> Nearby:
    """Of the places only ids and ways are in the row; what else is known of them is kept once, for all."""
    known = await stored(query, shelf=shelf)
    reached = tuple(
        Reached(place=known[place_id], minutes=minutes, metres=metres)
        for place_id, minutes, metres in found["reached"]
        if place_id in known
    )
    return page_of(Reach.model_validate({**found, "reached": reached}), query, asked, now=shelf.now())


def _slim(found: Reach) -> dict[str, Any]:
    ways = [[one.place.id, one.minutes, one.metres] for one in found.reached]
    return {**found.model_dump(mode="json", by_alias=True, exclude={"reached"}), "reached": ways}
