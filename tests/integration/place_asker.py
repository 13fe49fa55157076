"""A worker process of its own: asks for one category of a region, many times at once, when it is told to.

`python -m tests.integration.place_asker '{"postgres": …, "redis": …, "cosmos": …, "maps": …, "order": …}'`
prints `ready`, waits for a line, and prints what it got: a JSON list of counts.
"""

import asyncio
import json
import sys

from shared import places
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.messaging import SearchPlaces
from shared.places import Shelf
from tests.integration.services import maps_at
from tests.integration.stores import COSMOS_KEY


async def ask(told: dict[str, str], times: int) -> list[int]:
    db, cache = Database(told["postgres"]), Cache(told["redis"])
    documents = Documents(endpoint=told["cosmos"], key=COSMOS_KEY, database="tripgen")
    shelf, maps = Shelf(db=db, cache=cache, documents=documents), maps_at(told["maps"])
    order = SearchPlaces.model_validate_json(told["order"])
    await documents.answers()  # connected before the race begins
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    found = await asyncio.gather(*(places.search(order, shelf=shelf, maps=maps) for _ in range(times)))
    for opened in (documents, cache, db):
        await opened.close()
    return found


if __name__ == "__main__":
    counts = asyncio.run(ask(json.loads(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.write(f"{json.dumps(counts)}\n")
