"""Five trips that keep every product rule, the ground the checker's tests stand on."""

from collections.abc import Callable
from typing import Any

from tests.unit.planning.checker_writer import MUNICH, Day, Json, node, place, plan, spot

ROSENHEIM = (47.856, 12.125)
SALZBURG = (47.803, 13.045)

HOTEL = node("lodging", "Hotel Isar", spot(0, 0))
STATION_IN = node("arrival", "Munich Hbf", spot(-700, 300))
STATION_OUT = node("departure", "Munich Hbf", spot(-700, 300))


def museum(number: int, east: float, north: float, **facts: Any) -> Json:
    return place(f"Museum {number}", spot(east, north), **facts)


def food(number: int, east: float, north: float, base: tuple[float, float] = MUNICH) -> Json:
    return place(f"Restaurant {number}", spot(east, north, base), "food")


def weather() -> Json:
    slots = [{"from": "14:00", "to": "16:00", "reason": "rain"}]
    return {
        "summary": "Rain",
        "minC": 8,
        "maxC": 14,
        "rainProbability": 70,
        "source": "forecast",
        "badSlots": slots,
    }


def family() -> Json:
    """Two parents and a child of 6, two nights, arrival, full day and departure."""
    garden = place("Garden", spot(3000, 2000), "nature", indoor=False)
    arrival = Day("2026-05-04", "arrival", (STATION_IN, HOTEL)).at("10:00")
    arrival.visit(museum(1, -300, 400), "10:30 11:30").visit(museum(2, 100, 300), "11:50 12:40")
    arrival.lunch(food(1, 200, 100), "12:50 13:50").visit(museum(3, 500, -200), "14:20 16:30")
    arrival.dinner(food(2, 100, -300), "18:00 19:15")
    full = Day("2026-05-05", "full", (HOTEL, HOTEL), weather=weather())
    full.visit(museum(4, 400, 300), "09:20 10:30").visit(museum(5, 700, 500), "10:50 12:00")
    full.lunch(food(3, 800, 300), "12:10 13:20").visit(
        garden, "13:50 15:00", "public", warnings=["Rain is likely."]
    )
    full.visit(museum(6, 3300, 2100), "15:20 16:00", locked=True).visit(
        museum(7, 200, -100), "16:40 17:40", "public"
    )
    full.dinner(food(4, 100, 200), "18:00 19:15")
    departure = Day("2026-05-06", "departure", (HOTEL, STATION_OUT))
    departure.visit(museum(8, -300, -300), "09:20 10:30").visit(museum(9, -500, 0), "10:50 12:00")
    departure.lunch(food(5, -600, 100), "12:10 13:20").visit(museum(10, -300, 600), "13:40 15:30")
    days = [arrival.home(), full.home(), departure.home()]
    stop = {"name": "Munich", "nights": 2, "lodging": HOTEL, "checkIn": "15:00", "checkOut": "11:00"}
    request = {
        "mustSee": [{"wish": "the garden", "placeId": "garden"}, {"wish": "a castle", "placeId": None}],
        "budget": {"amount": 500, "currency": "EUR"},
        "excludedCategories": ["shopping"],
        "route": {"arrivalTime": "10:00", "departureTime": "18:00", "stops": [stop]},
    }
    unmet = [{"wish": "a castle", "reason": "No castle is within reach.", "relaxations": []}]
    return plan(days, [(38, "good"), (36, "excellent"), (6, "good")], request, unmet=unmet)


def two_cities() -> Json:
    """Two friends, a night in Munich and one in Salzburg by way of Rosenheim, by train."""
    centre = node("centre", "Salzburg centre", spot(0, 0, SALZBURG))
    out = node("departure", "Salzburg Hbf", spot(0, 1000, SALZBURG))
    first = Day("2026-05-04", "arrival", (STATION_IN, HOTEL)).at("14:00")
    first.visit(museum(1, -300, 400), "14:30 15:30").visit(museum(2, 100, 300), "15:50 16:30")
    first.visit(museum(3, 200, 100), "16:40 17:30").dinner(food(1, 500, -200), "17:50 19:00")
    stops = [{"name": "Rosenheim", "point": spot(0, 0, ROSENHEIM), "zone": "Europe/Berlin"}]
    day = Day("2026-05-05", "transfer", (HOTEL, centre), destination="Salzburg", stops=stops)
    day.visit(museum(4, -300, 200), "09:20 10:00").leg("public", "Munich Hbf", STATION_IN["point"])
    day.leg("intercity", "Rosenheim station", spot(0, -300, ROSENHEIM), minutes=40)
    day.visit(place("Inn Museum", spot(300, 0, ROSENHEIM)), "11:20 12:10")
    day.lunch(food(2, 200, 100, ROSENHEIM), "12:20 13:30")
    day.leg("walk", "Rosenheim station", spot(0, -300, ROSENHEIM))
    day.leg("intercity", "Salzburg Hbf", out["point"], minutes=90)
    day.visit(place("Fortress", spot(300, -400, SALZBURG)), "16:00 17:30", "public")
    day.dinner(food(3, 200, 100, SALZBURG), "17:50 19:10")
    last = Day("2026-05-06", "departure", (centre, out), destination="Salzburg")
    last.visit(place("Birthplace", spot(300, 200, SALZBURG)), "09:20 10:20")
    last.visit(place("Cathedral", spot(100, 100, SALZBURG)), "10:30 11:10")
    last.visit(place("Palace", spot(-100, 600, SALZBURG)), "11:30 12:10")
    lodged = {"name": "Munich", "nights": 1, "lodging": HOTEL, "checkIn": "15:00", "checkOut": "11:00"}
    names = [lodged, {"name": "Rosenheim", "nights": 0}, {"name": "Salzburg", "nights": 1}]
    days = [first.home(), day.home(), last.home()]
    return plan(days, [(25, "good"), (26, "excellent")], {"route": {"stops": names}})


def seniors() -> Json:
    """A couple, one of `limited` health: taxis, three rests, two places on the full day."""
    arrival = Day("2026-05-04", "arrival", (STATION_IN, HOTEL)).at("13:10")
    arrival.visit(museum(1, 0, 900), "13:30 14:30", "taxi").rest("14:30 15:00")
    arrival.visit(museum(2, 200, 800), "15:10 16:10").rest("16:10 16:40")
    arrival.dinner(food(1, 300, 700), "17:30 18:45")
    full = Day("2026-05-05", "full", (HOTEL, HOTEL))
    full.visit(museum(3, 900, 500), "09:30 10:30", "taxi").rest("10:30 11:00").lunch(
        food(2, 700, 500), "12:00 13:15"
    )
    full.visit(museum(4, -900, 500), "13:45 15:00", "taxi").rest("15:00 15:30").leg(
        "taxi", "start", HOTEL["point"]
    )
    full.rest("16:30 17:00").dinner(food(3, 100, -100), "18:00 19:15")
    departure = Day("2026-05-06", "departure", (HOTEL, STATION_OUT))
    departure.visit(museum(5, -300, 900), "09:30 10:30", "taxi")
    days = [arrival.home("taxi"), full.home(), departure.home("taxi")]
    stop = {"name": "Munich", "nights": 2, "lodging": HOTEL}
    return plan(days, [(78, "limited"), (72, "good")], {"route": {"stops": [stop]}})


def by_car() -> Json:
    """Two friends with a car, one night: parks, strolls from where the car stands, and home again."""
    north, east = (
        {"name": "Park North", "point": spot(0, 2000)},
        {"name": "Park East", "point": spot(2000, 0)},
    )
    arrival = Day("2026-05-04", "arrival", (STATION_IN, HOTEL)).at("13:30")
    arrival.drive("visit", museum(1, 200, 2100), "14:00 15:00", north).stroll(
        "visit", museum(2, 300, 2300), "15:20 16:00"
    )
    arrival.drive("visit", museum(3, 2100, 100), "16:30 17:20", east)
    arrival.stroll("meal", food(1, 2200, 300), "17:40 19:00", meal="dinner")
    departure = Day("2026-05-05", "departure", (HOTEL, STATION_OUT))
    departure.stroll("visit", museum(4, 200, 200), "09:20 10:00")
    departure.drive("visit", museum(5, 100, 2200), "10:30 11:30", north)
    departure.stroll("meal", food(2, 300, 2100), "11:45 12:45", meal="lunch")
    departure.stroll("visit", museum(6, 400, 2300), "13:00 14:00")
    days = [arrival.home("car"), departure.home("car")]
    route = {"stops": [{"name": "Munich", "nights": 1, "lodging": HOTEL}]}
    return plan(days, [(30, "good"), (31, "good")], {"route": route}, transport="car")


def one_day() -> Json:
    """A careful couple between two trains: no night, four places, two rests."""
    day = Day("2026-05-04", "single", (STATION_IN, STATION_OUT))
    day.visit(museum(1, -300, 400), "09:20 10:20").rest("10:20 10:50").visit(
        museum(2, 100, 300), "11:10 12:00"
    )
    day.lunch(food(1, 200, 100), "12:10 13:30").visit(museum(3, 0, 0), "13:50 15:00").rest("15:00 15:30")
    day.visit(museum(4, -400, 100), "15:50 17:00").dinner(food(2, -500, 200), "17:30 18:40")
    route = {"departureTime": "20:00", "stops": [{"name": "Munich", "nights": 0}]}
    return plan([day.home()], [(80, "good"), (60, "caution")], {"route": route})


TRIPS: dict[str, Callable[[], Json]] = {
    "family": family,
    "two_cities": two_cities,
    "seniors": seniors,
    "by_car": by_car,
    "one_day": one_day,
}
