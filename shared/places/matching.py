"""Which place somebody means by a name."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

SIMILAR = 0.8


def folded(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    return unicodedata.normalize("NFC", " ".join(words))


def best_match(wish: str, known: Sequence[tuple[str, str]]) -> str | None:
    """The id of the (id, name) a wish means; None when nothing is close.

    The same name wins, then a name with all the words, then one that is spelt alike (ratio 0.8 at least).
    """
    wanted = folded(wish)
    if not wanted:
        return None
    ranked = sorted((-_closeness(wanted, folded(name)), len(name), key) for key, name in known)
    if not ranked or -ranked[0][0] < SIMILAR:
        return None
    return ranked[0][2]


def _closeness(wanted: str, name: str) -> float:
    if wanted == name:
        return 3.0
    asked, offered = set(wanted.split()), set(name.split())
    if asked <= offered:
        return 2.0
    if len(offered) > 1 and offered <= asked:
        return 1.5
    return SequenceMatcher(None, wanted, name).ratio()
