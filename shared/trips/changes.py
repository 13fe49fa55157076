"""Changes that name some fields: what is left out stays, and some fields cannot be emptied."""

from collections.abc import Collection
from typing import Any

from pydantic.alias_generators import to_camel

from shared.errors import FieldError, InvalidRequest
from shared.trips.model import Wire


def sent(change: Wire, *, never_empty: Collection[str]) -> dict[str, Any]:
    """The fields that were sent; `InvalidRequest` for null in one that is `never_empty`."""
    fields = {name: value for name, value in change if name in change.model_fields_set}
    fix = "This field cannot be emptied. Leave it out to keep it."
    emptied = [name for name in never_empty if name in fields and fields[name] is None]
    if emptied:
        raise InvalidRequest(fix, errors=[FieldError(f"/{to_camel(name)}", fix) for name in emptied])
    return fields
