"""What is within reach of a point, through the simulated map services and the real stores."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from devstack import native
from shared import places
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import MalformedRequest, Transient
from shared.maps import Maps
from shared.places import Shelf
from shared.places.matching import folded
from shared.places.nearby import ESTIMATED, MEASURED, reach, ring_metres
from shared.places.query import NearbyQuery
from shared.places.views import Nearby, NearbyPlace
from tests.integration.place_points import asked
from tests.integration.services import MAPS_KEY, broken, calls, everything_said

SEARCH, MATRIX = "places.searchNearby", "routes.computeRouteMatrix"


@pytest_asyncio.fixture
async def later(db: Database, documents: Documents) -> AsyncIterator[Shelf]:
    """A day and an hour later, with a Redis that nobody answers at."""
    absent = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    yield Shelf(db=db, cache=absent, documents=documents, now=lambda: datetime.now(UTC) + timedelta(hours=25))
    await absent.close()


def spent(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name)}


@pytest.mark.parametrize("mode", ["walk", "public", "car"])
@pytest.mark.parametrize("minutes", [10, 30])
async def test_everything_nearby_is_within_the_minutes_and_the_nearest_comes_first(
    mode: str, minutes: int, shelf: Shelf, maps: Maps
) -> None:
    query = asked(mode=mode, minutes=minutes, category="all")
    found = await places.nearby(query, shelf=shelf, maps=maps)
    assert 0 < len(found.items) == min(found.total, query.limit)
    assert not found.stale
    times = [one.travel.minutes for one in found.items]
    assert times == sorted(times)
    assert times[-1] <= minutes
    assert len({one.id for one in found.items}) == len(found.items)
    assert {one.travel.source for one in found.items} == {MEASURED}
    point = (query.lat, query.lng)
    away = [places.metres_between(point, (one.point.lat, one.point.lng)) for one in found.items]
    assert max(away) <= ring_metres(query)


async def test_more_time_reaches_more(shelf: Shelf, maps: Maps) -> None:
    first = asked(minutes=10)
    near = await places.nearby(first, shelf=shelf, maps=maps)
    far = await places.nearby(first.model_copy(update={"minutes": 60}), shelf=shelf, maps=maps)
    assert near.total < far.total


@pytest.mark.parametrize(
    ("group", "kinds"),
    [
        ("food", {"food", "cafe"}),
        ("laundry", {"laundry"}),
        ("attraction", {"sightseeing", "culture", "nature", "shopping", "sports", "rest"}),
    ],
)
async def test_a_group_holds_its_own_kinds_only(
    group: str, kinds: set[str], shelf: Shelf, maps: Maps
) -> None:
    found = await places.nearby(asked(category=group, mode="car"), shelf=shelf, maps=maps)
    assert found.items
    assert {one.category for one in found.items} <= kinds


async def test_every_fact_names_its_source_and_when_it_was_told(shelf: Shelf, maps: Maps) -> None:
    begun = datetime.now(UTC)
    found = await places.nearby(asked(category="attraction"), shelf=shelf, maps=maps)
    for one in found.items:
        facts = (one.rating, one.visit_minutes, one.step_free, one.indoor, one.price_level, one.ticket)
        told = [fact for fact in facts if fact is not None]
        assert one.visit_minutes in told
        assert all(fact.source and fact.fetched_at >= begun for fact in told)
    assert {one.open_now for one in found.items} <= {True, False, None}


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("time", lambda one: one.travel.minutes),
        ("rating", lambda one: -one.rating.value if one.rating else 0),
        ("reviews", lambda one: -one.reviews),
        ("name", lambda one: folded(one.name)),
    ],
)
async def test_pages_put_together_are_the_whole_list_in_order(
    sort: str, key: Callable[[NearbyPlace], Any], shelf: Shelf, maps: Maps
) -> None:
    query = asked(category="all", sort=sort)
    whole = await places.nearby(query, shelf=shelf, maps=maps)
    pages: list[Nearby] = []
    cursor: str | None = None
    while True:
        page = await places.nearby(
            query.model_copy(update={"limit": 7, "cursor": cursor}), shelf=shelf, maps=maps
        )
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [one.id for page in pages for one in page.items] == [one.id for one in whole.items]
    assert all(len(page.items) == 7 for page in pages[:-1])
    assert all(key(a) <= key(b) for a, b in pairwise(whole.items))


async def test_a_cursor_of_another_query_is_refused(shelf: Shelf, maps: Maps) -> None:
    query = asked(limit=2)
    cursor = (await places.nearby(query, shelf=shelf, maps=maps)).next_cursor
    assert cursor is not None
    for other in ({"sort": "name"}, {"minutes": 10}, {"mode": "car"}, {"category": "laundry"}):
        with pytest.raises(MalformedRequest):
            await places.nearby(query.model_copy(update={**other, "cursor": cursor}), shelf=shelf, maps=maps)


async def test_asked_again_nobody_is_asked(shelf: Shelf, maps: Maps, maps_url: str) -> None:
    query = asked()
    first = await places.nearby(query, shelf=shelf, maps=maps)
    before = calls(maps_url)
    again = await places.nearby(query.model_copy(update={"sort": "name"}), shelf=shelf, maps=maps)
    assert {one.id for one in again.items} == {one.id for one in first.items}
    assert calls(maps_url) == before


async def test_a_neighbour_shares_the_places_and_has_ways_of_its_own(
    shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    query = asked()
    await places.nearby(query, shelf=shelf, maps=maps)
    before = calls(maps_url)
    cell = (round(query.lat, 2), round(query.lng, 2))
    beside = query.model_copy(update={"lat": cell[0] + 0.002, "lng": cell[1] - 0.002})
    await places.nearby(beside, shelf=shelf, maps=maps)
    assert spent(before, calls(maps_url)) == {MATRIX: 1}


async def test_a_stampede_on_a_cold_cache_asks_once(shelf: Shelf, maps: Maps, maps_url: str) -> None:
    query = asked()
    before = calls(maps_url)
    answers = await asyncio.gather(*(places.nearby(query, shelf=shelf, maps=maps) for _ in range(50)))
    assert len({answer.model_dump_json() for answer in answers}) == 1
    after = spent(before, calls(maps_url))
    assert after[SEARCH] == 2, "food and cafés, each once"
    assert after[MATRIX] == 1


async def test_without_redis_the_answer_is_the_same(
    shelf: Shelf, maps: Maps, db: Database, documents: Documents
) -> None:
    query = asked()
    absent = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    alone = Shelf(db=db, cache=absent, documents=documents)
    first = await places.nearby(query, shelf=alone, maps=maps)
    assert [one.id for one in first.items] == [
        one.id for one in (await places.nearby(query, shelf=shelf, maps=maps)).items
    ]
    await absent.close()


async def test_what_is_a_day_old_is_asked_for_again(
    shelf: Shelf, later: Shelf, maps: Maps, maps_url: str
) -> None:
    query = asked()
    await places.nearby(query, shelf=shelf, maps=maps)
    before = calls(maps_url)
    found = await places.nearby(query, shelf=later, maps=maps)
    assert spent(before, calls(maps_url))[SEARCH] == 2
    assert not found.stale


async def test_the_provider_away_what_is_known_is_served_and_marked(
    shelf: Shelf, later: Shelf, maps: Maps, maps_url: str
) -> None:
    query = asked()
    first = await places.nearby(query, shelf=shelf, maps=maps)
    with broken(maps_url, "down"):
        found = await places.nearby(query, shelf=later, maps=maps)
    assert found.stale
    assert {one.travel.source for one in found.items} == {ESTIMATED}
    assert {one.id for one in found.items} & {one.id for one in first.items}
    told = {fact.fetched_at for one in found.items if (fact := one.rating) is not None}
    assert max(told) < later.now() - timedelta(hours=24), "facts keep the time they were told at"


async def test_a_provider_that_hangs_is_given_up_for_what_is_known(
    shelf: Shelf, later: Shelf, maps: Maps, maps_url: str
) -> None:
    query = asked()
    await places.nearby(query, shelf=shelf, maps=maps)
    told = NearbyQuery(lat=query.lat, lng=query.lng, minutes=30, mode="walk", category="food")
    with broken(maps_url, "slow", latencyMs=3_000):
        found = await reach(told, shelf=later, maps=maps, patience=0.5)
    assert found.stale
    assert found.reached


async def test_the_provider_away_and_nothing_known_is_transient_and_tells_no_secret(
    shelf: Shelf, maps: Maps, maps_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with broken(maps_url, "down"), pytest.raises(Transient) as away:
        await places.nearby(asked(), shelf=shelf, maps=maps)
    assert MAPS_KEY not in everything_said(away.value) + caplog.text


async def test_no_key_of_the_cache_or_the_store_holds_a_secret(
    shelf: Shelf, maps: Maps, documents: Documents
) -> None:
    query = asked()
    await places.nearby(query, shelf=shelf, maps=maps)
    keys = [key async for key in shelf.cache._redis.scan_iter("*")]
    kept = " ".join([*keys, *[str(await shelf.cache.read(key)) for key in keys if "flight" not in key]])
    region = f"near:{query.lat:.2f},{query.lng:.2f},{ring_metres(query)}"
    rows = await documents.query("places", "SELECT * FROM c", partition=region)
    assert rows
    assert MAPS_KEY not in kept + str(rows)


async def test_a_service_in_trouble_is_left_alone_for_a_moment(
    shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    query = asked(category="laundry")
    with broken(maps_url, "down"):
        with pytest.raises(Transient):
            await places.nearby(query, shelf=shelf, maps=maps)
        before = calls(maps_url).get(SEARCH, 0)
        with pytest.raises(Transient):
            await places.nearby(query, shelf=shelf, maps=maps)
        assert calls(maps_url).get(SEARCH, 0) == before


async def test_somewhere_nothing_is_nearby_is_an_empty_answer(shelf: Shelf, maps: Maps) -> None:
    found = await places.nearby(asked(lat=-40.0, lng=-120.0), shelf=shelf, maps=maps)
    assert (found.items, found.total, found.next_cursor, found.stale) == ((), 0, None, False)
