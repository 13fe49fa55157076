"""The store on its own, with a clock that the test moves: time to live, keys, transactions, change order."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devstack.cosmos.errors import Refused
from devstack.cosmos.store import Catalogue, Container, Items, open_database
from devstack.cosmos.store.batch import execute
from devstack.cosmos.store.feed import Feed, Window
from devstack.cosmos.store.rules import partition_from_header, partition_key
from devstack.cosmos.values import Document

T = partition_key(["t"])


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Account:
    clock: Clock = field(default_factory=Clock)
    connection: sqlite3.Connection = field(default_factory=lambda: open_database(None))

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.connection, self.clock)
        self.items = Items(self.connection, self.clock)
        self.catalogue.create_database("d")

    def container(self, *, default_ttl: int | None) -> Container:
        definition: Document = {"id": "c", "partitionKey": {"paths": ["/p"]}, "defaultTtl": default_ttl}
        return self.catalogue.create_container("d", definition)

    def names(self, container: Container) -> list[str]:
        return [item.id for item in self.items.scan(container, T)]


@pytest.fixture
def account() -> Iterator[Account]:
    account = Account()
    yield account
    account.connection.close()


def item(name: str = "a", **content: object) -> Document:
    return {"id": name, "p": "t", **content}  # type: ignore[dict-item]


def test_own_ttl_ends_an_item_to_the_second(account: Account) -> None:
    container = account.container(default_ttl=-1)
    account.items.create(container, T, item(ttl=60))
    account.clock.now += 59.9
    assert account.items.read(container, T, "a")
    account.clock.now += 0.1
    with pytest.raises(Refused, match="does not exist"):
        account.items.read(container, T, "a")
    assert account.names(container) == []


def test_each_write_starts_the_ttl_anew(account: Account) -> None:
    container = account.container(default_ttl=-1)
    account.items.create(container, T, item(ttl=60))
    account.clock.now += 50
    account.items.upsert(container, T, item(ttl=60))
    account.clock.now += 50
    assert account.items.read(container, T, "a")


@pytest.mark.parametrize(
    ("default_ttl", "ttl", "lives"),
    [
        (None, None, True),
        (None, 1, True),  # TTL is off
        (-1, None, True),
        (-1, 1, False),
        (1, None, False),
        (1, -1, True),
        (1, 100, True),
        (100, 1, False),
    ],
)
def test_container_default_and_own_ttl_decide_together(
    account: Account, default_ttl: int | None, ttl: int | None, *, lives: bool
) -> None:
    container = account.container(default_ttl=default_ttl)
    account.items.create(container, T, item(ttl=ttl))
    account.clock.now += 50
    assert account.names(container) == (["a"] if lives else [])


def test_expired_id_is_free_again(account: Account) -> None:
    container = account.container(default_ttl=10)
    old = account.items.create(container, T, item(n=1))
    account.clock.now += 10
    new = account.items.create(container, T, item(n=2))
    assert new.document()["_rid"] != old.document()["_rid"]
    assert account.names(container) == ["a"]


def test_turning_ttl_off_keeps_what_has_not_been_rewritten(account: Account) -> None:
    container = account.container(default_ttl=10)
    account.items.create(container, T, item())
    definition: Document = {"id": "c", "partitionKey": {"paths": ["/p"]}}
    container = account.catalogue.replace_container("d", "c", definition)
    account.clock.now += 1000
    assert account.names(container) == ["a"]


def test_timestamp_is_the_second_of_the_write(account: Account) -> None:
    container = account.container(default_ttl=-1)
    account.clock.now = 1234.9
    assert account.items.create(container, T, item()).document()["_ts"] == 1234


def test_system_properties_of_the_client_are_overwritten(account: Account) -> None:
    container = account.container(default_ttl=-1)
    stored = account.items.create(container, T, item(_etag="mine", _ts=1)).document()
    assert stored["_etag"] != "mine"
    assert stored["_ts"] == 1_000_000


def test_equal_numbers_are_one_partition_and_other_types_are_not() -> None:
    assert partition_from_header("[1]", (("p",),)) == partition_from_header("[1.0]", (("p",),))
    headers = ["[1]", '["1"]', "[true]", "[null]", "[{}]"]
    assert len({partition_from_header(header, (("p",),)) for header in headers}) == len(headers)


@pytest.mark.parametrize("header", ["x", '"t"', '["t","u"]', "[[1]]", '[{"a":1}]', '["' + "x" * 2100 + '"]'])
def test_wrong_partition_key_header_is_refused(header: str) -> None:
    with pytest.raises(Refused) as caught:
        partition_from_header(header, (("p",),))
    assert caught.value.status == 400


def test_document_must_lie_in_the_partition_of_the_header(account: Account) -> None:
    container = account.container(default_ttl=-1)
    with pytest.raises(Refused, match="doesn't match"):
        account.items.create(container, T, {"id": "a", "p": "other"})
    with pytest.raises(Refused, match="doesn't match"):
        account.items.create(container, T, {"id": "a"})


def test_failed_batch_leaves_no_trace_in_the_change_feed(account: Account) -> None:
    container = account.container(default_ttl=-1)
    account.items.create(container, T, item())
    before = account.items.lsn(container)
    create = {"operationType": "Create"}
    operations = [{**create, "resourceBody": item(name)} for name in ("b", "a")]
    assert [outcome.status for outcome in execute(account.items, container, T, operations)] == [424, 409]  # type: ignore[arg-type]
    assert account.items.lsn(container) == before
    assert account.names(container) == ["a"]


def test_changes_come_in_the_order_of_the_last_write(account: Account) -> None:
    container = account.container(default_ttl=-1)
    for name in ("a", "b", "c"):
        account.items.create(container, T, item(name))
    account.items.upsert(container, T, item("a"))
    documents, end = Feed(account.items, container, None).changes(after=0, since=0.0, size=2)
    assert [document["id"] for document in documents] == ["b", "c"]
    documents, _ = Feed(account.items, container, None).changes(after=end, since=0.0, size=2)
    assert [document["id"] for document in documents] == ["a"]


def test_last_page_has_no_token(account: Account) -> None:
    container = account.container(default_ttl=-1)
    for n in range(4):
        account.items.create(container, T, item(str(n)))
    first = Feed(account.items, container, T).page(Window(2))
    assert first.continuation is not None
    assert Feed(account.items, container, T).page(Window(2, first.continuation)).continuation is None


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"partitionKey": {"paths": ["/p"]}}, "'id'"),
        ({"id": "x"}, "partitionKey"),
        ({"id": "x", "partitionKey": {"paths": ["p"]}}, "start with '/'"),
        ({"id": "x", "partitionKey": {"paths": ["/p"]}, "defaultTtl": 0}, "defaultTtl"),
        ({"id": "x/y", "partitionKey": {"paths": ["/p"]}}, "'id'"),
    ],
)
def test_wrong_container_definition_is_refused(account: Account, definition: Document, message: str) -> None:
    with pytest.raises(Refused, match=message) as caught:
        account.catalogue.create_container("d", definition)
    assert caught.value.status == 400


def test_reopened_folder_has_the_same_content(tmp_path: Path) -> None:
    first = Account(connection=open_database(tmp_path))
    container = first.container(default_ttl=-1)
    stored = first.items.create(container, T, item(title="ü"))
    first.connection.close()
    connection = open_database(tmp_path)
    found = Catalogue(connection, Clock()).container("d", "c")
    assert found == container
    assert Items(connection, Clock()).read(found, T, "a") == stored
    connection.close()
