"""Read typed requests: bodies, ids, choices in the query, idempotency keys."""

import hashlib
import re
from uuid import UUID

import azure.functions as func
from pydantic import BaseModel, ValidationError

from shared.db import Replay
from shared.errors import FieldError, InvalidRequest, MalformedRequest, NotFound, TooLarge

MAX_BODY = 65_536
MAX_PARAMETER = 256
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def read_body[M: BaseModel](req: func.HttpRequest, model: type[M]) -> M:
    """The body as `model`; `InvalidRequest` names every wrong field by its JSON pointer.

    Strict: "7", 7.0 and true are no whole numbers, and a field has its wire name only.
    """
    body = req.get_body()
    if not body:
        raise MalformedRequest("The body is empty. Send JSON, with its Content-Length.")
    if len(body) > MAX_BODY:
        raise TooLarge(f"A request body is at most {MAX_BODY} bytes, this one has {len(body)}.")
    try:
        return model.model_validate_json(body, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _refusal(error) from error


def read_picture(req: func.HttpRequest, *, most_bytes: int) -> bytes:
    """The body of a picture upload; what is in it is for others to judge."""
    body = req.get_body()
    if not body:
        raise MalformedRequest("The body is empty. Send a JPEG or PNG, with its Content-Length.")
    if len(body) > most_bytes:
        raise TooLarge(f"A picture has at most {most_bytes} bytes, this one has {len(body)}.")
    return body


def read_id(req: func.HttpRequest, name: str) -> UUID:
    """The id in the route; one that is no UUID cannot name anything, so it is a 404."""
    try:
        return UUID(req.route_params[name])
    except ValueError as error:
        raise NotFound(f"No {name.removesuffix('_id')} has the id in this address.") from error


def read_ordinal(req: func.HttpRequest, name: str) -> int:
    """The number in the route, from one; anything else names nothing, so it is a 404."""
    text = req.route_params[name]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise NotFound(f"A {name} is a number from 1.")
    return int(text)


def read_choice[N: str](req: func.HttpRequest, names: tuple[N, ...]) -> tuple[N, str]:
    """The one of several query parameters that was given, and its value."""
    given = [(name, req.params[name]) for name in names if req.params.get(name)]
    if len(given) != 1:
        raise InvalidRequest(f"Give one of {' or '.join(names)} in the query, for example ?{names[0]}=…")
    name, value = given[0]
    if len(value) > MAX_PARAMETER or not value.isprintable():
        fix = f"{name} has at most {MAX_PARAMETER} printable characters."
        raise InvalidRequest(fix, errors=[FieldError(name, fix)])
    return name, value


def read_replay(req: func.HttpRequest, *, owner: UUID) -> Replay | None:
    """The client's Idempotency-Key with a digest of this request, or None when it sent none."""
    key = req.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise MalformedRequest("Idempotency-Key is 1 to 128 visible ASCII characters, for example a UUID.")
    path = req.url.partition("?")[0].split("/api/", 1)[-1]
    digest = hashlib.sha256(f"{req.method} {path}\n".encode() + req.get_body()).hexdigest()
    return Replay(owner=owner, key=key, digest=digest)


def _refusal(error: ValidationError) -> InvalidRequest | MalformedRequest:
    problems = error.errors(include_url=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return MalformedRequest(f"The body is not JSON: {problems[0]['msg']}.")
    errors = [
        FieldError("".join(f"/{_escaped(part)}" for part in p["loc"]), _fix(p["type"], p["msg"]))
        for p in problems
    ]
    first = errors[0]
    return InvalidRequest(f"{first.pointer or 'The body'}: {first.detail}", errors=errors)


def _escaped(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _fix(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "This field is not known here. Remove it."
    if kind == "missing":
        return "This field is required."
    return message.removeprefix("Value error, ")
