"""Which place a wish means, as a table; a wrong place is worse than none."""

import pytest

from shared.places.matching import resolve
from tests.unit.places_made import place

KNOWN = [
    place(name)
    for name in (
        "Alte Pinakothek",
        "Café Frischhut",
        "Deutsches Museum",
        "Deutsches Museum Verkehrszentrum",
        "English Garden",
        "Marienplatz",
        "Neues Rathaus",
        "Nymphenburg Palace",
        "Olympiapark",
        "Ostpark",
        "Hofbräuhaus am Platzl",
        "St. Peter's Church",
        "Viktualienmarkt",
        "Gyeongbokgung Palace",
        "Naksan Park",
        "Straße des 17. Juni",
        "경복궁",
        "창덕궁",
        "金閣寺",
        "Terminal 1",
    )
]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("Marienplatz", "Marienplatz"),
        ("  marienPLATZ! ", "Marienplatz"),
        ("the Marienplatz", "Marienplatz"),
        ("Marienplats", "Marienplatz"),
        ("Viktualien Markt", "Viktualienmarkt"),
        ("Deutsches Museum", "Deutsches Museum"),
        ("Museum Deutsches", "Deutsches Museum"),
        ("Verkehrszentrum", "Deutsches Museum Verkehrszentrum"),
        ("the Deutsches Museum in Munich", "Deutsches Museum"),
        ("Deutsches Museum Verkehrszentrum Theresienhöhe", "Deutsches Museum Verkehrszentrum"),
        ("cafe frischhut", "Café Frischhut"),
        ("CAFÉ FRISCHHUT", "Café Frischhut"),
        ("hofbrauhaus", "Hofbräuhaus am Platzl"),
        ("Hofbräuhaus", "Hofbräuhaus am Platzl"),
        ("Strasse des 17. Juni", "Straße des 17. Juni"),
        ("st peters church", "St. Peter's Church"),
        ("Gyeonbokgung", "Gyeongbokgung Palace"),
        ("경복궁", "경복궁"),
        ("金閣寺", "金閣寺"),
    ],
)
def test_wish_finds_the_place_it_means(wish: str, expected: str) -> None:
    assert resolve(wish, KNOWN) == expected


@pytest.mark.parametrize(
    "wish",
    [
        "Neue Pinakothek",
        "Altes Rathaus",
        "Westpark",
        "Olympiaturm",
        "Terminal 2",
        "덕수궁",
        "창경궁",
        "銀閣寺",
        "Eiffel Tower",
        "",
        "?!",
        "the",
    ],
)
def test_wish_for_a_place_that_only_sounds_alike_finds_none(wish: str) -> None:
    assert resolve(wish, KNOWN) is None


def test_nothing_known_matches_nothing() -> None:
    assert resolve("Marienplatz", []) is None


def test_equal_matches_are_settled_the_same_way_in_any_order() -> None:
    twins = [place("b", name="City Park"), place("a", name="City Park")]
    assert resolve("city park", twins) == resolve("city park", twins[::-1]) == "a"


COEX = [
    place("COEX Parking", category="parking", ratings=9_000),
    place("COEX Laundry", category="laundry"),
    place("Starbucks COEX", category="cafe", ratings=8_000),
    place("COEX Aquarium", ratings=11_000),
    place("Starfield COEX Mall", category="shopping", ratings=40_000),
]


def test_wish_means_a_sight_before_a_table_and_never_a_car_park() -> None:
    assert resolve("COEX", COEX) == "Starfield COEX Mall"
    assert resolve("COEX", COEX[:4]) == "COEX Aquarium"
    assert resolve("COEX", COEX[:3]) == "Starbucks COEX"
    assert resolve("COEX", COEX[:2]) is None
    assert resolve("COEX Parking", COEX[:2]) is None


def test_wish_for_a_cafe_by_its_name_is_not_turned_into_the_sight_next_to_it() -> None:
    assert resolve("Starbucks COEX", COEX) == "Starbucks COEX"
