"""Which of a model's reasons the facts bear out: a table of what models make up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ai.claims import LONGEST_CLAIM, MOST_CLAIMS, ClaimAnswer, ClaimsAnswer, supported

FACTS = {
    "party.1": "Traveller 1 is 41, in good health and likes culture, rest.",
    "party.2": "Traveller 2 is 79, in limited health.",
    "place.category": "It belongs to museums, churches and theatres (culture).",
    "place.rating": "It is rated 4.7 by 98,000 visitors.",
    "place.visit_minutes": "A usual visit takes 90 minutes.",
    "place.step_free": "It is step-free.",
    "place.strenuous": "It is not strenuous.",
    "place.ticket": "An adult pays 15 EUR.",
}


def kept(text: str, *facts: str) -> list[str]:
    answer = ClaimsAnswer(claims=[ClaimAnswer(text=text, facts=list(facts))])
    return [claim.text for claim in supported(answer, FACTS)]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Rated 4.7 by 98,000 visitors.", ["place.rating"]),
        ("Rated 4.7 by 98000 visitors.", ["place.rating"]),
        ("It is step-free.", ["place.step_free"]),
        ("It belongs to culture, which traveller 1 likes.", ["party.1", "place.category"]),
        ("A visit takes 90 minutes.", ["place.visit_minutes"]),
        ("Not strenuous.", ["place.strenuous"]),
        ("An adult pays 15 EUR here.", ["place.ticket"]),
    ],
)
def test_what_the_facts_say_is_kept(text: str, facts: list[str]) -> None:
    assert kept(text, *facts) == [text]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("Rated 4.9 by 98,000 visitors.", ["place.rating"], id="another figure"),
        pytest.param("Rated 4.7 by 98,000 visitors.", ["place.ticket"], id="another fact's figure"),
        pytest.param("Rated 4.7 by 98,000 visitors.", ["place.unheard"], id="a fact nobody told"),
        pytest.param("Rated 4.7 by 98,000 visitors.", ["place.rating", "x"], id="one fact nobody told"),
        pytest.param("Rated 4.7 by 98,000 visitors.", [], id="on nothing"),
        pytest.param("It is free.", ["place.step_free"], id="half of a word"),
        pytest.param("It is not step-free.", ["place.step_free"], id="denied"),
        pytest.param("It is strenuous.", ["place.strenuous"], id="not denied"),
        pytest.param("The Crystal Palace of Atlantis", ["place.category"], id="invented"),
        pytest.param("It has a wonderful garden.", ["place.category"], id="praise from nowhere"),
        pytest.param("Visit https://evil.example now", ["place.visit_minutes"], id="a link"),
        pytest.param("A visit <b>takes</b> 90 minutes", ["place.visit_minutes"], id="markup"),
        pytest.param("A visit takes\u202e 90 minutes", ["place.visit_minutes"], id="control characters"),
        pytest.param("It is.", ["place.step_free"], id="nothing said"),
        pytest.param("", ["place.step_free"], id="empty"),
        pytest.param("visit " * 30, ["place.visit_minutes"], id="too long"),
    ],
)
def test_what_they_do_not_say_is_dropped(text: str, facts: list[str]) -> None:
    assert kept(text, *facts) == []


def test_the_same_claim_is_kept_once_and_not_too_many() -> None:
    same = [ClaimAnswer(text="A  visit takes 90 minutes.", facts=["place.visit_minutes"])] * 3
    many = [
        ClaimAnswer(text=f"A visit takes {'a ' * n}90 minutes.", facts=["place.visit_minutes"])
        for n in range(9)
    ]
    assert len(supported(ClaimsAnswer(claims=same), FACTS)) == 1
    assert len(supported(ClaimsAnswer(claims=many), FACTS)) == MOST_CLAIMS


texts = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(" ".join(FACTS.values()).split())).map(" ".join)
)


@given(text=texts, facts=st.lists(st.one_of(st.sampled_from(sorted(FACTS)), st.text(max_size=9)), max_size=4))
def test_whatever_a_model_says_only_short_sentences_on_known_facts_come_through(
    text: str, facts: list[str]
) -> None:
    for claim in supported(ClaimsAnswer(claims=[ClaimAnswer(text=text, facts=facts)]), FACTS):
        assert 0 < len(claim.text) <= LONGEST_CLAIM
        assert claim.facts
        assert set(claim.facts) <= FACTS.keys()
