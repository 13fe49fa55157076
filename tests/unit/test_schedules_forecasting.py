"""What of a plan bad weather affects: items outdoors, or not known to be indoors, that touch a bad slot."""

from datetime import UTC, date, datetime

import pytest

from shared.schedules.forecasting import outdoors_in
from shared.schedules.planning.document import BadSlot, Day, Item, Node, Place, Point, Weather

POINT = Point(lat=48.137, lng=11.575)
RAIN = Weather(
    summary="Rain",
    min_c=4,
    max_c=9,
    rain_probability=80,
    source="forecast",
    bad_slots=[BadSlot(from_="12:00", to="14:00", reason="rain likely (80 %)")],
)


def item(start: str, end: str, *, kind: str = "visit", indoor: bool | None = False) -> Item:
    place = Place(
        id="p1",
        name="English Garden",
        point=POINT,
        category="nature",
        indoor=indoor,
        step_free="yes",
        hours_today=None,
        source="Google",
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    return Item.model_validate({"kind": kind, "start": start, "end": end, "place": place})


def day(*items: Item) -> Day:
    end = Node(kind="lodging", name="Hotel", point=POINT)
    return Day(
        date=date(2026, 6, 3),
        zone="Europe/Berlin",
        destination="Munich",
        kind="full",
        start=end,
        end=end,
        items=list(items),
    )


@pytest.mark.parametrize(
    ("one", "affected"),
    [
        (item("12:30", "13:00"), True),
        (item("11:00", "12:01"), True),
        (item("13:59", "15:00"), True),
        (item("11:00", "12:00"), False),
        (item("14:00", "15:00"), False),
        (item("12:30", "13:00", indoor=None), True),
        (item("12:30", "13:00", indoor=True), False),
        (item("12:30", "13:00", kind="meal"), True),
        (item("12:30", "13:00", kind="rest"), True),
        (item("12:30", "13:00", kind="leg"), False),
    ],
)
def test_an_item_is_affected_when_it_is_out_in_a_bad_slot(one: Item, *, affected: bool) -> None:
    found = list(outdoors_in(day(item("09:00", "10:00"), one), 2, RAIN))
    assert [(hit.item, hit.reason) for hit in found] == (
        [("/days/2/items/1", "rain likely (80 %)")] if affected else []
    )
