"""Reasons a model gives for a place, and which of them the facts it was given bear out."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

MOST_CLAIMS = 5
LONGEST_CLAIM = 160
SHORTEST_WORD = 4
"""Shorter words are the glue of a sentence: they say nothing that could be untrue."""
STEM = 5
"""Words are alike when so many letters are: “visitors” and “visited”, “museum” and “museums”."""
GLUE = frozenset(
    "also because both each everyone here just party place since suits that them there they this travellers"  # noqa: SIM905
    " very well what when which whole with your".split()
)
NEGATIONS = frozenset({"no", "not", "never", "none", "without", "nobody", "nothing", "cannot", "isn", "aren"})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
"""With its hyphens: step-free is not free."""
_NUMBER = re.compile(r"\d+(?:[.,' \u00a0\u202f]\d+)*")
_LINK = re.compile(r"://|www\.|[<>@\[\]{}|\\`*_#]")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# The model sees these docstrings.
class ClaimAnswer(_Shape):
    """A reason, and the ids of the facts it rests on."""

    text: str
    facts: list[str]


class ClaimsAnswer(_Shape):
    """Why a place suits a party."""

    claims: list[ClaimAnswer]


@dataclass(frozen=True, slots=True)
class SupportedClaim:
    """A sentence, and the ids of the facts it rests on."""

    text: str
    facts: tuple[str, ...]


def supported(answer: ClaimsAnswer, facts: Mapping[str, str]) -> tuple[SupportedClaim, ...]:
    """The claims the facts bear out, by the text of each fact by id; the others were made up and are dropped.

    A claim names facts that exist. Every figure and every word of weight in it is in one of them, and it
    denies something exactly if they do.
    """
    claims: dict[str, SupportedClaim] = {}
    for claim in answer.claims:
        text, named = " ".join(claim.text.split()), tuple(dict.fromkeys(claim.facts))
        if not named or not all(name in facts for name in named):
            continue
        if _is_plain(text) and _is_borne_out(text, " ".join(facts[name] for name in named)):
            claims.setdefault(text, SupportedClaim(text, named))
    return tuple(claims.values())[:MOST_CLAIMS]


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CLAIM and text.isprintable() and not _LINK.search(text)


def _is_borne_out(text: str, told: str) -> bool:
    said, known = _words(text), _words(told)
    heavy = {word for word in said if len(word) >= SHORTEST_WORD and word not in GLUE}
    return (
        bool(heavy)
        and _figures(text) <= _figures(told)
        and all(any(_alike(word, other) for other in known) for word in heavy)
        and bool(said & NEGATIONS) == bool(known & NEGATIONS)
    )


def _alike(word: str, other: str) -> bool:
    shared = min(STEM, len(word), len(other))
    return len(other) >= SHORTEST_WORD and word[:shared] == other[:shared]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return set(_WORD.findall(bare))


def _figures(text: str) -> set[str]:
    return {"".join(c for c in number if c.isdecimal()) for number in _NUMBER.findall(text)}
