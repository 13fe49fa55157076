"""What the account holds: databases, containers and items, in SQLite. No HTTP, and the clock is injected."""

from devstack.cosmos.store.catalogue import Catalogue
from devstack.cosmos.store.container import Container
from devstack.cosmos.store.items import Item, Items
from devstack.cosmos.store.schema import open_database

__all__ = ["Catalogue", "Container", "Item", "Items", "open_database"]
