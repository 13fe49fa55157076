"""The English phrases the simulated model understands in a traveller's special requests."""

import re


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


CATEGORY_WORDS = {
    "sightseeing": _any("sightseeing", "sights?", "landmarks?", "monuments?", "towers?", "viewpoints?"),
    "shopping": _any("shopping", "shops?", "malls?", "markets?", "boutiques?", "department stores?"),
    "culture": _any(
        "culture",
        "museums?",
        "galler(?:y|ies)",
        "theat(?:re|er)s?",
        "operas?",
        "church(?:es)?",
        "temples?",
        "art",
    ),
    "nature": _any("nature", "parks?", "gardens?", "lakes?", "mountains?", "forests?", "zoos?", "outdoors?"),
    "sports": _any("sports?", "hik(?:es?|ing)", "climbing", "swimming", "cycling", "stadiums?", "skiing"),
    "rest": _any("rest", "spas?", "saunas?", "wellness", "(?:thermal )?baths?"),
}
CATEGORIES = {name: _pattern(rf"\b{words}\b") for name, words in CATEGORY_WORDS.items()}

CURRENCY_WORDS = {
    "EUR": ("€", "eur", "euro", "euros"),
    "USD": ("$", "usd", "dollars"),
    "GBP": ("£", "gbp", "pounds"),
    "KRW": ("₩", "krw", "won"),
    "JPY": ("¥", "jpy", "yen"),
    "CHF": ("chf", "francs"),
}
CURRENCIES = {word: code for code, words in CURRENCY_WORDS.items() for word in words}

_AMOUNT = r"(?:\d[\d., ]*\d|\d)"
_UNIT = _any(*(re.escape(word) + "(?![a-z])" for word in sorted(CURRENCIES, key=len, reverse=True)))
_LIMIT = _any(
    *("under", "below", "less than", "no more than", "not more than", "at most", "up to", "within", "spend"),
    *(r"max(?:imum)?\.?(?: of)?", "budget(?: is| of|:)?"),
)
_PER = r"(?!\s*(?:per|an?|each|/)\s*(?:day|person|head|night|adult))"
BUDGET = _pattern(
    rf"{_LIMIT}\s*(?:a\s+)?(?:budget of\s+)?"
    rf"(?:(?P<unit1>{_UNIT})\s*(?P<amount1>{_AMOUNT})|(?P<amount2>{_AMOUNT})\s*(?P<unit2>{_UNIT})){_PER}"
    r"(?:\s+(?:in total|altogether|total|overall|for everyone))?"
    rf"|(?P<amount3>{_AMOUNT})\s*(?P<unit3>{_UNIT})\s*(?:budget|max(?:imum)?|at most|or less|limit)"
)

_STARTING = _any(
    r"not\s+(?:start(?:ing)?\s+)?before",
    "no earlier than",
    r"(?:start|begin)(?:n?ing|s)?(?:\s+(?:the|each|every|our)\s+days?)?\s*(?:not\s+)?(?:at|from|after|before)?",
)
START = _pattern(
    rf"\b(?:do not |don'?t )?{_STARTING}\s+(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d{{2}}))?"
    r"\s*(?P<half>am|pm|a\.m\.|p\.m\.)?(?:\s*o'?clock)?(?!\w)"
)
PACE = _pattern(
    r"\b(?:(?P<relaxed>relax(?:ed|ing)|slow|leisurely|gentle|calm)|(?P<packed>packed|busy|intense))"
    r"(?:\s+(?:pace|days?|trip|schedule|plan|tempo))?\b"
)

NEGATION = _pattern(
    r"\b"
    + _any(
        *("no", "not", "without", "avoid(?:ing)?", "skip", "hate", "dislike", "never", "except"),
        *("don'?t (?:want|like)", "do not (?:want|like)"),
    )
    + r"\b"
)
WEEKDAY = _pattern(r"\bon (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b")
DO_NOT_MISS = _pattern(r"\bdo(?:n'?t| not) miss\b")
_GO = "(?:see|visit|go to|include|add)"
WISH = _pattern(
    r"\b"
    + _any(
        rf"must(?:[\s-]?sees?)?(?:\s+{_GO})?",
        rf"(?:have|has|need|needs) to {_GO}",
        rf"(?:wants?|would like|would love|hopes?|wish(?:es)?) to {_GO}",
        "do(?:n'?t| not) miss",
        _GO,
    )
    + r"\s*(?:is|are)?\s*:?\s+(?P<names>.+)"
)
QUOTED = _pattern(r"[\"“”„«»]([^\"“”„«»]{2,80})[\"“”„«»]")
SEPARATORS = _pattern(r"\s*,\s*(?:and\s+)?|\s+(?:and|&|as well as)\s+")
_NEW_THOUGHT = _any(
    "no", "not", "without", "avoid", "skip", "don'?t", "start", "begin", "under", "we", "i", "my"
)
CLAUSES = _pattern(
    rf"[.;!?\n]+(?=\s|$)|,?\s+but\s+|,\s*(?:and\s+)?(?={_NEW_THOUGHT}\b)|\s+and\s+(?={_NEW_THOUGHT}\b)"
)

HEAD = _pattern(r"^(?:the|an?|also|(?:to )?(?:see|visit))\s+")
TAIL = _pattern(
    r"\s+"
    + _any(
        *("please", "if possible", "for sure", "definitely", "too", "also", "once", "again", "at sunset"),
        *("on (?:the )?(?:first|last|second) day", "in the (?:morning|afternoon|evening)"),
        "on (?:mon|tues|wednes|thurs|fri|satur|sun)day",
    )
    + r"\s*$"
)
EMPTY = _pattern(
    r"^(?:please|thanks?|thank you|hi|hello|we|i|have|can|and|so|each|every|the|our|days?|budget|,|-|\s)*$"
)
