"""What a place is worth to a party before travel is counted: wishes, rating, renown; no model needed."""

from math import log10

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.document import Member

VISIT_CATEGORIES = frozenset(("sightseeing", "culture", "nature", "shopping", "sports", "rest"))
RATING_MEAN = 4.2
RATING_VOTES = 200

ACTIVITY_SCORE = 15.0
MATCH_SCORE = 45.0
RATING_SCORE = 25.0
RENOWN_SCORE = 8.0
MINUTE_SCORE = 0.2
FIT_SCORE = 25.0
"""Less than what the party likes: a request in free text moves a choice, it does not make it."""


def shrunk_rating(candidate: Candidate) -> float:
    """Rating pulled towards the mean of all places when few voted (Bayesian average, prior of 200 votes)."""
    if candidate.rating is None:
        return RATING_MEAN - 0.2
    votes = candidate.ratings
    return (candidate.rating * votes + RATING_MEAN * RATING_VOTES) / (votes + RATING_VOTES)


def match(category: str, party: tuple[Member, ...]) -> float:
    """Mean over the members, 0 to 1, of how a category fits what each one likes; no preference is half."""
    shares = [
        (1.0 if category in member.preferences else 0.0) if member.preferences else 0.5 for member in party
    ]
    return sum(shares) / len(shares)


def visit_score(candidate: Candidate, party: tuple[Member, ...]) -> float:
    """Worth of a visit, about 20 to 110, and 25 more or less by its fit with the request."""
    renown = log10(1 + candidate.ratings)
    liking = MATCH_SCORE * match(candidate.category, party)
    quality = RATING_SCORE * (shrunk_rating(candidate) - RATING_MEAN)
    depth = MINUTE_SCORE * min(candidate.visit_minutes, 120)
    return ACTIVITY_SCORE + liking + quality + RENOWN_SCORE * renown + depth + FIT_SCORE * candidate.fit


def table_score(candidate: Candidate) -> float:
    """Worth of a meal or coffee at a place, about 0 to 30; an ordinary café counts less than a restaurant."""
    score = (
        12.0 + RATING_SCORE * (shrunk_rating(candidate) - RATING_MEAN) + 2.0 * log10(1 + candidate.ratings)
    )
    return score if candidate.category == "food" else score - 20.0
