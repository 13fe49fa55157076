"""Reads a traveller's free text into travel constraints, by rules: what the simulated model understands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from devstack.openai import phrases

NOON, LAST_HOUR, LAST_MINUTE = 12, 23, 59


@dataclass
class Constraints:
    """What was understood; names are as the traveller wrote them."""

    must_see: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    budget: dict[str, Any] | None = None
    start_time: str | None = None
    pace: str | None = None
    pace_clause: str | None = None
    not_understood: list[str] = field(default_factory=list)

    def as_answer(self, *, with_pace: bool) -> dict[str, Any]:
        """Under the names the product's schema uses; a pace the schema cannot carry was not understood."""
        lost = [self.pace_clause] if self.pace_clause and not with_pace else []
        answer: dict[str, Any] = {
            "mustSee": self.must_see,
            "excludedCategories": self.excluded,
            "budget": self.budget,
            "startTime": self.start_time,
            "notUnderstood": [*lost, *self.not_understood],
        }
        return answer | ({"pace": self.pace} if self.pace else {})


def read_wishes(text: str) -> Constraints:
    """Find must-sees, excluded categories, a budget, a start time and a pace; keep what else was said."""
    found = Constraints()
    for clause in _clauses(text):
        rest = _read_start(_read_budget(clause, found), found)
        understood = _read_exclusion(rest, found) or _read_must_see(rest, found)
        if not understood and _read_pace(rest, found):
            found.pace_clause = clause
        elif not understood and not phrases.EMPTY.match(rest):
            found.not_understood.append(clause)
    return found


def _clauses(text: str) -> Iterator[str]:
    plain = text.replace("’", "'")
    for clause in phrases.CLAUSES.split(plain):
        if bare := clause.strip(" ,.;!?"):
            yield bare


def _read_budget(clause: str, found: Constraints) -> str:
    match = phrases.BUDGET.search(clause)
    if match is None:
        return clause
    unit = match["unit1"] or match["unit2"] or match["unit3"]
    amount = match["amount1"] or match["amount2"] or match["amount3"]
    found.budget = {"amount": _amount(amount), "currency": phrases.CURRENCIES[unit.lower()]}
    return _without(clause, match)


def _amount(text: str) -> float:
    """`1,200`, `1.200` and `1 200` are a thousand and more; `12.50` is twelve and a half."""
    bare = text.replace(" ", "")
    whole = re.sub(r"[.,](?=\d{3}(?!\d))", "", bare)
    return float(whole.replace(",", "."))


def _read_start(clause: str, found: Constraints) -> str:
    match = phrases.START.search(clause)
    if match is None:
        return clause
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half := (match["half"] or "").lower().replace(".", ""):
        hour = hour % NOON + (NOON if half == "pm" else 0)
    if hour > LAST_HOUR or minute > LAST_MINUTE:
        return clause
    found.start_time = f"{hour:02}:{minute:02}"
    return _without(clause, match)


def _read_pace(clause: str, found: Constraints) -> bool:
    match = phrases.PACE.search(clause)
    if match is None:
        return False
    found.pace = "relaxed" if match["relaxed"] else "packed"
    return True


def _without(clause: str, match: re.Match[str]) -> str:
    return f"{clause[: match.start()]} {clause[match.end() :]}".strip(" ,.;")


def _negated(clause: str) -> re.Match[str] | None:
    return None if phrases.DO_NOT_MISS.search(clause) else phrases.NEGATION.search(clause)


def _read_exclusion(clause: str, found: Constraints) -> bool:
    negation = _negated(clause)
    if negation is None or phrases.WEEKDAY.search(clause):
        return False  # a wish for one weekday is more than a list of categories can say
    named = [name for name, words in phrases.CATEGORIES.items() if words.search(clause, negation.end())]
    found.excluded += [name for name in named if name not in found.excluded]
    return bool(named)


def _read_must_see(clause: str, found: Constraints) -> bool:
    if _negated(clause):
        return False
    wish = phrases.WISH.search(clause)
    named = phrases.QUOTED.findall(clause) or (phrases.SEPARATORS.split(wish["names"]) if wish else [])
    names = [name for name in map(_cleaned, named) if name]
    found.must_see += [name for name in names if name not in found.must_see]
    return bool(names)


def _cleaned(name: str) -> str:
    """A name without the words around it."""
    text = name.strip(" .,;:!?\"'")
    while (shorter := phrases.HEAD.sub("", phrases.TAIL.sub("", text))) != text:
        text = shorter
    return text
