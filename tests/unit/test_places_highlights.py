"""Where the words of a search stand in a name, in code points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.places.keywords import highlights
from shared.places.matching import folded


def lit(name: str, words: str) -> list[str]:
    return [name[start:end] for start, end in highlights(name, folded(words))]


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("Deutsches Museum", "museum", ["Museum"]),
        ("Deutsches Museum", "MUSEUM deutsches", ["Deutsches", "Museum"]),
        ("Le Musée d'Orsay", "musee", ["Musée"]),
        ("Le Musee d'Orsay", "Musée", ["Musee"]),
        ("Café Frischhut", "caf", ["Caf"]),
        ("Cafe\u0301 Frischhut", "café", ["Cafe"]),
        ("Straße des 17. Juni", "strasse", ["Straße"]),
        ("Straße des 17. Juni", "17", ["17"]),
        ("Viktualienmarkt", "markt", []),
        ("경복궁 Gyeongbokgung", "경복궁", ["경복궁"]),
        ("金閣寺", "金閣", ["金閣"]),
        ("Park 🏔 Park", "park", ["Park", "Park"]),
        ("Park, Parkhaus", "park parkhaus", ["Park", "Parkhaus"]),
        ("Marienplatz", "zoo", []),
        ("", "zoo", []),
    ],
)
def test_words_light_up_where_they_begin_a_word(name: str, words: str, expected: list[str]) -> None:
    assert lit(name, words) == expected


@given(name=st.text(max_size=60), words=st.text(max_size=30))
def test_spans_lie_in_the_name_in_order_and_apart(name: str, words: str) -> None:
    last = -1
    for start, end in highlights(name, folded(words)):
        assert last < start < end <= len(name)
        last = end
