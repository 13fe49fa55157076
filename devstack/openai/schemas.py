"""Structured outputs: what a strict schema must look like, and an instance that is valid against it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from devstack.openai.errors import Refused

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
FORMATS = {
    "date": "2026-06-01",
    "time": "10:00:00",
    "date-time": "2026-06-01T10:00:00Z",
    "email": "traveller@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "hostname": "example.com",
    "duration": "PT1H",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
}
INVENTED = "The Crystal Palace of Atlantis"
DEEPEST = 10  # levels of nesting a strict schema may have

type Schema = Mapping[str, Any]


def check_sound(name: str, schema: Schema) -> None:
    """Raise Refused 400 for what is no JSON Schema at all, or refers to parts it does not have."""
    try:
        Draft202012Validator.check_schema(schema)
        Instance(schema).make()
    except SchemaError as error:
        raise _bad(name, (), f"{error.message}.") from error
    except (KeyError, IndexError, TypeError) as error:
        raise _bad(name, (), "reference can only point to definitions defined in the schema.") from error


def check_strict(name: str, schema: Schema) -> None:
    """Raise Refused 400 unless the schema keeps the rules of strict mode.

    The root is an object, every object forbids additional properties and requires all of its own.
    """
    if not NAME.fullmatch(name):
        pattern = "^[a-zA-Z0-9_-]+$"
        raise Refused(
            400,
            f"Invalid 'response_format.json_schema.name': string does not match '{pattern}'.",
            param="response_format.json_schema.name",
            code="invalid_value",
        )
    if schema.get("type") != "object":
        kind = schema.get("type")
        raise _bad(name, (), f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'.")
    for path, part in _objects(schema, ()):
        _check_object(name, path, part)


def _check_object(name: str, path: tuple[str, ...], part: Schema) -> None:
    if part.get("additionalProperties") is not False:
        raise _bad(name, path, "'additionalProperties' is required to be supplied and to be false.")
    required = part.get("required", [])
    for key in part.get("properties", {}):
        if key not in required:
            must = (
                "'required' is required to be supplied and to be an array including every key in properties."
            )
            raise _bad(name, path, f"{must} Missing '{key}'.")


def _bad(name: str, path: tuple[str, ...], why: str) -> Refused:
    where = f"({', '.join(repr(step) for step in path)}{',' if len(path) == 1 else ''})"
    return Refused(
        400,
        f"Invalid schema for response_format '{name}': In context={where}, {why}",
        param="response_format",
    )


def _objects(part: Schema, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every object schema with the path that leads to it."""
    if part.get("type") == "object" or "properties" in part:
        yield path, part
    for keyword in ("properties", "$defs", "definitions"):
        for key, below in part.get(keyword, {}).items():
            yield from _objects(below, (*path, keyword, key))
    if isinstance(part.get("items"), Mapping):
        yield from _objects(part["items"], (*path, "items"))
    for number, below in enumerate(part.get("anyOf", ())):
        yield from _objects(below, (*path, "anyOf", str(number)))


@dataclass(frozen=True)
class Instance:
    """Makes values for a schema: as empty as it allows, or, `invent`ed, with names nobody asked for."""

    root: Schema
    invent: bool = False

    def make(self, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An instance of the root object; values in `known` are used where the schema allows them."""
        values = known or {}
        properties: Mapping[str, Schema] = self.root.get("properties", {})
        return {
            key: values[key] if key in values and self._valid(part, values[key]) else self.value(part)
            for key, part in properties.items()
        }

    def _valid(self, part: Schema, value: Any) -> bool:
        definitions = {key: self.root[key] for key in ("$defs", "definitions") if key in self.root}
        return bool(Draft202012Validator({**definitions, **part}).is_valid(value))

    def value(self, part: Schema, depth: int = 0) -> Any:
        """Any value valid against a part of the schema."""
        part = self._resolved(part)
        if "const" in part:
            return part["const"]
        if "enum" in part:
            return part["enum"][0]
        if "anyOf" in part:
            return self._of_any(part["anyOf"], depth)
        return self._of_type(part, depth)

    def _resolved(self, part: Schema) -> Schema:
        if "allOf" in part and len(part["allOf"]) == 1:
            part = part["allOf"][0]
        if "$ref" not in part:
            return part
        target: Any = self.root
        for step in part["$ref"].removeprefix("#").strip("/").split("/"):
            target = target[step] if step else target
        return self._resolved(target)

    def _of_any(self, options: list[Schema], depth: int) -> Any:
        """Nothing, when nothing is allowed: a model that knows no better should not make things up."""
        if any(option.get("type") == "null" for option in options):
            return None
        return self.value(options[0], depth)

    def _of_type(self, part: Schema, depth: int) -> Any:
        kind = part.get("type")
        if isinstance(kind, list):
            kind = "null" if "null" in kind else kind[0]
        makers: dict[Any, Callable[[], Any]] = {
            "object": lambda: {k: self.value(v, depth + 1) for k, v in part.get("properties", {}).items()},
            "array": lambda: self._items(part, depth),
            "string": lambda: self._text(part),
            "integer": lambda: int(_number(part)),
            "number": lambda: _number(part),
            "boolean": lambda: False,
            "null": lambda: None,
        }
        return makers[kind]() if kind in makers else None

    def _items(self, part: Schema, depth: int) -> list[Any]:
        count = self._length(part, depth)
        return [self.value(part["items"], depth + 1) for _ in range(count)]

    def _length(self, part: Schema, depth: int) -> int:
        least = int(part.get("minItems", 0))
        return max(least, 1) if self.invent and depth < DEEPEST and part.get("maxItems", 1) else least

    def _text(self, part: Schema) -> str:
        if "format" in part:
            return FORMATS.get(part["format"], "text")
        if "pattern" in part:
            return _matching(part["pattern"])
        text = INVENTED if self.invent else str(part.get("title") or part.get("description") or "text")
        return text[: part.get("maxLength")].ljust(int(part.get("minLength", 0)), ".")


def _number(part: Schema) -> float:
    step = part.get("multipleOf", 1)
    low = part.get("minimum", part.get("exclusiveMinimum"))
    if low is None:
        high = part.get("maximum", part.get("exclusiveMaximum", 1))
        return float(min(0, high - step))
    rounded = -(-low // step) * step
    return float(rounded + step if rounded == part.get("exclusiveMinimum") else rounded)


def _matching(pattern: str) -> str:
    """The first of a few common texts that a pattern accepts; dates, times, codes and words are covered."""
    samples = (
        "10:00",
        "2026-06-01",
        "EUR",
        "eur",
        "A1",
        "abc",
        "ABC",
        "a",
        "0",
        "00",
        "000000",
        "#000000",
        "",
    )
    return next((text for text in samples if re.search(pattern, text)), "")
