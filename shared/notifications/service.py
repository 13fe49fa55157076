"""What happens in an inbox: news arrive, are listed, are read. Kept in Cosmos DB for ninety days."""

from datetime import UTC, datetime
from uuid import UUID

from shared.db import Page, cursor_after
from shared.documents import Documents
from shared.errors import NotFound
from shared.messaging import EraseInbox, NotifyUser
from shared.notifications.model import Inbox, Notification

CONTAINER = "notifications"
KEPT_SECONDS = 90 * 86_400
CLOSED = "closed"
"""What stands in the inbox of an account that is gone; without a `sortKey`, so that no list shows it."""

_TEXTS = {
    "schedule-ready": "Your plan for “{subject}” is ready.",
    "schedule-failed": "We could not plan “{subject}”. Open the trip to see why.",
}


async def deliver(news: NotifyUser, *, documents: Documents) -> None:
    """Put news into the inbox; delivered twice it is there once, and stays read if it was.

    News for an account that is gone are dropped.
    """
    user, entry = str(news.user_id), str(news.notification_id)
    if await documents.find(CONTAINER, CLOSED, partition=user) is not None:
        return
    now = datetime.now(UTC)
    await documents.add(
        CONTAINER,
        {
            "id": entry,
            "userId": user,
            "kind": news.kind,
            "tripId": str(news.trip_id),
            "text": _TEXTS[news.kind].format(subject=news.subject),
            "read": False,
            "createdAt": now.isoformat(),
            "sortKey": _sort_key(now, news.notification_id),
            "ttl": KEPT_SECONDS,
        },
    )


async def erase(order: EraseInbox, *, documents: Documents) -> None:
    """Close the inbox for as long as news may be on their way, then empty it. Twice is once."""
    user = str(order.user_id)
    await documents.put(CONTAINER, {"id": CLOSED, "userId": user, "ttl": KEPT_SECONDS})
    rows = await documents.query(
        CONTAINER, "SELECT c.id FROM c WHERE c.id != @closed", partition=user, parameters={"closed": CLOSED}
    )
    for row in rows:
        await documents.drop(CONTAINER, row["id"], partition=user)


async def inbox(page: Page, *, owner: UUID, documents: Documents) -> Inbox:
    """One page, newest first."""
    after = page.after or (datetime.max.replace(tzinfo=UTC), UUID(int=0))
    rows = await documents.query(
        CONTAINER,
        "SELECT * FROM c WHERE c.sortKey < @after ORDER BY c.sortKey DESC OFFSET 0 LIMIT @limit",
        partition=str(owner),
        parameters={"after": _sort_key(*after), "limit": page.limit + 1},
    )
    shown = tuple(Notification.model_validate(row) for row in rows[: page.limit])
    more = len(rows) > page.limit
    return Inbox(items=shown, next_cursor=cursor_after(shown[-1].created_at, shown[-1].id) if more else None)


async def mark_read(entry: UUID, *, owner: UUID, documents: Documents) -> Notification:
    document = await documents.find(CONTAINER, str(entry), partition=str(owner))
    if document is None:
        raise NotFound(f"Notification {entry} does not exist or is not yours.")
    if not document["read"]:
        document["read"] = True
        await documents.put(CONTAINER, document)
    return Notification.model_validate(document)


def _sort_key(at: datetime, entry: UUID) -> str:
    """Orders entries, those of one moment too, by a single property: two would need a composite index."""
    return f"{at.isoformat(timespec='microseconds')} {entry}"
