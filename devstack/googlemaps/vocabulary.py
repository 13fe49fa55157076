"""Names the Places API (New) knows: the fields of a place and the types that may be asked for."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def _words(name: str) -> frozenset[str]:
    return frozenset((_FOLDER / name).read_text(encoding="utf-8").split())


PLACE_FIELDS = _words("place_fields.txt")
PLACE_TYPES = _words("place_types.txt")  # Table A: only these may filter a search
