"""Which place a wish means, as a table; a wrong place is worse than none."""

import pytest

from shared.places import best_match

KNOWN = [
    (name, name)
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
    assert best_match(wish, KNOWN) == expected


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
    assert best_match(wish, KNOWN) is None


def test_nothing_known_matches_nothing() -> None:
    assert best_match("Marienplatz", []) is None


def test_equal_matches_are_settled_the_same_way_in_any_order() -> None:
    twins = [("b", "City Park"), ("a", "City Park")]
    assert best_match("city park", twins) == best_match("city park", twins[::-1]) == "a"
