"""Why this place suits this party, each reason with the facts it rests on."""

import logging
from collections.abc import Sequence
from uuid import UUID

from shared.ai import Model
from shared.errors import ModelUnavailable
from shared.maps import Maps
from shared.places.details import of as known_of
from shared.places.reasons import Case, Companion, Reason, reasons, verdict
from shared.places.shelf import Shelf
from shared.places.views import Claim, Ground, RecommendationView

logger = logging.getLogger(__name__)


async def recommend(
    place_id: str,
    party: Sequence[Companion],
    *,
    trip_id: UUID,
    model: Model | None,
    shelf: Shelf,
    maps: Maps,
) -> RecommendationView:
    """The reasons in a model's words where it has any that the facts bear out, else in ours.

    Cautions are always ours: no model can talk them away.
    """
    kept = await known_of(place_id, shelf=shelf, maps=maps)
    case = Case(kept.value.place, party)
    ours = reasons(case)
    written = await _written(case, model)
    told = [*(reason for reason in ours if reason.caution), *written] if written else list(ours)
    return RecommendationView(
        place_id=case.place.id,
        trip_id=trip_id,
        suits=verdict(case),
        claims=tuple(Claim(text=one.text, rests_on=_grounds(one, case)) for one in told),
        written_by=model.name if model is not None and written else None,
    )


async def _written(case: Case, model: Model | None) -> list[Reason]:
    if model is None:
        return []
    try:
        claims = await model.give_reasons(case.facts)
    except ModelUnavailable as error:
        logger.warning("reasons without a model: %s", error)
        return []
    return [Reason(claim.text, claim.facts) for claim in claims]


def _grounds(reason: Reason, case: Case) -> tuple[Ground, ...]:
    return tuple(_ground(name, case) for name in reason.facts)


def _ground(name: str, case: Case) -> Ground:
    kind, _, field = name.partition(".")
    if kind == "party":
        return Ground(kind="party", fact=case.facts[name], source=None, fetched_at=None)
    source = case.place.sources.get(field, case.place.source)
    return Ground(kind="place", fact=case.facts[name], source=source, fetched_at=case.place.fetched_at)
