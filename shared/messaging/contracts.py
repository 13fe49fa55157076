"""Every message on the wire, versioned. Producers and consumers share these types only.

A message carries ids and little else (claim check): bodies stay under 8 KB and data is read from the stores.
The JSON Schema of each is published under `docs/messages/`.
"""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from shared.errors import Poison

MAX_BYTES = 8_192
ENVELOPE = ("type", "version")
"""Fields every body carries."""

type Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.,:_-]{0,63}$")]
type SearchCategory = Literal[
    "sightseeing",
    "culture",
    "nature",
    "shopping",
    "sports",
    "rest",
    "food",
    "cafe",
    "laundry",
    "parking",
    "transport",
]


class Message(BaseModel):
    """Frozen; a field nobody declared is refused, so that producers notice. No error repeats its input."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    queue: ClassVar[str]
    type: str
    version: int


class GenerateSchedule(Message):
    """Advance one schedule job by its next step."""

    queue: ClassVar[str] = "ai-schedule-generation"

    type: Literal["GenerateSchedule"] = "GenerateSchedule"
    version: Literal[1] = 1
    job_id: UUID


class SearchPlaces(Message):
    """Fill the store with the places of one category in one region; a job may wait for it.

    `region` names the partition the places are kept in; `lat`/`lng` are the centre to search around.
    """

    queue: ClassVar[str] = "location-search"

    type: Literal["SearchPlaces"] = "SearchPlaces"
    version: Literal[1] = 1
    region: Slug
    category: SearchCategory
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    zone: str = Field(max_length=64)
    job_id: UUID | None = None


class SearchNearby(Message):
    """Do one search of a traveller in the background; what is asked for stands in its row."""

    queue: ClassVar[str] = "location-search"

    type: Literal["SearchNearby"] = "SearchNearby"
    version: Literal[1] = 1
    search_id: UUID


class NotifyUser(Message):
    """Put one entry into a user's inbox; `subject` is the trip's name as the traveller wrote it."""

    queue: ClassVar[str] = "notification"

    type: Literal["NotifyUser"] = "NotifyUser"
    version: Literal[1] = 1
    notification_id: UUID
    user_id: UUID
    kind: Literal["schedule-ready", "schedule-failed"]
    trip_id: UUID
    subject: str = Field(max_length=256)


class EraseInbox(Message):
    """Empty the inbox of a user whose account is gone, and let nothing into it any more."""

    queue: ClassVar[str] = "notification"

    type: Literal["EraseInbox"] = "EraseInbox"
    version: Literal[1] = 1
    user_id: UUID


class ExportAccount(Message):
    """Gather a copy of an account for its owner; whose it is stands in its row."""

    queue: ClassVar[str] = "notification"

    type: Literal["ExportAccount"] = "ExportAccount"
    version: Literal[1] = 1
    export_id: UUID


CONTRACTS: tuple[type[Message], ...] = (
    GenerateSchedule,
    SearchPlaces,
    SearchNearby,
    NotifyUser,
    EraseInbox,
    ExportAccount,
)


def read[M: Message](body: bytes, model: type[M]) -> M:
    """The message in `body`; `Poison` with the reason when it does not match the contract."""
    if len(body) > MAX_BYTES:
        raise Poison(f"A {model.__name__} message is at most {MAX_BYTES} bytes, this one has {len(body)}.")
    try:
        message = model.model_validate_json(body, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"]) or "the body"
        raise Poison(f"Not a {model.__name__} message: {where}: {first['msg']}.") from error
    for name in ENVELOPE:
        if name not in message.model_fields_set:
            raise Poison(f"Not a {model.__name__} message: {name}: Field required.")
    return message


def contract_of[M: Message](body: bytes, models: Sequence[type[M]]) -> type[M]:
    """The contract of the type a body names; the first one when it names none, for `read` to say so."""
    try:
        named = orjson.loads(body)["type"] if len(body) <= MAX_BYTES else None
    except (ValueError, LookupError, TypeError):
        named = None
    return next((model for model in models if model.__name__ == named), models[0])


def schema(model: type[Message]) -> dict[str, Any]:
    """The JSON Schema (2020-12) a body of this message matches."""
    made = model.model_json_schema()
    for name, field in made["properties"].items():
        field.pop("title", None)
        if name in ENVELOPE:
            del field["default"]  # a producer in Python need not write it, the wire must have it
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tripgen:message:{model.__name__}:{model.model_fields['version'].default}",
        **made,
        "required": [*ENVELOPE, *made.get("required", ())],
    }
