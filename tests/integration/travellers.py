"""Accounts and trips for tests that need somebody to own something."""

from datetime import date
from uuid import UUID

from pydantic import SecretStr

from shared import trips
from shared.db import Database, new_id
from shared.trips import DestinationDraft, MemberDraft, Trip, TripDraft
from shared.users import SignUp, repository

PHRASE = "correct-horse-7"


def wanted(**changes: str) -> SignUp:
    """A sign-up nobody else has made."""
    unique = new_id().hex[-20:]
    fields = {"username": f"u{unique}", "email": f"{unique}@example.org", "name": "Ada", "phrase": PHRASE}
    fields |= changes
    phrase = SecretStr(fields.pop("phrase"))
    return SignUp(**fields, password=phrase)


async def new_user(db: Database) -> UUID:
    """Somebody who never signs in."""
    async with db.transaction() as tx:
        return (await repository.insert(tx, new_id(), wanted(), password_hash="none")).id  # noqa: S106


def draft(name: str = "Alps", *, members: int = 1, nights: tuple[int, ...] = (3, 2)) -> TripDraft:
    return TripDraft(
        name=name,
        start_date=date(2027, 5, 1),
        members=tuple(MemberDraft(name=f"Member {n}", age=30 + n) for n in range(members)),
        destinations=tuple(
            DestinationDraft(name=f"Stop {n}", nights=count) for n, count in enumerate(nights)
        ),
    )


async def new_trip(db: Database, owner: UUID, name: str = "Alps") -> Trip:
    return await trips.create(draft(name), owner=owner, replay=None, db=db)
