"""What the simulated model thinks of places: scores by shared words, remarks that repeat facts; fictions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

BEST, FOR_A_WORD = 10, 5
TIPS = 2
SHORTEST_WORD = 4
REFUSING = re.compile(r"\b(?:no|not|without|never)\s+(\w+)")
LINGERING = re.compile(r"\b(?:plenty of time|take our time|long visits?|slow(?:ly)?)\b", re.IGNORECASE)
NOBODYS_PLACE = "place-nobody-knows"
BOAST = "A golden dragon guards it since 1066."

type Judge = Callable[[Any], dict[str, Any]]


def score_places(document: Any) -> dict[str, Any]:
    """Five points for every word that the request shares with a place, minus ten where it says no to one."""
    text = str(_field(document, "specialRequests") or "").lower()
    unwanted = {_stem(word) for word in REFUSING.findall(text)}
    wanted = {_stem(word) for word in re.findall(r"\w+", text) if len(word) >= SHORTEST_WORD} - unwanted
    scores = [
        _score(place, wanted, unwanted, linger=bool(LINGERING.search(text))) for place in _places(document)
    ]
    return {"places": [score for score in scores if score["fit"] or score["minutes"]]}


def remark_on_places(document: Any) -> dict[str, Any]:
    """The first fact of each place is the reason to go, the next ones are tips."""
    return {"remarks": [_remark(place) for place in _places(document) if place.get("facts")]}


def invent_scores(document: Any) -> dict[str, Any]:
    """Scores beyond every bound, and one of a place nobody named."""
    names = [place["id"] for place in _places(document)]
    return {"places": [{"id": name, "fit": 99, "minutes": 10_000} for name in [*names, NOBODYS_PLACE]]}


def invent_remarks(document: Any) -> dict[str, Any]:
    """What no fact says, though it names facts; and a place nobody named."""
    remarks = []
    for place in [*_places(document), {"id": NOBODYS_PLACE, "facts": [{"id": "kind", "text": BOAST}]}]:
        boast = {"text": BOAST, "facts": [fact["id"] for fact in place.get("facts", [])]}
        remarks.append({"place": place["id"], "why": boast, "tips": [boast]})
    return {"remarks": remarks}


JUDGES: Mapping[str, Judge] = {"placescores": score_places, "placeremarks": remark_on_places}
INVENTORS: Mapping[str, Judge] = {"placescores": invent_scores, "placeremarks": invent_remarks}


def _field(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, Mapping) else None


def _places(document: Any) -> list[Mapping[str, Any]]:
    places = _field(document, "places")
    return [place for place in places if "id" in place] if isinstance(places, list) else []


def _score(place: Mapping[str, Any], wanted: set[str], unwanted: set[str], *, linger: bool) -> dict[str, Any]:
    words = {_stem(word) for word in re.findall(r"\w+", f"{place.get('name')} {place.get('kind')}".lower())}
    fit = -BEST if words & unwanted else min(BEST, FOR_A_WORD * len(words & wanted))
    longer = linger and fit > 0
    return {"id": place["id"], "fit": fit, "minutes": int(place.get("usual", 0)) * 3 // 2 if longer else None}


def _stem(word: str) -> str:
    return word.rstrip("s")


def _remark(place: Mapping[str, Any]) -> dict[str, Any]:
    claims = [{"text": fact["text"], "facts": [fact["id"]]} for fact in place["facts"]]
    return {"place": place["id"], "why": claims[0], "tips": claims[1 : 1 + TIPS]}
