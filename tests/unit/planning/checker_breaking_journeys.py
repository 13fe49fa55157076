"""Ways to break one rule about dates, times and travel, in trips that keep them all."""

from tests.unit.planning.checker_breaking import Mutations, at, later, leg_to
from tests.unit.planning.checker_writer import Json, spot

breaks = Mutations()


@breaks("dates", "family", "anchors", "pace", "meals")
def _one_night_more(doc: Json) -> None:
    doc["request"]["route"]["stops"][0]["nights"] = 3


@breaks("dates", "family")
def _date_after_the_route(doc: Json) -> None:
    doc["days"][2]["date"] = "2026-05-07"


@breaks("dates", "two_cities")
def _destination_of_the_wrong_night(doc: Json) -> None:
    doc["days"][1]["destination"] = "Munich"


@breaks("dates", "two_cities")
def _day_stop_not_listed(doc: Json) -> None:
    doc["days"][1]["stops"] = []


@breaks("anchors", "family")
def _other_hotel_at_night(doc: Json) -> None:
    doc["days"][1]["end"]["name"] = "Hotel Elsewhere"


@breaks("anchors", "family")
def _arrival_day_starts_at_the_lodging(doc: Json) -> None:
    doc["days"][0]["start"]["kind"] = "lodging"


@breaks("anchors", "family")
def _day_of_the_wrong_kind(doc: Json) -> None:
    doc["days"][1]["kind"] = "transfer"


@breaks("anchors", "family")
def _no_way_home(doc: Json) -> None:
    del doc["days"][1]["items"][-1]


@breaks("anchors", "two_cities", "travel")
def _another_centre_in_the_morning(doc: Json) -> None:
    doc["days"][2]["start"]["point"] = spot(-900, -900, (47.803, 13.045))


@breaks("order", "family", "travel")
def _overlapping_visits(doc: Json) -> None:
    at(doc, "Museum 2")["start"] = "11:20"


@breaks("order", "family", "duration")
def _visit_that_ends_before_it_starts(doc: Json) -> None:
    at(doc, "Museum 1").update(start="11:20", end="11:10")


@breaks("travel", "family")
def _leg_with_too_little_time(doc: Json) -> None:
    leg_to(doc, "museum-3")["minutes"] = 16
    leg_to(doc, "museum-3")["end"] = "14:00"


@breaks("travel", "family")
def _walk_faster_than_6_km_h(doc: Json) -> None:
    leg = leg_to(doc, "museum-3")
    leg.update(minutes=3, end=later(leg["start"], 3))


@breaks("travel", "family")
def _way_shorter_than_the_crow_flies(doc: Json) -> None:
    leg_to(doc, "garden", 1)["metres"] = 1500


@breaks("travel", "family")
def _leg_from_where_nobody_is(doc: Json) -> None:
    leg_to(doc, "museum-3")["from"] = "museum-1"


@breaks("travel", "family")
def _no_leg_between_two_places(doc: Json) -> None:
    doc["days"][0]["items"].remove(leg_to(doc, "museum-3"))


@breaks("travel", "family")
def _car_in_a_trip_without_one(doc: Json) -> None:
    leg_to(doc, "garden", 1)["mode"] = "car"


@breaks("travel", "two_cities")
def _train_beyond_320_km_h(doc: Json) -> None:
    doc["days"][1]["items"][3].update(metres=250_000)


@breaks("leg-limits", "family")
def _walk_over_a_childs_limit(doc: Json) -> None:
    leg = leg_to(doc, "museum-3")
    leg.update(metres=1240, walkMetres=1240, minutes=19, end=later(leg["start"], 19))


@breaks("leg-limits", "two_cities")
def _walk_over_20_minutes(doc: Json) -> None:
    leg = leg_to(doc, "museum-1")
    leg.update(minutes=21, end=later(leg["start"], 21))


@breaks("leg-limits", "two_cities")
def _adjoining_walks_over_20_minutes(doc: Json) -> None:
    items = doc["days"][0]["items"]
    leg = leg_to(doc, "museum-1")
    half = {**leg, "to": "a corner", "minutes": 12, "end": "14:12"}
    leg.update({"from": "a corner", "start": "14:12", "minutes": 12, "end": "14:24"})
    items.insert(0, half)


@breaks("leg-limits", "family")
def _ride_of_less_than_500_metres(doc: Json) -> None:
    leg_to(doc, "museum-3").update(mode="taxi", walkMetres=0, metres=480)


@breaks("leg-limits", "seniors")
def _limited_member_walks_501_metres_in_a_ride(doc: Json) -> None:
    leg_to(doc, "museum-3", 1).update(walkMetres=501)


@breaks("leg-limits", "family")
def _taxi_of_65_minutes_in_town(doc: Json) -> None:
    leg = leg_to(doc, "museum-8", 2)
    leg.update(mode="taxi", metres=9000, walkMetres=0, minutes=65, end="10:05")
    at(doc, "Museum 8")["start"] = "10:05"


@breaks("walk-day", "family")
def _day_of_over_5_km_on_foot(doc: Json) -> None:
    for name in ("museum-1", "museum-2", "restaurant-1", "museum-3", "restaurant-2", "end"):
        leg = leg_to(doc, name)
        leg.update(metres=1000, walkMetres=1000, minutes=10, end=later(leg["start"], 10))


@breaks("day-window", "family")
def _start_before_the_requested_time(doc: Json) -> None:
    doc["days"][1]["items"][0].update(start="08:50", end="09:00")


@breaks("day-window", "family")
def _start_before_the_arrival(doc: Json) -> None:
    doc["request"]["route"]["arrivalTime"] = "10:10"


@breaks("day-window", "two_cities", "meals")
def _home_after_nine(doc: Json) -> None:
    at(doc, "Restaurant 1")["end"] = "20:55"
    leg = leg_to(doc, "end")
    leg.update(start="20:55", end=later("20:55", leg["minutes"]))


@breaks("day-window", "family")
def _late_for_the_departure(doc: Json) -> None:
    doc["request"]["route"]["departureTime"] = "15:30"


@breaks("day-window", "family")
def _still_at_the_lodging_after_check_out(doc: Json) -> None:
    doc["request"]["route"]["stops"][0]["checkOut"] = "08:50"


@breaks("day-window", "family")
def _at_the_lodging_before_check_in(doc: Json) -> None:
    doc["request"]["route"]["stops"][0]["checkIn"] = "20:00"


@breaks("clock", "family")
def _zone_that_does_not_exist(doc: Json) -> None:
    doc["days"][1]["zone"] = "Europe/Minga"


@breaks("clock", "family")
def _zone_of_another_city(doc: Json) -> None:
    doc["days"][1]["zone"] = "Europe/Athens"


@breaks("clock", "two_cities")
def _zone_on_the_other_side_of_the_earth(doc: Json) -> None:
    doc["days"][1]["zone"] = "Asia/Seoul"


@breaks("transfer", "two_cities")
def _bus_between_cities(doc: Json) -> None:
    leg_to(doc, "Salzburg Hbf", 1)["mode"] = "public"


@breaks("transfer", "family")
def _train_inside_a_city(doc: Json) -> None:
    leg_to(doc, "garden", 1)["mode"] = "intercity"


@breaks("parking", "by_car")
def _stop_by_car_without_a_car_park(doc: Json) -> None:
    at(doc, "Museum 1").pop("parking")


@breaks("parking", "by_car")
def _stroll_names_a_car_park_elsewhere(doc: Json) -> None:
    at(doc, "Museum 2")["parking"]["point"] = spot(0, 0)


@breaks("parking", "by_car")
def _walk_from_the_car_park_too_short(doc: Json) -> None:
    at(doc, "Museum 2")["parking"]["walkMetres"] = 100


@breaks("parking", "by_car")
def _way_back_to_the_car_not_counted(doc: Json) -> None:
    leg_to(doc, "museum-3")["walkMetres"] = 180


@breaks("parking", "by_car")
def _walk_from_the_car_park_not_counted(doc: Json) -> None:
    leg_to(doc, "museum-1")["walkMetres"] = 20


@breaks("parking", "by_car")
def _car_fetched_from_where_it_does_not_stand(doc: Json) -> None:
    doc["days"][0]["items"][-1]["walkMetres"] = 0


@breaks("dates", "seniors", "anchors", "clock", "pace", "rests", "meals")
def _same_date_twice(doc: Json) -> None:
    doc["days"][2]["date"] = "2026-05-05"


@breaks("clock", "family")
def _plan_made_at_no_instant(doc: Json) -> None:
    doc["generatedAt"] = "2026-04-02T08:00:00"


@breaks("travel", "family")
def _leg_without_a_mode(doc: Json) -> None:
    leg_to(doc, "museum-3").pop("mode")


@breaks("travel", "two_cities")
def _walk_inside_a_ride_of_too_few_minutes(doc: Json) -> None:
    leg_to(doc, "Munich Hbf", 1).update(minutes=9, walkMetres=950)


@breaks("travel", "family")
def _leg_from_nowhere(doc: Json) -> None:
    leg_to(doc, "museum-3")["from"] = ""


@breaks("transfer", "two_cities", "travel")
def _trains_of_a_minute(doc: Json) -> None:
    leg_to(doc, "Rosenheim station", 1).update(minutes=1)
    leg_to(doc, "Salzburg Hbf", 1).update(minutes=1)


@breaks("leg-limits", "two_cities")
def _two_kilometres_on_foot_inside_a_ride(doc: Json) -> None:
    ride = {"metres": 3000, "walkMetres": 2001, "minutes": 25, "start": "19:00", "end": "19:25"}
    leg_to(doc, "end").update(mode="public", **ride)


@breaks("day-window", "family")
def _start_time_between_the_steps(doc: Json) -> None:
    doc["request"]["startTime"] = "08:55"
