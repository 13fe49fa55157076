"""The travellers of the demo."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

type Party = tuple[Mapping[str, Any], ...]


def _member(name: str, age: int, gender: str, health: str, *preferences: str) -> Mapping[str, Any]:
    return {"name": name, "age": age, "gender": gender, "health": health, "preferences": preferences}


PARTIES: Mapping[str, Party] = MappingProxyType(
    {
        "family": (
            _member("Ines", 41, "female", "good", "culture", "shopping"),
            _member("Jonas", 43, "male", "good", "sightseeing", "nature"),
            _member("Mila", 11, "female", "excellent", "nature", "sports"),
            _member("Tom", 5, "male", "good", "nature"),
        ),
        "seniors": (
            _member("Helga", 78, "female", "limited", "culture", "rest"),
            _member("Werner", 76, "male", "caution", "culture", "nature"),
        ),
        "friends": (
            _member("Aylin", 27, "female", "excellent", "sightseeing", "shopping"),
            _member("Ben", 29, "male", "excellent", "sports", "nature"),
            _member("Chi", 28, "other", "good", "culture", "sightseeing"),
        ),
    }
)
