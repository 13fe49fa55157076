"""What the service accepts as an item: the id, the ttl, the size and the partition key."""

import orjson

from devstack.cosmos.errors import bad_request, too_large
from devstack.cosmos.values import UNDEFINED, Document, Json, Undefined, Value

MAX_ID_BYTES = 1023
MAX_PARTITION_KEY_BYTES = 2048
MAX_ITEM_BYTES = 2 * 1024 * 1024
MAX_TTL_SECONDS = 2**31 - 1
MAX_NESTING = 128
_FORBIDDEN_IN_ID = frozenset("/\\?#")

SYSTEM_PROPERTIES = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts"})


def check_id(value: Json | None) -> str:
    """The id, or 400: a string of 1 to 1,023 bytes without / \\ ? # and without a space at its end."""
    if not isinstance(value, str) or not value:
        raise bad_request("The required property 'id' is missing: it must be a string that is not empty.")
    if len(value.encode()) > MAX_ID_BYTES:
        raise bad_request(f"The 'id' is longer than {MAX_ID_BYTES} bytes.")
    if _FORBIDDEN_IN_ID & set(value) or value.endswith((" ", "\n")):
        raise bad_request(f"The 'id' {value!r} holds one of / \\ ? # or ends with a space: take them out.")
    return value


def check_ttl(document: Document) -> int | None:
    """The item's own ttl in seconds, -1 for never, None if it has none; 400 for anything else."""
    ttl = document.get("ttl")
    if ttl is None:
        return None
    if type(ttl) is int and (ttl == -1 or 0 < ttl <= MAX_TTL_SECONDS):
        return ttl
    raise bad_request(
        f"The input ttl {ttl!r} is invalid: give a positive number of seconds, or -1 for never."
    )


def check_size(size: int) -> None:
    """413 for an item over 2 MB of UTF-8 JSON."""
    if size > MAX_ITEM_BYTES:
        raise too_large(
            f"Request size is too large: the item has {size} bytes, the limit is {MAX_ITEM_BYTES}."
        )


def check_nesting(value: Json, limit: int = MAX_NESTING) -> None:
    """400 for objects and arrays inside each other beyond the limit."""
    level, depth = [value], 0
    while level:
        if depth > limit:
            raise bad_request(f"The JSON is nested deeper than {limit} levels.")
        inner = (
            member.values() if isinstance(member, dict) else member
            for member in level
            if isinstance(member, dict | list)
        )
        level, depth = [element for members in inner for element in members], depth + 1


def value_at(document: Document, path: tuple[str, ...]) -> Value:
    """The value at a property path, or undefined."""
    value: Value = document
    for name in path:
        if not isinstance(value, dict):
            return UNDEFINED
        value = value.get(name, UNDEFINED)
    return value


def partition_of(document: Document, key_paths: tuple[tuple[str, ...], ...]) -> str:
    """The logical partition that the document belongs to."""
    return partition_key([value_at(document, path) for path in key_paths])


def partition_from_header(header: str, key_paths: tuple[tuple[str, ...], ...]) -> str:
    """The logical partition named by `x-ms-documentdb-partitionkey`: a JSON array with a value per path.

    `{}` stands for an absent property, and so does an empty array.
    """
    try:
        values = orjson.loads(header)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"Partition key {header} is invalid: it must be a JSON array.") from error
    if not isinstance(values, list) or len(values) not in {0, len(key_paths)}:
        raise bad_request(
            f"Partition key {header} is invalid: the container's key has {len(key_paths)} path(s)."
        )
    components = values or [{}] * len(key_paths)
    return partition_key([UNDEFINED if component == {} else component for component in components])


def partition_key(components: list[Value]) -> str:
    """The canonical text of a partition key: equal numbers are one key, whether written 1 or 1.0."""
    text = orjson.dumps([_canonical(component) for component in components])
    if len(text) > MAX_PARTITION_KEY_BYTES:
        raise bad_request(f"The partition key is longer than {MAX_PARTITION_KEY_BYTES} bytes.")
    return text.decode()


def _canonical(component: Value) -> Json:
    match component:
        case Undefined():
            return {}
        case bool() | str() | None:
            return component
        case int() | float():
            return float(component) + 0.0  # -0.0 is 0.0
        case _:
            raise bad_request("A partition key value must be a string, number, boolean or null.")
