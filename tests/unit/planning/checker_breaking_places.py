"""Ways to break one rule about places, pace and wishes, in trips that keep them all."""

from tests.unit.planning.checker_breaking import Mutations, at, later, leg_to, rested
from tests.unit.planning.checker_plans import museum
from tests.unit.planning.checker_writer import Json, place, spot

breaks = Mutations()


@breaks("open", "family")
def _closed_at_the_end_of_the_visit(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["hoursToday"] = [["09:00", "16:00"]]


@breaks("open", "family")
def _closed_that_day(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["hoursToday"] = []


@breaks("open", "family")
def _visit_through_the_midday_closure(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["hoursToday"] = [["09:00", "15:00"], ["15:30", "19:00"]]


@breaks("open", "seniors")
def _rest_at_a_closed_cafe(doc: Json) -> None:
    rested(doc, 0, 0)["place"] = place("Museum 1", spot(0, 900), "cafe", hoursToday=[["15:00", "18:00"]])


@breaks("hours-known", "family")
def _unknown_hours_taken_as_open(doc: Json) -> None:
    at(doc, "Restaurant 3")["place"]["hoursToday"] = None


@breaks("duration", "family")
def _visit_shorter_than_the_minimum(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["minVisitMinutes"] = 180


@breaks("pace", "family")
def _one_place_too_few(doc: Json) -> None:
    at(doc, "Museum 1").update(kind="rest", start="11:00", end="11:30")


@breaks("pace", "one_day")
def _sixth_place_for_the_careful(doc: Json) -> None:
    for number, times in ((5, ("15:00", "15:10")), (6, ("15:10", "15:20"))):
        extra = {"place": museum(number, 0, 0, minVisitMinutes=5), "start": times[0], "end": times[1]}
        items = doc["days"][0]["items"]
        items.insert(items.index(rested(doc, 0, 1)), {"kind": "visit", **extra})
    rested(doc, 0, 1)["start"] = "15:20"
    rested(doc, 0, 1)["end"] = "15:40"
    leg = leg_to(doc, "museum-4")
    leg.update({"from": "museum-6", "start": "15:40", "end": later("15:40", leg["minutes"])})


@breaks("rests", "seniors")
def _rest_of_15_minutes(doc: Json) -> None:
    rested(doc, 1, 0)["end"] = "10:45"


@breaks("rests", "seniors")
def _one_rest_too_few(doc: Json) -> None:
    rested(doc, 1, 2)["kind"] = "free"


@breaks("rests", "seniors")
def _over_three_hours_without_a_rest(doc: Json) -> None:
    items = doc["days"][1]["items"]
    rested(doc, 1, 1)["kind"] = "free"
    leg = leg_to(doc, "restaurant-3", 1)
    items.insert(items.index(leg), {"kind": "rest", "start": "17:00", "end": "17:20"})
    leg.update(start="17:20", end=later("17:20", leg["minutes"]))


@breaks("meals", "seniors")
def _lunch_before_half_past_eleven(doc: Json) -> None:
    at(doc, "Restaurant 2").update(start="11:20", end="12:30")


@breaks("meals", "family")
def _dinner_of_half_an_hour(doc: Json) -> None:
    at(doc, "Restaurant 4")["end"] = "18:30"


@breaks("meals", "family")
def _full_day_without_lunch(doc: Json) -> None:
    at(doc, "Restaurant 3")["kind"] = "rest"
    at(doc, "Restaurant 3")["end"] = "12:40"


@breaks("unique", "family")
def _museum_seen_twice(doc: Json) -> None:
    at(doc, "Museum 8")["place"]["id"] = "museum-1"
    leg_to(doc, "museum-8", 2)["to"] = "museum-1"
    leg_to(doc, "museum-9", 2)["from"] = "museum-1"


@breaks("grounded", "family")
def _place_without_a_source(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["source"] = " "


@breaks("grounded", "family")
def _place_fetched_after_the_plan(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["fetchedAt"] = "2026-04-03T08:00:00Z"


@breaks("grounded", "family", "travel", "region")
def _place_at_null_island(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["point"] = {"lat": 0, "lng": 0}


@breaks("region", "family")
def _place_61_km_away(doc: Json) -> None:
    museum_, there, back = at(doc, "Museum 3"), leg_to(doc, "museum-3"), leg_to(doc, "restaurant-2")
    museum_["place"]["point"] = spot(61_500, 0)
    museum_.update(start="15:20", end="16:00")
    there.update(mode="public", metres=80_000, minutes=85, walkMetres=0, end="15:15")
    back.update(mode="public", metres=80_000, minutes=85, walkMetres=0, start="16:00", end="17:25")


@breaks("must-see", "family")
def _wish_neither_met_nor_reported(doc: Json) -> None:
    doc["unmet"] = []


@breaks("must-see", "family", "travel")
def _resolved_wish_left_out(doc: Json) -> None:
    at(doc, "Garden")["place"]["id"] = "another-garden"


@breaks("excluded", "seniors")
def _strenuous_place_for_the_frail(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["strenuous"] = True


@breaks("excluded", "family")
def _category_ruled_out(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["category"] = "Shopping"


@breaks("step-free", "seniors")
def _unknown_taken_as_step_free(doc: Json) -> None:
    at(doc, "Restaurant 2")["place"]["stepFree"] = "unknown"


@breaks("budget", "family")
def _costs_over_the_budget(doc: Json) -> None:
    doc["request"]["budget"]["amount"] = 149.99


@breaks("budget", "family")
def _unknown_cost_under_a_budget(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["cost"] = None


@breaks("budget", "family")
def _cost_in_another_currency(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["cost"]["currency"] = "CHF"


@breaks("weather", "family")
def _outdoors_in_the_rain_without_a_warning(doc: Json) -> None:
    at(doc, "Garden")["warnings"] = []


@breaks("locked", "family")
def _locked_visit_moved_by_five_minutes(doc: Json) -> None:
    at(doc, "Museum 6")["start"] = "15:25"


@breaks("meals", "family")
def _meal_that_is_neither_lunch_nor_dinner(doc: Json) -> None:
    at(doc, "Restaurant 3").pop("meal")


@breaks("grounded", "family")
def _visit_of_no_place(doc: Json) -> None:
    at(doc, "Museum 3")["place"] = None


@breaks("grounded", "family")
def _place_without_a_name(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["name"] = " "


@breaks("grounded", "family")
def _place_fetched_at_no_instant(doc: Json) -> None:
    at(doc, "Museum 3")["place"]["fetchedAt"] = "2026-04-01T08:00:00"
