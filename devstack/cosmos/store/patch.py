"""Partial document update: add, set, replace, remove, incr and move at a path inside an item.

The rules are those of "Partial document update in Azure Cosmos DB"; paths are JSON pointers (RFC 6901).
"""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from devstack.cosmos.errors import Refused, bad_request, stale
from devstack.cosmos.sql import matches, parse
from devstack.cosmos.store.container import Container
from devstack.cosmos.store.items import Item, Items
from devstack.cosmos.store.rules import SYSTEM_PROPERTIES
from devstack.cosmos.values import Document, Json, Undefined, double, whole_number

MAX_OPERATIONS = 10


def patch_item(
    items: Items, container: Container, old: Item, body: Json, *, if_match: str | None = None
) -> Item:
    """The item after all operations of the body; 412 if its `condition` or the ETag does not hold."""
    wanted = {"operations": body} if isinstance(body, list) else body
    if not isinstance(wanted, dict):
        raise bad_request("A patch must be a list of operations, or an object with one in 'operations'.")
    condition = wanted.get("condition")
    if condition is not None and not matches(parse(f"SELECT * {condition}", {}), old.document()):
        raise stale()
    untouchable = {("id",), *container.key_paths, *((name,) for name in SYSTEM_PROPERTIES)}
    document = patched(old.document(), wanted.get("operations"), untouchable)
    return items.replace(container, old, document, if_match=if_match)


def patched(document: Document, operations: Json | None, untouchable: set[tuple[str, ...]]) -> Document:
    """A copy of the document after the operations in their order; 400 for the first that cannot be done."""
    if not isinstance(operations, list) or not 0 < len(operations) <= MAX_OPERATIONS:
        raise bad_request(f"A patch takes 1 to {MAX_OPERATIONS} operations.")
    result: Document = orjson.loads(orjson.dumps(document))
    for operation in operations:
        if not isinstance(operation, dict):
            raise bad_request("A patch operation must be an object with 'op' and 'path'.")
        _apply(result, operation, untouchable)
    return result


def _apply(document: Document, operation: Document, untouchable: set[tuple[str, ...]]) -> None:
    name = operation.get("op")
    apply = _OPERATIONS.get(name) if isinstance(name, str) else None
    if apply is None:
        raise bad_request(f"Patch op {name!r} is unknown: use {', '.join(_OPERATIONS)}.")
    paths = [_steps(operation.get("path"))]
    if name == "move":
        paths.append(_steps(operation.get("from")))
    for path in paths:
        if any(path[: len(fixed)] == fixed for fixed in untouchable):
            raise bad_request(f"Patch cannot change '/{'/'.join(path)}': it identifies the item.")
    if name in {"add", "set", "replace", "incr"} and "value" not in operation:
        raise bad_request(f"Patch op {name!r} needs a 'value'.")
    apply(document, operation)


def _steps(pointer: Json | None) -> tuple[str, ...]:
    if not isinstance(pointer, str) or not pointer.startswith("/") or pointer == "/":
        raise bad_request(f"Patch path {pointer!r} is invalid: it must be a path such as /days/0/title.")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


@dataclass(frozen=True, slots=True)
class _Spot:
    """The place that a path points at: a property of `owner`, or an index of it."""

    owner: Document | list[Json]
    key: str
    path: str

    def missing(self) -> Refused:
        return bad_request(f"Patch path '{self.path}' does not exist in the item.")

    def index(self, bound: int) -> int:
        """The key as an index below the bound."""
        if whole_number(self.key, below=bound) is None:
            raise self.missing()
        return int(self.key)

    def get(self) -> Json:
        if isinstance(self.owner, list):
            return self.owner[self.index(len(self.owner))]
        if self.key not in self.owner:
            raise self.missing()
        return self.owner[self.key]

    def put(self, value: Json) -> None:
        """Overwrite what exists; in an object also create."""
        if isinstance(self.owner, list):
            self.owner[self.index(len(self.owner))] = value
        else:
            self.owner[self.key] = value

    def remove(self) -> None:
        self.get()
        if isinstance(self.owner, list):
            self.owner.pop(int(self.key))
        else:
            del self.owner[self.key]


def _spot(document: Document, pointer: Json | None) -> _Spot:
    *parents, key = _steps(pointer)
    owner: Json = document
    for step in parents:
        if not isinstance(owner, dict | list):
            break
        owner = _Spot(owner, step, str(pointer)).get()
    if not isinstance(owner, dict | list):
        raise bad_request(f"Patch path '{pointer}' leads through a value that is no object or array.")
    return _Spot(owner, key, str(pointer))


def _insert(spot: _Spot, value: Json) -> None:
    if isinstance(spot.owner, list):
        at = len(spot.owner) if spot.key == "-" else spot.index(len(spot.owner) + 1)
        spot.owner.insert(at, value)
    else:
        spot.put(value)


def _add(document: Document, operation: Document) -> None:
    _insert(_spot(document, operation["path"]), operation["value"])


def _set(document: Document, operation: Document) -> None:
    spot = _spot(document, operation["path"])
    appends = isinstance(spot.owner, list) and spot.key in {"-", str(len(spot.owner))}
    (_insert if appends else _Spot.put)(spot, operation["value"])


def _replace(document: Document, operation: Document) -> None:
    spot = _spot(document, operation["path"])
    spot.get()
    spot.put(operation["value"])


def _remove(document: Document, operation: Document) -> None:
    _spot(document, operation["path"]).remove()


def _increment(document: Document, operation: Document) -> None:
    spot = _spot(document, operation["path"])
    absent = isinstance(spot.owner, dict) and spot.key not in spot.owner
    current, step = (0 if absent else spot.get()), operation["value"]
    if not _is_number(current) or not _is_number(step):
        raise bad_request(f"Patch incr at '{spot.path}' needs a number there and as its value.")
    total = double(current + step)  # type: ignore[operator,arg-type]  # both are numbers
    if isinstance(total, Undefined):
        raise bad_request(f"Patch incr at '{spot.path}' exceeds what a double can hold.")
    spot.put(total)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _move(document: Document, operation: Document) -> None:
    source = _spot(document, operation["from"])
    value = source.get()
    source.remove()
    _insert(_spot(document, operation["path"]), value)


_OPERATIONS: dict[str, Callable[[Document, Document], None]] = {
    "add": _add,
    "set": _set,
    "replace": _replace,
    "remove": _remove,
    "incr": _increment,
    "move": _move,
}
