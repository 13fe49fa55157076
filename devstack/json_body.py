"""Reading JSON that strangers sent: whatever is wrong with it is a ValueError."""

import json
from typing import Any


def load_json(body: bytes) -> Any:
    """The document; raises ValueError for NaN, too deep nesting and half surrogates as for bad syntax."""
    try:
        document = json.loads(body, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("Nested too deeply") from error
    return document


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
