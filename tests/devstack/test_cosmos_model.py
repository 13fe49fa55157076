"""Random operations on the store, with time passing and restarts, against a model that is a plain dict."""

import shutil
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from devstack.cosmos.errors import Refused
from devstack.cosmos.store import Catalogue, Container, Items, open_database
from devstack.cosmos.store.batch import execute
from devstack.cosmos.store.feed import Feed, Window
from devstack.cosmos.store.patch import patch_item
from devstack.cosmos.store.rules import SYSTEM_PROPERTIES, partition_key
from devstack.cosmos.values import Json

DEFAULT_TTL = 100
partitions = st.sampled_from(["p", "q"])
ids = st.sampled_from(["a", "b", "c"])
contents = st.fixed_dictionaries(
    {"n": st.integers(-3, 3)}, optional={"ttl": st.sampled_from([-1, 5, 50]), "tag": st.sampled_from("xyz")}
)
kinds = st.sampled_from(["Create", "Upsert", "Replace", "Delete", "Patch"])
type Key = tuple[str, str]
type Documents = dict[Key, dict[str, Any]]


class Absent(Exception):
    """The model has no such document."""


class Taken(Exception):
    """The model has such a document, or one with its tag, already."""


class Model:
    """What a container must hold: documents by partition and id, each with the time of its last write."""

    def __init__(self) -> None:
        self.documents: Documents = {}
        self.written: dict[Key, float] = {}
        self.now = 1_000_000.0

    def live(self) -> Documents:
        return {key: document for key, document in self.documents.items() if self._is_live(key, document)}

    def _is_live(self, key: Key, document: dict[str, Any]) -> bool:
        ttl = document.get("ttl", DEFAULT_TTL)
        return bool(ttl == -1 or self.written[key] + ttl > self.now)

    def put(self, key: Key, document: dict[str, Any]) -> None:
        others = {other: found for other, found in self.live().items() if other[0] == key[0] and other != key}
        if any(found.get("tag") == document.get("tag") for found in others.values()):
            raise Taken
        self.documents[key], self.written[key] = document, self.now

    def perform(self, kind: str, key: Key, content: dict[str, Any]) -> None:
        """One operation, or Absent or Taken."""
        document, exists = {"id": key[1], "p": key[0], **content}, key in self.live()
        if kind == "Create" and exists:
            raise Taken
        if kind in {"Replace", "Delete", "Patch"} and not exists:
            raise Absent
        if kind == "Delete":
            del self.documents[key]
        elif kind == "Patch":
            patched = {**self.documents[key], "tag": content.get("tag", "none")}
            self.put(key, {**patched, "n": patched["n"] + content["n"]})
        else:
            self.put(key, document)


class Store(RuleBasedStateMachine):
    """The same operations on the store, which is closed and opened again in between."""

    @initialize()
    def open(self) -> None:
        self.model = Model()
        self.folder = Path(tempfile.mkdtemp())
        self._connect()
        self.catalogue.create_database("d")
        self.container: Container = self.catalogue.create_container(
            "d",
            {
                "id": "c",
                "partitionKey": {"paths": ["/p"]},
                "defaultTtl": DEFAULT_TTL,
                "uniqueKeyPolicy": {"uniqueKeys": [{"paths": ["/tag"]}]},
            },
        )

    def _connect(self) -> None:
        self.connection = open_database(self.folder)
        self.catalogue = Catalogue(self.connection, lambda: self.model.now)
        self.items = Items(self.connection, lambda: self.model.now)

    def teardown(self) -> None:
        self.connection.close()
        shutil.rmtree(self.folder)

    @rule()
    def restart(self) -> None:
        self.connection.close()
        self._connect()
        self.container = self.catalogue.container("d", "c")

    @rule(seconds=st.sampled_from([1, 5, 49, 100]))
    def wait(self, seconds: int) -> None:
        self.model.now += seconds

    @rule(kind=kinds, partition=partitions, name=ids, content=contents)
    def perform(self, kind: str, partition: str, name: str, content: dict[str, Any]) -> None:
        wanted = status_of(lambda: self.model.perform(kind, (partition, name), content))
        assert status_of(lambda: self._perform(kind, (partition, name), content)) == wanted

    def _perform(self, kind: str, key: Key, content: dict[str, Any]) -> None:
        partition, document = partition_key([key[0]]), {"id": key[1], "p": key[0], **content}
        match kind:
            case "Create":
                self.items.create(self.container, partition, document)
            case "Upsert":
                self.items.upsert(self.container, partition, document)
            case "Delete":
                self.items.delete(self.container, partition, key[1])
            case "Replace":
                old = self.items.read(self.container, partition, key[1])
                self.items.replace(self.container, old, document)
            case "Patch":
                old = self.items.read(self.container, partition, key[1])
                patch_item(self.items, self.container, old, changes(content))

    @rule(partition=partitions, steps=st.lists(st.tuples(kinds, ids, contents), min_size=1, max_size=4))
    def batch(self, partition: str, steps: list[tuple[str, str, dict[str, Any]]]) -> None:
        before = deepcopy((self.model.documents, self.model.written))
        wanted: list[int] = []
        for kind, name, content in steps:
            wanted.append(status_of(lambda: self.model.perform(kind, (partition, name), content)))  # noqa: B023
            if wanted[-1]:
                self.model.documents, self.model.written = before
                break
        operations: Json = [operation(partition, *step) for step in steps]
        outcomes = execute(self.items, self.container, partition_key([partition]), operations)
        seen = [outcome.status for outcome in outcomes]
        if wanted[-1]:
            assert seen == [424] * (len(wanted) - 1) + wanted[-1:] + [424] * (len(steps) - len(wanted))
        else:
            assert all(status < 300 for status in seen)

    @precondition(lambda self: hasattr(self, "container"))
    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert self._found(None) == self.model.live()
        for partition in ("p", "q"):
            mine = {key: found for key, found in self.model.live().items() if key[0] == partition}
            assert self._found(partition) == mine
        changes, _ = Feed(self.items, self.container, None).changes(after=0, since=0, size=100)
        assert {(found["p"], found["id"]) for found in changes} == set(self.model.live())

    def _found(self, partition: str | None) -> Documents:
        """All documents, read in pages of two."""
        scope = None if partition is None else partition_key([partition])
        feed, found, token = Feed(self.items, self.container, scope), [], None
        while True:
            page = feed.query({"query": "SELECT * FROM c"}, Window(2, token))
            found += page.results
            token = page.continuation
            if token is None:
                return {(str(row["p"]), str(row["id"])): without_system(row) for row in found}  # type: ignore[index]


def changes(content: dict[str, Any]) -> Json:
    return [
        {"op": "incr", "path": "/n", "value": content["n"]},
        {"op": "set", "path": "/tag", "value": content.get("tag", "none")},
    ]


def operation(partition: str, kind: str, name: str, content: dict[str, Any]) -> Json:
    document: Json = {"id": name, "p": partition, **content}
    body = {"operations": changes(content)} if kind == "Patch" else document
    return {"operationType": kind, "id": name, "resourceBody": body}


def without_system(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in SYSTEM_PROPERTIES}


def status_of(act: Any) -> int:
    """0, or the status of the refusal."""
    try:
        act()
    except Absent:
        return 404
    except Taken:
        return 409
    except Refused as refusal:
        return refusal.status
    return 0


TestStore = Store.TestCase
