"""Reading a chat completion request: what it must hold, and what is refused."""

from collections.abc import Mapping
from typing import Any

from devstack.json_body import load_json
from devstack.openai.errors import Refused
from devstack.openai.schemas import check_sound, check_strict

ROLES = {"system", "developer", "user", "assistant", "tool", "function"}
FORMATS = {"text", "json_object", "json_schema"}
HOTTEST = 2.0


def read_request(body: bytes, deployment: str | None) -> dict[str, Any]:
    """The checked request; on Azure the deployment names the model. Raises Refused 400."""
    try:
        request = load_json(body)
    except ValueError as error:
        raise Refused(400, "We could not parse the JSON body of your request.") from error
    if not isinstance(request, dict):
        raise Refused(400, "We could not parse the JSON body of your request: it is not an object.")
    if deployment is not None:
        request["model"] = deployment
    if not isinstance(request.get("model"), str) or not request["model"]:
        raise Refused(400, "you must provide a model parameter")
    _check_messages(request.get("messages"))
    _check_options(request)
    _check_format(request.get("response_format"))
    return request


def _check_messages(messages: Any) -> None:
    if messages is None:
        raise _missing("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "Invalid 'messages': empty array.", param="messages", code="empty_array")
    for number, message in enumerate(messages):
        role = message.get("role") if isinstance(message, Mapping) else None
        if not isinstance(role, str) or role not in ROLES:
            where = f"messages[{number}].role"
            raise Refused(400, f"Invalid value: '{role}' at '{where}'.", param=where, code="invalid_value")
        if not _readable(message.get("content")):
            where = f"messages[{number}].content"
            raise Refused(400, f"Invalid type for '{where}'.", param=where, code="invalid_type")


def _readable(content: Any) -> bool:
    """Text, nothing, or a list of parts whose text, where they have one, is text."""
    if not isinstance(content, list):
        return content is None or isinstance(content, str)
    return all(isinstance(part, Mapping) and isinstance(part.get("text", ""), str) for part in content)


def _check_options(request: Mapping[str, Any]) -> None:
    if request.get("stream"):
        message = "Unsupported value: 'stream' does not support true with this model."
        raise Refused(400, message, param="stream", code="unsupported_value")
    temperature = _number(request, "temperature", float)
    if temperature is not None and not 0 <= temperature <= HOTTEST:
        kind, word = (
            ("decimal_above_max_value", "<= 2") if temperature > 0 else ("decimal_below_min_value", ">= 0")
        )
        message = f"Invalid 'temperature': Expected a value {word}, but got {temperature} instead."
        raise Refused(400, message, param="temperature", code=kind)
    limits = [_number(request, name, int) for name in ("max_tokens", "max_completion_tokens")]
    if None not in limits:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        raise Refused(400, message, code="invalid_parameter_combination")


def _number(request: Mapping[str, Any], name: str, kind: type[int] | type[float]) -> float | None:
    value = request.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | kind):
        wanted = "a decimal" if kind is float else "an integer"
        message = f"Invalid type for '{name}': expected {wanted}, but got {type(value).__name__} instead."
        raise Refused(400, message, param=name, code="invalid_type")
    return value


def _check_format(wanted: Any) -> None:
    if wanted is None:
        return
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    if not isinstance(kind, str) or kind not in FORMATS:
        message = f"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'."
        raise Refused(400, message, param="response_format.type", code="invalid_value")
    if kind == "json_schema":
        _check_schema(wanted.get("json_schema"))


def _check_schema(named: Any) -> None:
    if not isinstance(named, Mapping):
        raise _missing("response_format.json_schema")
    for key, kind in (("name", str), ("schema", Mapping)):
        if not isinstance(named.get(key), kind):
            raise _missing(f"response_format.json_schema.{key}")
    check_sound(named["name"], named["schema"])
    if named.get("strict"):
        check_strict(named["name"], named["schema"])


def _missing(param: str) -> Refused:
    message = f"Missing required parameter: '{param}'."
    return Refused(400, message, param=param, code="missing_required_parameter")
