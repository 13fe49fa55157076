"""What the checker makes of the product rules' numbers and borderline cases."""

from datetime import date, datetime
from typing import Any

import pytest

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.checker import check
from shared.schedules.planning.checker.itinerary import role_of
from shared.schedules.planning.checker.party import Limits, limits_of
from shared.schedules.planning.document import Finding, Health, Member, Plan, Point, Route
from tests.unit.planning.checker_breaking import at, later, leg_to
from tests.unit.planning.checker_plans import HOTEL, TRIPS
from tests.unit.planning.checker_writer import Json, minutes, node, spot


def findings(doc: Json, code: str, **stored: Any) -> list[Finding]:
    report = check(Plan.model_validate(doc), **stored)
    return next(result.findings for result in report if result.code == code)


@pytest.mark.parametrize(
    ("party", "limits"),
    [
        (
            [(30, "excellent")],
            Limits("excellent", (5, 7), 0, rest_spacing=None, walk_leg=None, walk_day=12_000),
        ),
        ([(75, "good")], Limits("good", (5, 7), 0, rest_spacing=None, walk_leg=None, walk_day=12_000)),
        ([(76, "good")], Limits("caution", (4, 5), 2, rest_spacing=240, walk_leg=1_000, walk_day=5_000)),
        ([(6, "good")], Limits("good", (5, 7), 0, rest_spacing=None, walk_leg=1_000, walk_day=5_000)),
        ([(7, "good")], Limits("good", (5, 7), 0, rest_spacing=None, walk_leg=None, walk_day=12_000)),
        (
            [(30, "good"), (50, "limited"), (4, "good")],
            Limits("limited", (2, 3), 3, rest_spacing=180, walk_leg=500, walk_day=2_000),
        ),
    ],
)
def test_least_able_member_sets_the_limits(party: list[tuple[int, Health]], limits: Limits) -> None:
    assert limits_of([Member(age=age, health=health, preferences=[]) for age, health in party]) == limits


def route(*stops: tuple[str, int, str | None]) -> Route:
    listed: list[Json] = []
    for name, nights, lodging in stops:
        lodged = node("lodging", lodging, HOTEL["point"]) if lodging else None
        listed.append({"name": name, "nights": nights, "lodging": lodged})
    return Route.model_validate({"startDate": "2026-05-04", "stops": listed})


@pytest.mark.parametrize(
    ("stops", "roles"),
    [
        ([("A", 2, None)], ["arrival A", "full A", "departure A"]),
        ([("A", 1, None), ("B", 1, None)], ["arrival A", "transfer B", "departure B"]),
        ([("A", 1, "Inn"), ("A", 1, "Spa")], ["arrival A", "transfer A", "departure A"]),
        ([("A", 1, "Inn"), ("X", 0, None), ("A", 1, "Inn")], ["arrival A", "transfer A X", "departure A"]),
        ([("X", 0, None), ("A", 1, None), ("Y", 0, None)], ["arrival A X", "departure A Y"]),
        ([("X", 0, None), ("Y", 0, None)], ["single Y X"]),
    ],
)
def test_route_gives_each_date_its_kind_destination_and_stops(
    stops: list[tuple[str, int, str | None]], roles: list[str]
) -> None:
    told = []
    for day in range(4, 9):
        role = role_of(route(*stops), date(2026, 5, day))
        if role is not None:
            told.append(" ".join([role.kind, role.destination, *(stop.name for stop in role.passed)]))
    assert told == roles


def test_finding_points_at_the_item_and_says_the_numbers() -> None:
    doc = TRIPS["family"]()
    leg = leg_to(doc, "museum-3")
    leg.update(metres=1240, walkMetres=1240, minutes=19, end=later(leg["start"], 19))
    where = f"/days/0/items/{doc['days'][0]['items'].index(leg)}"
    message = "The walk of 1,240 m is over the party's limit of 1,000 m."
    assert findings(doc, "leg-limits") == [Finding(where=where, message=message)]


def test_waivers_already_in_the_report_are_not_read() -> None:
    doc = TRIPS["family"]()
    doc["unmet"] = []
    doc["report"] = [{"code": "must-see", "ok": False, "waiver": "No castle anywhere."}]
    result = next(r for r in check(Plan.model_validate(doc)) if r.code == "must-see")
    assert (result.ok, result.waiver) == (False, None)


def test_short_half_day_has_no_least_number_of_places_and_rests() -> None:
    doc = TRIPS["seniors"]()
    doc["days"][2]["items"] = [leg_to(doc, "end", 2)]
    doc["days"][2]["items"][0]["from"] = "start"
    assert not findings(doc, "pace")
    assert not findings(doc, "rests")


def test_minutes_between_cities_do_not_lengthen_a_half_day() -> None:
    doc = TRIPS["two_cities"]()
    for item in doc["days"][1]["items"]:
        if item["kind"] == "visit":
            item["kind"] = "free"
    assert findings(doc, "pace")
    ride = leg_to(doc, "Salzburg Hbf", 1)
    ride["minutes"] += 400
    assert not findings(doc, "pace")


def test_half_day_owes_a_meal_only_when_an_hour_of_its_window_is_inside() -> None:
    doc = TRIPS["seniors"]()
    assert not findings(doc, "meals")
    doc["days"][0]["items"][0]["start"] = "13:00"
    assert [finding.where for finding in findings(doc, "meals")] == ["/days/0"]


def test_ride_of_20_minutes_breaks_a_stretch_without_being_a_rest() -> None:
    doc = TRIPS["seniors"]()
    rest = next(
        item for item in doc["days"][1]["items"] if item["kind"] == "rest" and item["start"] == "15:00"
    )
    rest["kind"] = "free"
    assert len(findings(doc, "rests")) == 2
    leg_to(doc, "start", 1)["minutes"] = 20
    assert [finding.where for finding in findings(doc, "rests")] == ["/days/1"]


def test_early_check_out_lets_the_way_out_begin_before_the_day() -> None:
    doc = TRIPS["family"]()
    doc["request"]["route"]["stops"][0]["checkOut"] = "08:40"
    leg = leg_to(doc, "museum-8", 2)
    assert findings(doc, "day-window")
    leg.update(start="08:40", end=later("08:40", leg["minutes"]))
    assert not findings(doc, "day-window")


def test_early_departure_lets_a_day_of_travel_begin_before_the_start() -> None:
    doc = TRIPS["seniors"]()
    leg = leg_to(doc, "end", 2)
    leg.update({"from": "start", "start": "08:00", "end": later("08:00", leg["minutes"])})
    doc["days"][2]["items"] = [leg]
    assert findings(doc, "day-window")
    doc["request"]["route"]["departureTime"] = "09:10"
    assert not findings(doc, "day-window")


def test_rest_at_a_bench_in_the_rain_needs_a_warning_but_not_at_the_lodging() -> None:
    doc = TRIPS["seniors"]()
    slot = {"from": "14:00", "to": "17:00", "reason": "rain"}
    doc["days"][1]["weather"] = {
        "summary": "",
        "minC": 8,
        "maxC": 14,
        "rainProbability": 70,
        "source": "forecast",
    }
    doc["days"][1]["weather"]["badSlots"] = [slot]
    assert [f.message for f in findings(doc, "weather")] == [
        "The rest is outdoors in bad weather (rain, 14:00 to 17:00), without a warning."
    ]


def test_local_time_skipped_by_the_clock_change_is_no_instant() -> None:
    doc = TRIPS["one_day"]()
    doc["request"]["route"]["startDate"] = doc["days"][0]["date"] = "2026-03-29"
    assert not findings(doc, "clock")
    at(doc, "Museum 1").update(start="02:10", end="02:40")
    assert "skips" in findings(doc, "clock")[0].message
    at(doc, "Museum 1").update(start="01:30", end="03:30")
    assert "lasts 60 minutes by the clock change, not 120" in findings(doc, "clock")[0].message


def test_car_between_cities_may_take_over_an_hour_and_needs_no_train() -> None:
    doc = TRIPS["two_cities"]()
    rail = [leg_to(doc, "Rosenheim station", 1), leg_to(doc, "Salzburg Hbf", 1)]
    for leg in rail:
        leg["mode"] = "car"
    doc["transport"] = "car"
    rail[1]["to"], doc["days"][1]["items"][-5]["from"] = "end", "end"
    assert not findings(doc, "leg-limits")


def test_ride_from_the_arrival_may_take_over_an_hour() -> None:
    doc = TRIPS["seniors"]()
    leg_to(doc, "museum-1")["minutes"] = 70
    assert not findings(doc, "leg-limits")
    leg_to(doc, "museum-3", 1)["minutes"] = 70
    assert [finding.where for finding in findings(doc, "leg-limits")] == ["/days/1/items/0"]


def test_car_left_behind_by_train_needs_no_car_park_after_it() -> None:
    doc = TRIPS["two_cities"]()
    doc["transport"] = "car"
    afterwards = [finding.where for finding in findings(doc, "parking")]
    rides = [i for i, item in enumerate(doc["days"][1]["items"]) if item.get("mode") == "intercity"]
    assert not [where for where in afterwards if where.startswith("/days/1") and int(where[14:]) > rides[0]]
    assert not [where for where in afterwards if where.startswith("/days/2")]


def stored(doc: Json) -> dict[str, Candidate]:
    """The candidates a plan's places would have come from."""
    found: dict[str, Candidate] = {}
    for day in doc["days"]:
        for place in (item["place"] for item in day["items"] if item.get("place")):
            hours = tuple((minutes(opening), minutes(closing)) for opening, closing in place["hoursToday"])
            found[place["id"]] = Candidate(
                id=place["id"],
                name=place["name"],
                point=Point(**place["point"]),
                category=place["category"],
                indoor=place["indoor"],
                step_free=place["stepFree"],
                strenuous=place["strenuous"],
                visit_minutes=60,
                min_visit_minutes=20,
                hours={date.fromisoformat(day["date"]): hours},
                source="test",
                fetched_at=datetime.fromisoformat(place["fetchedAt"]),
            )
    return found


def test_places_as_stored_are_grounded() -> None:
    doc = TRIPS["family"]()
    assert findings(doc, "grounded", candidates=stored(doc)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "invented"}, "not among the stored candidates"),
        ({"point": spot(600, -200)}, "from where it is stored"),
        ({"stepFree": "no"}, "another accessibility"),
        ({"hoursToday": [["00:00", "24:00"]]}, "other hours for 2026-05-04: 09:00 to 22:00"),
        ({"hoursToday": None}, "other hours"),
    ],
)
def test_place_that_is_not_as_stored_is_not_grounded(change: Json, words: str) -> None:
    doc = TRIPS["family"]()
    candidates = stored(doc)
    at(doc, "Museum 3")["place"].update(change)
    (finding,) = findings(doc, "grounded", candidates=candidates)
    assert words in finding.message
