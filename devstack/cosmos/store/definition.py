"""The shape of the parts of a container's definition that the emulator reads."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, ValidationError
from pydantic.alias_generators import to_camel

from devstack.cosmos.errors import bad_request
from devstack.cosmos.store.rules import MAX_TTL_SECONDS
from devstack.cosmos.values import Document


def _checked_path(path: str) -> str:
    if not path.startswith("/") or path == "/":
        raise ValueError("a property path must start with '/' and name a property, such as /tripId")
    return path


type PathText = Annotated[str, AfterValidator(_checked_path)]
type Paths = Annotated[list[PathText], Field(min_length=1, max_length=16)]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _PartitionKey(_Part):
    paths: Annotated[list[PathText], Field(min_length=1, max_length=3)]
    kind: Literal["Hash", "MultiHash"] = "Hash"
    version: Literal[1, 2] = 2


class _UniqueKey(_Part):
    paths: Paths


class _UniqueKeyPolicy(_Part):
    unique_keys: list[_UniqueKey] = []


class _CompositePath(_Part):
    path: PathText
    order: Literal["ascending", "descending"] = "ascending"


class _IndexingPolicy(_Part):
    composite_indexes: list[list[_CompositePath]] = []


class _Definition(_Part):
    partition_key: _PartitionKey
    default_ttl: Annotated[StrictInt, Field(ge=-1, le=MAX_TTL_SECONDS)] | None = None
    unique_key_policy: _UniqueKeyPolicy | None = None
    indexing_policy: _IndexingPolicy | None = None


def check_definition(definition: Document) -> None:
    """400 naming the first part of the definition that is wrong."""
    try:
        _Definition.model_validate(definition)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise bad_request(f"{place} of the container is wrong: {first['msg']}.") from error
    if definition.get("defaultTtl") == 0:
        raise bad_request("defaultTtl must be a positive number of seconds, or -1; leave it out for no TTL.")
