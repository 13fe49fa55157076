"""On random towns, parties and routes no plan breaks a hard rule, whatever else it has to leave out."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Health, Money, Preference
from tests.unit.planning.optimiser_rules import violations
from tests.unit.planning.optimiser_towns import KINDS, member, plan_of, rain, town, trip

SOFT = ("pace", "rests", "meals", "window")
HEALTHS: tuple[Health, ...] = ("excellent", "good", "caution", "limited")


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    likes: st.SearchStrategy[list[Preference]] = st.lists(st.sampled_from(KINDS), max_size=3, unique=True)
    people = st.builds(
        lambda age, health, wishes: member(age, health, *wishes),
        st.integers(0, 95),
        st.sampled_from(HEALTHS),
        likes,
    )
    party = tuple(draw(st.lists(people, min_size=1, max_size=4)))
    nights = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3))
    seed, size = draw(st.integers(0, 99)), draw(st.sampled_from([3, 12, 40]))
    stops = [
        town(name, n, size=size, seed=seed) for name, n in zip(("Alba", "Berg", "Cala"), nights, strict=False)
    ]
    wished = [c.id for c in stops[0].candidates if c.category in KINDS][: draw(st.integers(0, 2))]
    return trip(
        *stops,
        party=party,
        transport=draw(st.sampled_from(["public", "car"])),
        arrival_time=draw(st.none() | st.integers(420, 1_200)),
        departure_time=draw(st.none() | st.integers(540, 1_260)),
        must_see=tuple((place, place) for place in wished),
        budget=draw(st.none() | st.builds(lambda n: Money(amount=n, currency="EUR"), st.integers(0, 200))),
        excluded_categories=tuple(draw(st.lists(st.sampled_from(KINDS), max_size=2))),
        weather=rain(*draw(st.lists(st.integers(0, 6), max_size=3))),
    )


@given(brief=briefs(), seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_plan_breaks_a_hard_rule(brief: Brief, seed: int) -> None:
    found = violations(plan_of(brief, seed=seed, iterations=15), brief)
    assert [line for line in found if not any(f" {soft}: " in line for soft in SOFT)] == []
