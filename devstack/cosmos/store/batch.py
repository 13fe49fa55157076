"""Batches: up to 100 operations, on one partition all of them or none, or in bulk each by itself."""

from dataclasses import dataclass

import orjson

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.store.container import Container
from devstack.cosmos.store.items import Item, Items
from devstack.cosmos.store.patch import patch_item
from devstack.cosmos.store.rules import partition_from_header
from devstack.cosmos.store.schema import transaction
from devstack.cosmos.values import Json

MAX_OPERATIONS = 100
OK, CREATED, NO_CONTENT, NOT_MODIFIED, FAILED_DEPENDENCY = 200, 201, 204, 304, 424


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one operation."""

    status: int
    item: Item | None = None


def execute(items: Items, container: Container, partition: str, operations: Json) -> list[Outcome]:
    """One outcome per operation; if one is refused nothing is stored and the others report 424."""
    wanted = _operations(operations)
    outcomes: list[Outcome] = []
    try:
        with transaction(items.connection):
            for operation in wanted:
                outcomes.append(_perform(items, container, partition, operation))  # noqa: PERF401
    except Refused as refusal:
        culprit = len(outcomes)
        return [Outcome(refusal.status if i == culprit else FAILED_DEPENDENCY) for i in range(len(wanted))]
    return outcomes


def execute_each(items: Items, container: Container, operations: Json) -> list[Outcome]:
    """One outcome per operation, which names its own `partitionKey`; one that is refused harms no other."""
    return [_perform_alone(items, container, operation) for operation in _operations(operations)]


def _perform_alone(items: Items, container: Container, operation: Json) -> Outcome:
    try:
        key = _header_of(operation, "partitionKey")
        if key is None:
            raise bad_request("An operation in bulk needs its 'partitionKey'.")
        partition = partition_from_header(key, container.key_paths)
        with transaction(items.connection):
            return _perform(items, container, partition, operation)
    except Refused as refusal:
        return Outcome(refusal.status)


def _operations(operations: Json) -> list[Json]:
    if not isinstance(operations, list) or not 0 < len(operations) <= MAX_OPERATIONS:
        raise bad_request(
            f"Batch request has more operations than what is supported: send 1 to {MAX_OPERATIONS}."
        )
    return operations


def _perform(items: Items, container: Container, partition: str, operation: Json) -> Outcome:
    condition = _header_of(operation, "ifMatch")
    match operation:
        case {"operationType": "Create", "resourceBody": dict(document)}:
            return Outcome(CREATED, items.create(container, partition, document))
        case {"operationType": "Upsert", "resourceBody": dict(document)}:
            item, created = items.upsert(container, partition, document, if_match=condition)
            return Outcome(CREATED if created else OK, item)
        case {"operationType": "Replace", "id": str(name), "resourceBody": dict(document)}:
            old = items.read(container, partition, name)
            return Outcome(OK, items.replace(container, old, document, if_match=condition))
        case {"operationType": "Patch", "id": str(name), "resourceBody": body}:
            old = items.read(container, partition, name)
            return Outcome(OK, patch_item(items, container, old, body, if_match=condition))
        case {"operationType": "Delete", "id": str(name)}:
            items.delete(container, partition, name, if_match=condition)
            return Outcome(NO_CONTENT)
        case {"operationType": "Read", "id": str(name)}:
            item = items.read(container, partition, name)
            return (
                Outcome(NOT_MODIFIED)
                if _header_of(operation, "ifNoneMatch") == item.etag
                else Outcome(OK, item)
            )
        case _:
            raise bad_request("The batch operation is unknown, or lacks its 'id' or 'resourceBody'.")


def _header_of(operation: Json, name: str) -> str | None:
    value = operation.get(name) if isinstance(operation, dict) else None
    return value if isinstance(value, str) else None


def as_json(outcomes: list[Outcome]) -> bytes:
    """The outcomes as the response body of a batch."""
    return orjson.dumps([_result(outcome) for outcome in outcomes])


def _result(outcome: Outcome) -> dict[str, object]:
    result: dict[str, object] = {"statusCode": outcome.status, "requestCharge": 1.0}
    if outcome.item is not None:
        result["eTag"] = outcome.item.etag
        result["resourceBody"] = orjson.Fragment(outcome.item.body)
    return result
