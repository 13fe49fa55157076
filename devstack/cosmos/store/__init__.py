"""What the account holds: databases, containers and items, in SQLite. No HTTP, and the clock is injected."""

import sqlite3
from pathlib import Path

from devstack.cosmos.store.catalogue import Catalogue
from devstack.cosmos.store.container import Container
from devstack.cosmos.store.items import Item, Items
from devstack.cosmos.store.schema import connect
from devstack.cosmos.store.unique_keys import upgrade

__all__ = ["Catalogue", "Container", "Item", "Items", "open_database"]


def open_database(folder: Path | None) -> sqlite3.Connection:
    """The account in `folder`/cosmos.db, created if absent; in memory if there is no folder."""
    connection = connect(folder)
    upgrade(connection)
    return connection
