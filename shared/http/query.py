"""Read the query string as a model: every parameter named, typed, and known."""

import azure.functions as func
from pydantic import BaseModel, ValidationError

from shared.errors import FieldError, InvalidRequest

LONGEST = 1_024


def read_query[M: BaseModel](req: func.HttpRequest, model: type[M]) -> M:
    """The query as `model`; `InvalidRequest` names every parameter that is wrong, missing or unknown.

    A parameter without a value was not given: the Functions host drops it too.
    """
    given = {name: text for name, text in req.params.items() if text}
    unreadable = [name for name, text in given.items() if len(text) > LONGEST or not text.isprintable()]
    if unreadable:
        raise _refused([(name, f"At most {LONGEST} printable characters.") for name in unreadable])
    try:
        return model.model_validate_strings(given, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        known = ", ".join(field.alias or name for name, field in model.model_fields.items())
        raise _refused(
            [(str((*p["loc"], "query")[0]), _fix(p["type"], p["msg"], known)) for p in problems]
        ) from error


def _refused(problems: list[tuple[str, str]]) -> InvalidRequest:
    errors = [FieldError(name[:LONGEST], fix) for name, fix in problems]
    return InvalidRequest(f"{errors[0].pointer[:64]}: {errors[0].detail}", errors=errors)


def _fix(kind: str, message: str, known: str) -> str:
    if kind == "extra_forbidden":
        return f"This parameter is not known here. There are {known}."
    if kind == "missing":
        return "This parameter is required."
    return message.removeprefix("Value error, ")
