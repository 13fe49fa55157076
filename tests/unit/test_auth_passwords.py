"""Password hashes: argon2id at OWASP's parameters, the same work when there is nothing to verify against."""

from argon2 import Type, extract_parameters
from argon2.low_level import ARGON2_VERSION

from shared.auth import Passwords

PHRASE = "correct-horse-7"


async def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PHRASE)
    assert await passwords.verify(PHRASE, stored)
    assert not await passwords.verify(PHRASE.upper(), stored)


async def test_the_same_password_never_hashes_the_same() -> None:
    passwords = Passwords()
    assert await passwords.hash(PHRASE) != await passwords.hash(PHRASE)


async def test_hashes_are_argon2id_with_19_mib_and_two_passes() -> None:
    made = extract_parameters(await Passwords().hash(PHRASE))
    assert (made.type, made.memory_cost, made.time_cost, made.parallelism, made.version) == (
        Type.ID,
        19 * 1024,
        2,
        1,
        ARGON2_VERSION,
    )


async def test_verifying_against_no_hash_is_always_false_and_the_same_work() -> None:
    passwords = Passwords()
    assert not await passwords.verify("a password nobody has", None)
    assert extract_parameters(passwords._decoy) == extract_parameters(await passwords.hash(PHRASE))


async def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not await Passwords().verify(PHRASE, "not a hash")
