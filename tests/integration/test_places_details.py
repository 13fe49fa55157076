"""One place in full, places by keyword, and recommendations, through the simulated services."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from devstack import native
from shared import places
from shared.ai import Model
from shared.cache import Cache
from shared.db import Database, new_id
from shared.documents import Documents
from shared.errors import MalformedRequest, NotFound, Transient
from shared.maps import Maps
from shared.places import Companion, KeywordPage, Shelf
from tests.integration.scripted_model import scripted
from tests.integration.services import MODEL_KEY, broken, calls, maps_at

MUSEUM, SQUARE, WITH_STEPS = "munich-deutsches-museum", "munich-marienplatz", "munich-spielzeugmuseum"
CULTURED = [Companion(age=41, health="good", preferences=("culture",))]
_numbers = count()


@pytest_asyncio.fixture
async def later(db: Database, documents: Documents) -> AsyncIterator[Shelf]:
    """A day and an hour later, with a Redis that nobody answers at."""
    absent = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    yield Shelf(db=db, cache=absent, documents=documents, now=lambda: datetime.now(UTC) + timedelta(hours=25))
    await absent.close()


@pytest_asyncio.fixture
async def model(model_url: str) -> AsyncIterator[Model]:
    opened = Model(key=MODEL_KEY, url=f"{model_url}/v1", model="large", fallback=None, deadline_seconds=5.0)
    yield opened
    await opened.close()


def words(q: str, **changes: object) -> KeywordPage:
    told = {"q": q, "lat": 48.137, "lng": 11.575 + next(_numbers) / 1_000_000}
    return KeywordPage.model_validate(told | changes)


async def test_a_place_is_told_in_full_with_its_sources(shelf: Shelf, maps: Maps) -> None:
    told = await places.details(MUSEUM, shelf=shelf, maps=maps)
    assert (told.id, told.zone, told.category) == (MUSEUM, "Europe/Berlin", "culture")
    assert told.address
    assert told.hours is not None
    assert len(told.hours.value.weekly) == 7
    assert len(told.visitor_reviews) <= 5
    assert told.open_now in {True, False}
    assert told.step_free is not None
    assert told.step_free.value in {"yes", "no", "unknown"}
    assert not told.stale


async def test_a_place_asked_for_twice_is_looked_up_once(shelf: Shelf, maps: Maps, maps_url: str) -> None:
    await places.details(SQUARE, shelf=shelf, maps=maps)
    before = calls(maps_url)
    await places.details(SQUARE, shelf=shelf, maps=maps)
    await places.hours_on(SQUARE, date(2027, 5, 4), shelf=shelf, maps=maps)
    assert calls(maps_url) == before


@pytest.mark.parametrize(
    "place_id", ["", "nobody-knows-this", "../../etc/passwd", "a b", "x" * 201, "é", "munich\x00", "%2e%2e"]
)
async def test_an_id_nobody_knows_is_not_found(place_id: str, shelf: Shelf, maps: Maps) -> None:
    with pytest.raises(NotFound):
        await places.details(place_id, shelf=shelf, maps=maps)


async def test_hours_on_a_date_are_local_times_and_moments(shelf: Shelf, maps: Maps) -> None:
    tuesday = date(2027, 5, 4)
    told = await places.hours_on(MUSEUM, tuesday, shelf=shelf, maps=maps)
    assert told.basis == "weekday"
    assert told.open
    first = told.open[0]
    assert first.from_ < first.to
    assert first.opens_at.utcoffset() == timedelta(hours=2)
    assert f"{first.opens_at:%H:%M}" == first.from_
    assert first.opens_at.date() == tuesday


async def test_hours_without_a_date_are_todays_at_the_place(shelf: Shelf, maps: Maps) -> None:
    told = await places.hours_on(MUSEUM, None, shelf=shelf, maps=maps)
    assert told.date == datetime.now(ZoneInfo("Europe/Berlin")).date()


async def test_the_provider_away_a_known_place_is_told_as_stale(
    shelf: Shelf, later: Shelf, maps: Maps, maps_url: str
) -> None:
    await places.details(MUSEUM, shelf=shelf, maps=maps)
    with broken(maps_url, "down"):
        assert (await places.details(MUSEUM, shelf=later, maps=maps)).stale
        assert (await places.hours_on(MUSEUM, None, shelf=later, maps=maps)).stale
        with pytest.raises(Transient):
            await places.details("munich-olympiapark", shelf=later, maps=maps)


async def test_words_find_places_and_light_up_in_their_names(shelf: Shelf, maps: Maps) -> None:
    found = await places.find(words("museum"), shelf=shelf, maps=maps)
    assert found.items
    lit = [one.name[span.start : span.end].casefold() for one in found.items for span in one.highlights]
    assert lit
    assert set(lit) == {"museum"}


async def test_pages_of_a_keyword_search_are_the_whole_of_it(shelf: Shelf, maps: Maps) -> None:
    asked = words("park", limit=100)
    whole = await places.find(asked, shelf=shelf, maps=maps)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await places.find(
            asked.model_copy(update={"limit": 3, "cursor": cursor}), shelf=shelf, maps=maps
        )
        seen += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [one.id for one in whole.items]
    assert len(seen) == whole.total > 3


async def test_a_cursor_of_other_words_is_refused(shelf: Shelf, maps: Maps) -> None:
    cursor = (await places.find(words("park", limit=1), shelf=shelf, maps=maps)).next_cursor
    with pytest.raises(MalformedRequest):
        await places.find(words("museum", cursor=cursor), shelf=shelf, maps=maps)


async def test_words_nothing_is_called_find_nothing(shelf: Shelf, maps: Maps) -> None:
    found = await places.find(words("xyzzyville"), shelf=shelf, maps=maps)
    assert (found.items, found.total, found.next_cursor) == ((), 0, None)


async def test_without_a_model_the_reasons_are_ours(shelf: Shelf, maps: Maps) -> None:
    told = await places.recommend(MUSEUM, CULTURED, trip_id=new_id(), model=None, shelf=shelf, maps=maps)
    assert told.written_by is None
    assert told.suits == "yes"
    assert "Everybody asked for culture." in [claim.text for claim in told.claims]
    grounds = [ground for claim in told.claims for ground in claim.rests_on]
    assert all(claim.rests_on for claim in told.claims)
    assert all(ground.source and ground.fetched_at for ground in grounds if ground.kind == "place")


@pytest.mark.parametrize("mode", ["ungrounded", "garbage", "mismatch", "refusal", "down"])
async def test_a_model_that_makes_things_up_or_is_away_changes_nothing(
    model: Model, model_url: str, shelf: Shelf, maps: Maps, *, mode: str
) -> None:
    plain = await places.recommend(
        MUSEUM, CULTURED, trip_id=(trip := new_id()), model=None, shelf=shelf, maps=maps
    )
    with broken(model_url, mode):
        told = await places.recommend(MUSEUM, CULTURED, trip_id=trip, model=model, shelf=shelf, maps=maps)
    assert told == plain


async def test_a_model_puts_the_facts_into_words_and_what_it_makes_up_is_dropped(
    shelf: Shelf, maps: Maps
) -> None:
    claims = [
        {"text": "Traveller 1 likes culture.", "facts": ["party.1", "place.category"]},
        {"text": "Entry costs 3 EUR.", "facts": ["place.rating"]},
        {"text": "A garden of delights.", "facts": ["place.category"]},
        {"text": "Loved by visitors.", "facts": []},
    ]
    with scripted({"claims": claims}) as (url, seen):
        model = Model(key=MODEL_KEY, url=url, model="large", fallback=None, deadline_seconds=5.0)
        told = await places.recommend(MUSEUM, CULTURED, trip_id=new_id(), model=model, shelf=shelf, maps=maps)
        await model.close()
    assert told.written_by == "large"
    assert [claim.text for claim in told.claims] == ["Traveller 1 likes culture."]
    assert [ground.kind for ground in told.claims[0].rests_on] == ["party", "place"]
    full = await places.details(MUSEUM, shelf=shelf, maps=maps)
    sent = str(seen)
    assert full.name not in sent, "no text of the place reaches the model"
    assert all(review.text not in sent for review in full.visitor_reviews)


async def test_no_model_can_talk_a_caution_away(shelf: Shelf, maps: Maps) -> None:
    party = [Companion(age=70, health="limited", preferences=())]
    praise = {"claims": [{"text": "A usual visit.", "facts": ["place.visit_minutes"]}]}
    with scripted(praise) as (url, _):
        model = Model(key=MODEL_KEY, url=url, model="large", fallback=None, deadline_seconds=5.0)
        told = await places.recommend(
            WITH_STEPS, party, trip_id=new_id(), model=model, shelf=shelf, maps=maps
        )
        await model.close()
    assert told.suits == "no"
    assert told.claims[0].text == "It has steps, and somebody in your party cannot climb them."
    assert told.claims[1].text == "A usual visit."


async def test_a_korean_name_is_found_at_koreas_provider_and_told_in_full(
    shelf: Shelf, maps_url: str, kakao_url: str
) -> None:
    both = maps_at(maps_url, kakao=kakao_url)
    asked = KeywordPage(q="경복궁", lat=37.5796, lng=126.977)
    found = await places.find(asked, shelf=shelf, maps=both)
    first = found.items[0]
    assert first.id.startswith("kakao:")
    assert [first.name[span.start : span.end] for span in first.highlights][:1] == ["경복궁"]
    told = await places.details(first.id, shelf=shelf, maps=both)
    assert (told.name, told.zone) == (first.name, "Asia/Seoul")
    assert told.address


async def test_an_id_of_a_provider_without_look_up_that_nobody_found_is_not_found(
    shelf: Shelf, maps_url: str, kakao_url: str
) -> None:
    with pytest.raises(NotFound):
        await places.details("kakao:1", shelf=shelf, maps=maps_at(maps_url, kakao=kakao_url))
