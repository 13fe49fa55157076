"""A container: its definition, checked and completed with the defaults that the service fills in."""

from base64 import b64encode
from dataclasses import dataclass
from typing import cast

import orjson

from devstack.cosmos.store.definition import check_definition
from devstack.cosmos.store.rules import check_id
from devstack.cosmos.values import Document

type Path = tuple[str, ...]

_INDEX_EVERYTHING: Document = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}


def rid_text(rid: bytes) -> str:
    """A resource id as it appears in `_rid` and `_self`."""
    return b64encode(rid, altchars=b"+-").decode()


def path_of(text: str) -> Path:
    """The property names along a path such as `/address/city`."""
    return tuple(text.strip("/").split("/"))


@dataclass(frozen=True, slots=True)
class Container:
    """One container; `rid` is the 4 bytes of its database and 4 of its own."""

    rid: bytes
    database: str
    id: str
    definition: Document

    @property
    def link(self) -> str:
        """`_self` of the container, which is also how the `_self` of its items begins."""
        return f"dbs/{rid_text(self.rid[:4])}/colls/{rid_text(self.rid)}/"

    @property
    def key_paths(self) -> tuple[Path, ...]:
        """The property paths of the partition key, one unless it is hierarchical."""
        partition_key = cast("dict[str, list[str]]", self.definition["partitionKey"])
        return tuple(path_of(text) for text in partition_key["paths"])

    @property
    def default_ttl(self) -> int | None:
        """Seconds that items live, -1 for those without a ttl of their own for ever, None if TTL is off."""
        return cast("int | None", self.definition.get("defaultTtl"))

    @property
    def unique_keys(self) -> tuple[tuple[Path, ...], ...]:
        """The sets of property paths that no two items of a partition may share."""
        policy = cast("dict[str, list[dict[str, list[str]]]]", self.definition.get("uniqueKeyPolicy") or {})
        return tuple(tuple(map(path_of, key["paths"])) for key in policy.get("uniqueKeys", []))

    @property
    def composite_indexes(self) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """The declared indexes over several paths, each path with whether it is descending."""
        policy = cast("dict[str, list[list[dict[str, str]]]]", self.definition["indexingPolicy"])
        return tuple(
            tuple((part["path"], part.get("order") == "descending") for part in index)
            for index in policy.get("compositeIndexes", [])
        )

    def body(self) -> bytes:
        """The definition as JSON."""
        return orjson.dumps(self.definition)


def define(rid: bytes, database: str, definition: Document, *, timestamp: int) -> Container:
    """A container of this definition, or `Refused` 400 naming what is wrong with it."""
    name = check_id(definition.get("id"))
    check_definition(definition)
    container = Container(rid, database, name, definition)
    completed: Document = {
        "indexingPolicy": _INDEX_EVERYTHING,
        "conflictResolutionPolicy": {"mode": "LastWriterWins", "conflictResolutionPath": "/_ts"},
        **{key: value for key, value in definition.items() if value is not None},
        "partitionKey": {"kind": "Hash", "version": 2, **cast("Document", definition["partitionKey"])},
        "_rid": rid_text(rid),
        "_self": container.link,
        "_etag": f'"{timestamp:x}"',
        "_ts": timestamp,
        "_docs": "docs/",
    }
    return Container(rid, database, name, completed)
