"""`python -m shared.messaging docs/messages` publishes the JSON Schema of every message contract."""

import sys
from pathlib import Path

import orjson

from shared.messaging.contracts import CONTRACTS, Message, schema

USAGE = "Usage: python -m shared.messaging FOLDER (the published schemas are in docs/messages)\n"


def file_name(model: type[Message]) -> str:
    """`<Type>.v<version>.json`."""
    return f"{model.__name__}.v{model.model_fields['version'].default}.json"


def published(model: type[Message]) -> bytes:
    """The schema as it stands in its file."""
    return orjson.dumps(schema(model), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(arguments: list[str]) -> int:
    """Write all schemas into the folder; 2 when no folder is named."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write(USAGE)
        return 2
    for model in CONTRACTS:
        (Path(arguments[0]) / file_name(model)).write_bytes(published(model))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
