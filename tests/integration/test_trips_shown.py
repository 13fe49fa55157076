"""Trips shaped in SQL: the same JSON as the model of the wire gives, for any trip."""

from datetime import UTC, date, datetime, time
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from shared import trips
from shared.db import Database, new_id
from shared.errors import NotFound
from shared.trips import DestinationDraft, MemberDraft, Trip, TripDraft, TripQuery, view
from shared.trips.model import LatLng, Lodging
from shared.trips.shown import find
from tests.integration.travellers import new_trip, new_user


def built[M: BaseModel](model: type[M], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[M]:
    """Models with these fields; `st.builds` would add the aliases."""
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


NAMES = st.text('aé김\U0001f468"\\\\<>/’', min_size=1, max_size=8)
ZONES = st.sampled_from([None, "Europe/Berlin", "Asia/Seoul", "Pacific/Kiritimati", "America/Adak"])
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2201, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TIMES = st.none() | st.times().map(lambda at: time(at.hour, at.minute))
LODGINGS = st.none() | built(
    Lodging,
    name=NAMES,
    address=st.none() | NAMES,
    point=st.none() | built(LatLng, lat=st.floats(-90, 90), lng=st.floats(-180, 180)),
)
MEMBERS = built(
    MemberDraft,
    name=NAMES,
    age=st.integers(0, 120),
    gender=st.sampled_from([None, "female", "male", "other"]),
    health=st.sampled_from(["excellent", "good", "caution", "limited"]),
    preferences=st.lists(st.sampled_from(["nature", "rest", "sports"]), max_size=3).map(tuple),
)
STOPS = built(
    DestinationDraft,
    name=NAMES,
    nights=st.integers(0, 30),
    zone=ZONES,
    lodging=LODGINGS,
    check_in=TIMES,
    check_out=TIMES,
)
DRAFTS = built(
    TripDraft,
    name=NAMES,
    transport=st.sampled_from(["public", "car"]),
    start_date=st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    arrival_time=TIMES,
    departure_time=TIMES,
    members=st.lists(MEMBERS, max_size=4).map(tuple),
    destinations=st.lists(STOPS, max_size=5).map(tuple),
)


def as_the_model_shows_it(trip: Trip, now: datetime) -> Any:
    return orjson.loads(view(trip, now=now).model_dump_json(by_alias=True))


def normal(document: Any) -> Any:
    """Moments compare by what they mean: the model leaves out zero microseconds."""
    return document | {name: datetime.fromisoformat(document[name]) for name in ("createdAt", "updatedAt")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=DRAFTS, now=MOMENTS)
async def test_the_database_shows_what_the_model_would(
    db: Database, wanted: TripDraft, now: datetime
) -> None:
    owner = await new_user(db)
    trip = await trips.create(wanted, owner=owner, replay=None, db=db)
    async with db.reading() as tx:
        shown = await find(tx, trip.id, caller=owner, now=now)
    assert shown is not None
    assert normal(orjson.loads(shown.json)) == normal(as_the_model_shows_it(trip, now))
    assert shown.revision == 1


async def test_a_stranger_is_shown_nothing(db: Database) -> None:
    owner, stranger = await new_user(db), await new_user(db)
    trip = await new_trip(db, owner)
    for whose, which in ((stranger, trip.id), (owner, new_id())):
        with pytest.raises(NotFound):
            await trips.show(which, caller=whose, db=db)
    assert orjson.loads(await trips.list_page(TripQuery(limit=5), caller=stranger, db=db)) == {
        "items": [],
        "nextCursor": None,
    }


async def test_a_list_shows_what_reading_one_by_one_does(db: Database) -> None:
    owner = await new_user(db)
    made = [await new_trip(db, owner, name=f"Trip {number}") for number in range(3)]
    listed = orjson.loads(await trips.list_page(TripQuery(limit=5), caller=owner, db=db))["items"]
    singly = [orjson.loads((await trips.show(trip.id, caller=owner, db=db)).json) for trip in made]
    assert listed == singly[::-1]
    assert datetime.fromisoformat(listed[0]["createdAt"]) <= datetime.now(UTC)
