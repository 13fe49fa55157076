"""Accounts with something in every store, and what their exports hold."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from PIL import Image
from pydantic import SecretStr

from shared import exports, notifications, places, trips, users
from shared.db import Database, new_id, record
from shared.exports import Export
from shared.messaging import ExportAccount, NotifyUser, SearchNearby
from shared.places import NearbyQuery
from shared.schedules import Tools
from shared.trips.invitation import Acceptance, InvitationDraft, Invited
from tests.integration.place_points import asked
from tests.integration.planners import Traveller, traveller
from tests.integration.travellers import new_trip, new_user

type Copy = dict[str, bytes]
"""Content of the files by name."""

WISH = "No stairs please."


async def settled(tools: Tools) -> Traveller:
    """Somebody with a picture, a session, plans, news and a search."""
    who = await traveller(tools)
    await who.plan(specialRequests=WISH)
    await who.plan()
    written = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(written, "PNG")
    await users.avatars.put(who.id, written.getvalue(), db=tools.db)
    async with tools.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO sessions (id, user_id, remember, expires_at) VALUES (%s, %s, true, now() + '1 day')",
            (new_id(), who.id),
        )
        await record(tx, "profile-changed", actor=who.id, fields="name")
    await inform(who, times=3)
    await look_around(who)
    await join(await new_user(tools.db), who.trip, of=who.id, db=tools.db)
    await invite(who.trip, of=who.id, db=tools.db)
    host = await new_user(tools.db)
    await join(who.id, (await new_trip(tools.db, host)).id, of=host, db=tools.db)
    return who


async def invite(trip: UUID, *, of: UUID, db: Database, role: Invited = "viewer") -> str:
    """The token of an open invitation."""
    link = await trips.sharing.invite(trip, InvitationDraft(role=role), caller=of, db=db)
    return link.token


async def join(who: UUID, trip: UUID, *, of: UUID, db: Database, role: Invited = "viewer") -> None:
    """Share somebody's trip."""
    token = SecretStr(await invite(trip, of=of, db=db, role=role))
    await trips.sharing.accept(Acceptance(token=token, name=f"Guest {who.hex[-6:]}"), caller=who, db=db)


async def inform(who: Traveller, *, times: int) -> None:
    for number in range(times):
        news = NotifyUser(
            notification_id=new_id(),
            user_id=who.id,
            kind="schedule-ready",
            trip_id=who.trip,
            subject=f"Trip {number}",
        )
        await notifications.deliver(news, documents=who.tools.documents)


async def look_around(who: Traveller) -> None:
    """A search in the background that is done."""
    tools, point = who.tools, asked()
    query = NearbyQuery(lat=point.lat, lng=point.lng, minutes=30, mode="walk", category="food")
    search = await places.start(query, owner=who.id, replay=None, db=tools.db, cache=tools.cache)
    await places.run(SearchNearby(search_id=search.id), shelf=tools.shelf, maps=tools.maps)


async def asked_for(owner: UUID, db: Database) -> ExportAccount:
    """The message of a new export."""
    export = await exports.request(owner=owner, replay=None, db=db)
    return ExportAccount(export_id=export.id)


async def seen(order: ExportAccount, owner: UUID, db: Database) -> Export:
    return await exports.read(order.export_id, owner=owner, db=db)


async def volumes(order: ExportAccount, owner: UUID, db: Database) -> list[bytes]:
    """The zip files of a finished export."""
    export = await seen(order, owner, db)
    assert export.state == "ready", export
    files = [await exports.file(export.id, one.number, owner=owner, db=db) for one in export.files]
    assert [len(file) for file in files] == [one.bytes for one in export.files]
    return files


def unpacked(files: list[bytes]) -> Copy:
    """Every file of every volume; none is in two."""
    found: Copy = {}
    for file in files:
        with zipfile.ZipFile(io.BytesIO(file)) as volume:
            assert volume.testzip() is None
            for name in volume.namelist():
                assert name not in found
                found[name] = volume.read(name)
    return found


async def copy_of(who: Traveller) -> Copy:
    """What somebody takes away."""
    db = who.tools.db
    order = await asked_for(who.id, db)
    await exports.run(order, tools=who.tools)
    return unpacked(await volumes(order, who.id, db))


def told(copy: Copy) -> set[Any]:
    """Every value in every JSON file, and the names of the files."""
    values: set[Any] = set()
    left: list[Any] = [json.loads(text) for name, text in copy.items() if name.endswith(".json")]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            left += one.values() if isinstance(one, dict) else one
        else:
            values.add(one)
    return values
