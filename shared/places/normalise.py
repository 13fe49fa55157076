"""From what the services tell to one Place: facts first, then Google, then what is usual."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from shared.maps import FoundPlace, PlaceFacts
from shared.messaging import SearchCategory
from shared.places.hours import from_google
from shared.places.model import Place, StepFree, Ticket
from shared.places.typical import TYPES, Usual

PROVIDER = "Google"
USUAL = "usual for its kind"
_FOOD_SUFFIX = "_restaurant"


def category_of(found: FoundPlace, facts: PlaceFacts | None) -> SearchCategory | None:
    """The one category a place belongs to, whichever search found it; None for what we have no use for."""
    if facts is not None and facts.category in {usual.category for usual in TYPES.values()}:
        return facts.category
    usual = _usual(found.types)
    return usual.category if usual else None


def place(
    found: FoundPlace, facts: PlaceFacts | None, *, region: str, category: SearchCategory, at: datetime
) -> Place:
    """A place of the given category; `at` is when it was asked for."""
    usual = _usual(found.types) or Usual(category, 45, 20, indoor=None)
    closed = [date.fromisoformat(day) for day in facts.closed_dates] if facts else []
    minutes = (facts and facts.visit_minutes) or usual.minutes
    return Place(
        id=found.id,
        region=region,
        name=found.name,
        lat=found.lat,
        lng=found.lng,
        category=category,
        types=found.types,
        indoor=facts.indoor if facts and facts.indoor is not None else usual.indoor,
        step_free=_step_free(found, facts),
        strenuous=facts.strenuous if facts and facts.strenuous is not None else usual.strenuous,
        visit_minutes=minutes,
        min_visit_minutes=min((facts and facts.min_visit_minutes) or usual.shortest, minutes),
        hours=from_google(found.weekly_hours, found.current_hours, closed),
        rating=found.rating,
        ratings=found.ratings,
        price_level=found.price_level,
        ticket=Ticket(amount=facts.ticket[0], currency=facts.ticket[1]) if facts and facts.ticket else None,
        source=_tellers(found, facts),
        sources=_sources(found, facts),
        fetched_at=at,
    )


def _sources(found: FoundPlace, facts: PlaceFacts | None) -> dict[str, str]:
    """Who told each fact: our own source where it did, else a provider, else nobody but the kind of place."""
    told = dict.fromkeys(("visit_minutes", "min_visit_minutes", "indoor", "strenuous"), USUAL)
    for name, (field, value) in {
        "hours": ("weekly_hours", found.weekly_hours),
        "rating": ("rating", found.rating),
        "price_level": ("price_level", found.price_level),
        "step_free": ("wheelchair_entrance", found.wheelchair_entrance),
    }.items():
        if value is not None:
            told[name] = found.sources.get(field, PROVIDER)
    if facts is not None:
        told |= dict.fromkeys(_told_by(facts), facts.source)
    return told


def _tellers(found: FoundPlace, facts: PlaceFacts | None) -> str:
    """All who told something, each once."""
    told = list(found.sources.values()) or [PROVIDER]
    return ", ".join(dict.fromkeys([*told, *([facts.source] if facts else [])]))


def _told_by(facts: PlaceFacts) -> Iterator[str]:
    for name in ("visit_minutes", "min_visit_minutes", "indoor", "strenuous", "ticket"):
        if getattr(facts, name) is not None:
            yield name
    if facts.step_free in {"yes", "no"}:
        yield "step_free"


def _step_free(found: FoundPlace, facts: PlaceFacts | None) -> StepFree:
    if facts is not None and facts.step_free in {"yes", "no"}:
        return facts.step_free  # type: ignore[return-value] # as just checked
    return {True: "yes", False: "no", None: "unknown"}[found.wheelchair_entrance]  # type: ignore[return-value]


def _usual(types: Sequence[str]) -> Usual | None:
    for name in types:
        if name in TYPES:
            return TYPES[name]
        if name.endswith(_FOOD_SUFFIX):
            return TYPES["restaurant"]
    return None
