"""Which place somebody means by a name."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from shared.places.model import Place
from shared.places.typical import TABLES, VISITS

SIMILAR = 0.85
ARTICLES = frozenset({"the", "a", "an"})


def folded(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    return unicodedata.normalize("NFC", " ".join(words))


def resolve(wish: str, known: Sequence[Place]) -> str | None:
    """The id of the place a traveller wants to see; None when nothing that can be seen is close.

    The same name wins, then a name with all the words, then one the wish has more words than, then one whose
    words are spelt alike (ratio 0.85 at least for each: the New Town Hall is not the Old Town Hall). Of names
    equally close a sight wins over a table, then the better known place, then the shorter name. Nobody
    travels to see a car park, a laundry or a station: “COEX” is the aquarium or the mall, not the parking
    below.
    """
    wanted = folded(wish)
    ranked = sorted(
        (-_closeness(wanted, name), place.category in TABLES, -place.ratings, len(name), place.id)
        for place in known
        if place.category in VISITS | TABLES
        for name in [folded(place.name)]
    )
    if not wanted or not ranked or ranked[0][0] == 0:
        return None
    return ranked[0][-1]


def _closeness(wanted: str, name: str) -> float:
    asked, offered = set(wanted.split()) - ARTICLES, set(name.split()) - ARTICLES
    if wanted.replace(" ", "") == name.replace(" ", "") or asked == offered:
        return 4.0
    if not asked or not offered:
        return 0.0
    if asked <= offered:
        return 3.0
    if len(offered) > 1 and offered <= asked:
        return 2.0 + len(offered) / len(asked)
    weakest = min(max(_alike(word, other) for other in offered) for word in asked)
    return weakest if weakest >= SIMILAR else 0.0


def _alike(word: str, other: str) -> float:
    return SequenceMatcher(None, word, other, autojunk=False).ratio()
