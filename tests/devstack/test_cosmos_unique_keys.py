"""Unique keys on the store: what counts as the same key, what frees one, and that no write reads them all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devstack.cosmos.errors import Refused
from devstack.cosmos.store import Catalogue, Container, Items, open_database
from devstack.cosmos.store.rules import partition_key

P = partition_key(["p"])
DEFINITION: Any = {
    "id": "c",
    "partitionKey": {"paths": ["/p"]},
    "defaultTtl": -1,
    "uniqueKeyPolicy": {"uniqueKeys": [{"paths": ["/mail", "/geo/kind"]}, {"paths": ["/code"]}]},
}


class Clock:
    now = 1.0

    def __call__(self) -> float:
        return self.now


class Account:
    """One container with two unique keys."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.connection = open_database(folder)
        self.catalogue = Catalogue(self.connection, self.clock)
        self.items = Items(self.connection, self.clock)
        if not self.catalogue.databases():
            self.catalogue.create_database("d")
            self.catalogue.create_container("d", DEFINITION)
        self.container: Container = self.catalogue.container("d", "c")

    def put(self, name: str, partition: str = "p", **content: Any) -> None:
        document = {"id": name, "p": partition, "code": name, **content}
        self.items.upsert(self.container, partition_key([partition]), document)

    def refuses(self, name: str, **content: Any) -> None:
        with pytest.raises(Refused, match="Unique") as caught:
            self.put(name, **content)
        assert caught.value.status == 409


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    account = Account(tmp_path)
    yield account
    account.connection.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mail": "a", "geo": {"kind": 1}}, {"mail": "a", "geo": {"kind": 1.0}}),
        ({"mail": "a"}, {"mail": "a", "geo": {}}),
        ({}, {"geo": None}),
        ({"mail": {"x": 1, "y": [0]}}, {"mail": {"y": [-0.0], "x": 1.0}}),
        ({"mail": None}, {"mail": None}),
    ],
)
def test_equal_values_are_the_same_key(account: Account, first: Any, second: Any) -> None:
    account.put("one", **first)
    account.refuses("two", **second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mail": "a"}, {"mail": "b"}),
        ({"mail": 1}, {"mail": True}),
        ({"mail": 1}, {"mail": "1"}),
        ({"mail": None}, {}),
        ({"mail": "a"}, {"mail": "a", "geo": {"kind": None}}),
        ({"mail": ["a", "b"]}, {"mail": ["b", "a"]}),
    ],
)
def test_different_values_are_different_keys(account: Account, first: Any, second: Any) -> None:
    account.put("one", **first)
    account.put("two", **second)


def test_each_key_counts_and_each_partition_has_its_own(account: Account) -> None:
    account.put("one", mail="a")
    account.refuses("two", mail="b", code="one")
    account.put("two", partition="q", mail="a", code="one")


def test_key_is_free_again_when_its_item_changes_leaves_or_expires(account: Account) -> None:
    account.put("one", mail="a")
    account.put("one", mail="b")
    account.put("two", mail="a")
    account.items.delete(account.container, P, "two")
    account.put("three", mail="a", ttl=10)
    account.refuses("four", mail="a")
    account.clock.now += 10
    account.put("four", mail="a")
    account.refuses("three", mail="a")
    account.items.delete_partition(account.container, P)
    account.put("five", mail="a")


def test_expired_item_that_is_written_again_keeps_one_key(account: Account) -> None:
    account.put("one", mail="a", ttl=10)
    account.clock.now += 10
    account.put("one", mail="b")
    account.put("two", mail="a")
    account.refuses("three", mail="b")


def test_refused_write_leaves_the_old_keys(account: Account) -> None:
    account.put("one", mail="a")
    account.put("two", mail="b")
    account.refuses("one", mail="b")
    account.refuses("three", mail="a")


def test_items_of_an_earlier_version_have_their_keys(account: Account, tmp_path: Path) -> None:
    account.put("one", mail="a")
    account.connection.execute("DROP TABLE unique_values")
    account.connection.execute("PRAGMA user_version = 0")
    account.connection.close()
    later = Account(tmp_path)
    try:
        later.refuses("two", mail="a")
        later.put("one", mail="b")
        later.put("two", mail="a")
    finally:
        later.connection.close()


def test_write_looks_its_keys_up_instead_of_reading_the_partition(account: Account) -> None:
    for number in range(50):
        account.put(str(number), mail=number)
    account.connection.execute("ANALYZE")
    statements: list[str] = []
    account.connection.set_trace_callback(statements.append)
    account.put("new", mail="new")
    account.connection.set_trace_callback(None)
    [looked_up, _] = [text for text in statements if "JOIN items" in text]
    plan = [row["detail"] for row in account.connection.execute(f"EXPLAIN QUERY PLAN {looked_up}")]
    assert all(step.startswith("SEARCH") for step in plan), plan
    assert len(statements) < 15
