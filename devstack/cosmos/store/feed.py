"""Pages of items: queries, the read feed and the change feed, with continuation tokens.

A page of a query that streams ends at an item, so its token names that item and writes in between neither
repeat nor skip the others. Sorted and aggregated results are counted instead.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

import orjson

from devstack.cosmos.errors import bad_request
from devstack.cosmos.sql import Query, evaluate, parse
from devstack.cosmos.store.container import Container
from devstack.cosmos.store.effective_key import KeyRange
from devstack.cosmos.store.items import Item, Items
from devstack.cosmos.values import Document, Json

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000
MAX_POSITION = 2**63


@dataclass(frozen=True, slots=True)
class Page:
    """Some results, and the token that asks for the next ones; no token on the last page."""

    results: list[object]
    continuation: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the results is wanted: at most `size` from behind `token`."""

    size: int = DEFAULT_PAGE
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The items of one partition; if `partition` is None those of all in `keys`, or of the container."""

    items: Items
    container: Container
    partition: str | None
    keys: KeyRange | None = None

    def page(self, window: Window) -> Page:
        """The items themselves, in the order of their creation."""
        found = (
            (item.seq, orjson.Fragment(item.body)) for item in self._scan(_position(window.token, "feed"))
        )
        return _streamed(found, window, signature="feed")

    def query(self, body: Json, window: Window) -> Page:
        """One page of a query; across partitions only filters and projections are served.

        Raises `Refused` 400 for a wrong query, or one that the real service would not serve.
        """
        query = parse_body(body)
        _check_servable(query, self.container, self.partition)
        scope = (self.partition, self.keys and (self.keys.start, self.keys.end))
        signature = blake2b(orjson.dumps([body, scope]), digest_size=6).hexdigest()
        position = _position(window.token, signature)
        if query.streams:
            return _streamed(_results(query, self._scan(position)), window, signature)
        results = evaluate(query, (item.document() for item in self._scan()))
        end = position + window.size
        return Page(list(results[position:end]), _token(signature, end) if end < len(results) else None)

    def changes(self, *, after: int, since: float, size: int) -> tuple[list[Document], int]:
        """Items written behind log number `after` and not before `since`, and where to go on from."""
        changes = self.items.changes(self.container, after=after, since=since)
        page = list(islice(filter(self._covers, changes), size))
        return [item.document() for item in page], page[-1].lsn if page else after

    def _scan(self, after: int = 0) -> Iterator[Item]:
        return filter(self._covers, self.items.scan(self.container, self.partition, after=after))

    def _covers(self, item: Item) -> bool:
        in_range = self.keys is None or self.keys.covers(item.partition)
        return in_range and self.partition in {None, item.partition}


def parse_body(body: Json) -> Query:
    """The query of a request body `{"query": ..., "parameters": [{"name": ..., "value": ...}]}`."""
    sql = body.get("query") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(sql, str):
        raise bad_request("A query request needs a 'query' text.")
    return parse(sql, _parameters(body.get("parameters")))


def _parameters(given: Json | None) -> dict[str, Json]:
    if given is not None and not isinstance(given, list):
        raise bad_request("'parameters' must be a list of names and values.")
    parameters: dict[str, Json] = {}
    for parameter in given or []:
        name = parameter.get("name") if isinstance(parameter, dict) else None
        if not isinstance(parameter, dict) or not isinstance(name, str) or not name.startswith("@"):
            raise bad_request(f"Parameter {parameter!r} needs a 'name' that starts with @.")
        parameters[name] = parameter.get("value")
    return parameters


def _check_servable(query: Query, container: Container, partition: str | None) -> None:
    if partition is None and query.merging_clause:
        raise bad_request(
            f"A cross-partition query with {query.merging_clause} is not served by the gateway: pass "
            "partition_key, or keep to SELECT and WHERE."
        )
    wanted = tuple((ordering.path, ordering.descending) for ordering in query.orderings)
    opposite = tuple((path, not descending) for path, descending in wanted)
    if len(wanted) > 1 and not {wanted, opposite} & set(container.composite_indexes):
        parts = ", ".join(
            f'{{"path": "{path}", "order": "{"descending" if down else "ascending"}"}}'
            for path, down in wanted
        )
        raise bad_request(
            "The order by query does not have a corresponding composite index that it can be served from: "
            f"add [{parts}] to the compositeIndexes of the container's indexingPolicy."
        )


def _results(query: Query, scan: Iterable[Item]) -> Iterator[tuple[int, object]]:
    return ((item.seq, result) for item in scan for result in evaluate(query, [item.document()]))


def _streamed(found: Iterator[tuple[int, object]], window: Window, signature: str) -> Page:
    page = list(islice(found, window.size))
    more = len(page) == window.size and next(found, None) is not None
    return Page([result for _, result in page], _token(signature, page[-1][0]) if more else None)


def _token(signature: str, position: int) -> str:
    return urlsafe_b64encode(orjson.dumps([signature, position])).decode()


def _position(token: str | None, signature: str) -> int:
    if token is None:
        return 0
    try:
        match orjson.loads(urlsafe_b64decode(token)):
            case [str(found), int(position)] if found == signature and 0 <= position < MAX_POSITION:
                return position
    except ValueError as error:
        raise bad_request("The continuation token is malformed: pass it on as it was received.") from error
    raise bad_request("The continuation token belongs to another query or partition.")
