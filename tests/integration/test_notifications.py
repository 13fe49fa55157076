"""The inbox in a real document store: news arrive once, stay read, and are their owner's alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared import notifications
from shared.db import Page, new_id, read_cursor
from shared.documents import Documents
from shared.errors import NotFound
from shared.messaging import EraseInbox, NotifyUser
from shared.notifications import Inbox
from shared.notifications.service import CONTAINER

NINETY_DAYS = 7_776_000


def news(user: UUID, subject: str = "Alps", **changes: str) -> NotifyUser:
    fields = {"kind": "schedule-ready"} | changes
    return NotifyUser.model_validate(
        {"notification_id": new_id(), "user_id": user, "trip_id": new_id(), "subject": subject, **fields}
    )


async def inbox(owner: UUID, documents: Documents, *, limit: int = 20, cursor: str | None = None) -> Inbox:
    after = read_cursor(cursor) if cursor else None
    return await notifications.inbox(Page(limit=limit, after=after), owner=owner, documents=documents)


async def test_news_is_told_in_the_travellers_words(documents: Documents) -> None:
    owner = new_id()
    await notifications.deliver(news(owner, "{Alps} 🏔"), documents=documents)
    await notifications.deliver(news(owner, "Sea", kind="schedule-failed"), documents=documents)
    entries = (await inbox(owner, documents)).items
    assert [entry.text for entry in entries] == [
        "We could not plan “Sea”. Open the trip to see why.",
        "Your plan for “{Alps} 🏔” is ready.",
    ]
    assert {entry.read for entry in entries} == {False}


async def test_news_delivered_twice_is_there_once_and_stays_read(documents: Documents) -> None:
    message = news(owner := new_id())
    await notifications.deliver(message, documents=documents)
    await notifications.mark_read(message.notification_id, owner=owner, documents=documents)
    await notifications.deliver(message, documents=documents)
    entries = (await inbox(owner, documents)).items
    assert [(entry.id, entry.read) for entry in entries] == [(message.notification_id, True)]


async def test_reading_twice_is_reading_once(documents: Documents) -> None:
    message = news(owner := new_id())
    await notifications.deliver(message, documents=documents)
    first = await notifications.mark_read(message.notification_id, owner=owner, documents=documents)
    second = await notifications.mark_read(message.notification_id, owner=owner, documents=documents)
    assert first == second
    assert first.read
    assert first.trip_id == message.trip_id


async def test_an_entry_is_kept_for_ninety_days(documents: Documents) -> None:
    message = news(owner := new_id())
    await notifications.deliver(message, documents=documents)
    for _ in range(2):
        stored = await documents.find(CONTAINER, str(message.notification_id), partition=str(owner))
        assert stored is not None
        assert stored["ttl"] == NINETY_DAYS
        await notifications.mark_read(message.notification_id, owner=owner, documents=documents)


async def test_somebody_elses_entry_is_not_there(documents: Documents) -> None:
    message = news(owner := new_id())
    await notifications.deliver(message, documents=documents)
    stranger = new_id()
    assert (await inbox(stranger, documents)).items == ()
    for owner_of, entry in ((stranger, message.notification_id), (owner, new_id())):
        with pytest.raises(NotFound):
            await notifications.mark_read(entry, owner=owner_of, documents=documents)
    assert not (await inbox(owner, documents)).items[0].read


async def test_pages_are_newest_first_and_stay_right_while_news_arrives(documents: Documents) -> None:
    owner = new_id()
    for number in range(5):
        await notifications.deliver(news(owner, f"Trip {number}"), documents=documents)
    first = await inbox(owner, documents, limit=2)
    await notifications.deliver(news(owner, "Later"), documents=documents)
    second = await inbox(owner, documents, limit=2, cursor=first.next_cursor)
    third = await inbox(owner, documents, limit=2, cursor=second.next_cursor)
    told = [entry.text for page in (first, second, third) for entry in page.items]
    assert told == [f"Your plan for “Trip {number}” is ready." for number in (4, 3, 2, 1, 0)]
    assert third.next_cursor is None


async def test_entries_of_one_moment_are_each_listed_once(documents: Documents) -> None:
    owner = new_id()
    messages = [news(owner) for _ in range(5)]
    for message in messages:
        await notifications.deliver(message, documents=documents)
    await _move_to(datetime(2027, 5, 1, tzinfo=UTC), owner, documents)
    seen: list[UUID] = []
    cursor: str | None = None
    for _ in messages:
        page = await inbox(owner, documents, limit=1, cursor=cursor)
        seen += [entry.id for entry in page.items]
        cursor = page.next_cursor
    assert sorted(seen) == sorted(message.notification_id for message in messages)
    assert cursor is None


async def test_a_whole_second_sorts_before_its_fractions(documents: Documents) -> None:
    owner = new_id()
    whole = datetime(2027, 5, 1, tzinfo=UTC)
    for subject, moment in (("whole", whole), ("later", whole + timedelta(microseconds=1))):
        message = news(owner, subject)
        await notifications.deliver(message, documents=documents)
        await _move_to(moment, owner, documents, only=message.notification_id)
    assert ["later" in entry.text for entry in (await inbox(owner, documents)).items] == [True, False]


async def _move_to(moment: datetime, owner: UUID, documents: Documents, *, only: UUID | None = None) -> None:
    for row in await documents.query(CONTAINER, "SELECT * FROM c", partition=str(owner)):
        if only is None or row["id"] == str(only):
            key = f"{moment.isoformat(timespec='microseconds')} {row['id']}"
            await documents.put(CONTAINER, {**row, "createdAt": moment.isoformat(), "sortKey": key})


async def test_the_inbox_of_an_account_that_is_gone_is_empty_and_stays_so(documents: Documents) -> None:
    gone, neighbour = new_id(), new_id()
    for user in (gone, neighbour):
        await notifications.deliver(news(user), documents=documents)
    for _ in range(2):
        await notifications.erase(EraseInbox(user_id=gone), documents=documents)
    await notifications.deliver(news(gone), documents=documents)
    assert (await inbox(gone, documents)).items == ()
    assert len((await inbox(neighbour, documents)).items) == 1
