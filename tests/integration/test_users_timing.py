"""The time of a refused sign-in does not tell why it was refused."""

import itertools
import time

import pytest_asyncio

from shared.cache import Cache
from shared.db import Database
from tests.integration.door import WRONG, Door
from tests.integration.travellers import PHRASE, wanted

ROUNDS = 40
UNTOLD = 0.25
"""How far the chance that one cause takes longer than another may lie from one half. Without a difference it
varies by 0.065 (Mann and Whitney, 1947, for 40 samples each): four times that is chance alone once in 16,000.
A look-up that skips the hash gives 0.5."""


@pytest_asyncio.fixture
async def door(db: Database, cache: Cache) -> Door:
    made = Door(db, cache)
    await made.open()
    return made


def advantage(one: list[float], other: list[float]) -> float:
    """The chance that a sample of one is the larger, ties counted half, less one half."""
    wins = sum((a > b) + (a == b) / 2 for a, b in itertools.product(one, other))
    return wins / (len(one) * len(other)) - 0.5


async def took(door: Door, phrase: str, login: str) -> float:
    begun = time.perf_counter()
    await door.refused(phrase, login=login)
    return time.perf_counter() - begun


async def test_unknown_user_wrong_password_and_locked_account_take_the_same_time(door: Door) -> None:
    locked = Door(door.db, door.cache)
    await locked.open()
    await locked.fail(5)
    await took(door, WRONG, wanted().username)  # makes the decoy's hash
    times: dict[str, list[float]] = {"unknown": [], "wrong": [], "locked": [], "locked, right": []}
    for number in range(ROUNDS):
        door.address = f"{door.wanted.username}-{number}"
        times["unknown"].append(await took(door, WRONG, wanted().username))
        times["wrong"].append(await took(door, WRONG, door.wanted.username))
        await door.execute("UPDATE users SET failed_sign_ins = 0 WHERE username = %s", door.wanted.username)
        times["locked"].append(await took(door, WRONG, locked.wanted.username))
        times["locked, right"].append(await took(door, PHRASE, locked.wanted.username))
    for one, other in itertools.combinations(times, 2):
        assert abs(advantage(times[one], times[other])) < UNTOLD, f"{one} against {other}"


def test_the_measure_sees_a_difference() -> None:
    assert advantage([2.0] * 5, [1.0] * 5) == 0.5
    assert advantage([1.0, 2.0], [1.0, 2.0]) == 0.0
