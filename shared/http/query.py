"""Read a query string as a model: the same that validates is the one that is published."""

from typing import Any

import azure.functions as func
from pydantic import BaseModel, ValidationError

from shared.errors import FieldError, InvalidRequest


def read_query[M: BaseModel](req: func.HttpRequest, model: type[M]) -> M:
    """The parameters as `model`; `InvalidRequest` names every wrong one. An empty one was not given."""
    given = {name: value for name, value in req.params.items() if value}
    try:
        return model.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        errors = [FieldError(str(p["loc"][0]), _fix(p)) for p in error.errors(include_url=False)]
        raise InvalidRequest(f"{errors[0].pointer}: {errors[0].detail}", errors=errors) from error


def _fix(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "This parameter is not known here. Remove it."
    return str(problem["msg"]).removeprefix("Value error, ")
