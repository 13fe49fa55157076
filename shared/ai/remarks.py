"""Why a place is in a plan and tips for going there, as a model says, as far as facts bear it out."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from shared.ai.claims import ClaimAnswer, ClaimsAnswer, supported

MOST_TIPS = 3

type FactsByPlace = Mapping[str, Mapping[str, str]]
"""The text of each fact by its id, by the id of the place."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# The model sees these docstrings.
class RemarkAnswer(_Shape):
    """Why a place is in the plan, and tips for the visit."""

    place: str
    why: ClaimAnswer | None
    tips: list[ClaimAnswer]


class RemarksAnswer(_Shape):
    """One remark for each place of the plan."""

    remarks: list[RemarkAnswer]


@dataclass(frozen=True, slots=True)
class Remark:
    """Sentences the facts of the place bear out; `why` is None when none of them does."""

    why: str | None
    tips: tuple[str, ...]


def grounded(answer: RemarksAnswer, facts: FactsByPlace) -> dict[str, Remark]:
    """The remarks by place; other places, and claims the facts of a place do not bear out, are gone."""
    remarks: dict[str, Remark] = {}
    for said in answer.remarks:
        if said.place in facts and said.place not in remarks:
            known = facts[said.place]
            why = _borne_out([said.why] if said.why else [], known)
            tips = [tip for tip in _borne_out(said.tips, known) if tip not in why]
            remarks[said.place] = Remark(why[0] if why else None, tuple(tips[:MOST_TIPS]))
    return remarks


def _borne_out(claims: list[ClaimAnswer], facts: Mapping[str, str]) -> list[str]:
    return [claim.text for claim in supported(ClaimsAnswer(claims=claims), facts)]
