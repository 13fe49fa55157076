"""Log lines: each carries the fields of its context, and is masked when it is made, whoever writes it."""

import logging
from collections.abc import Callable

from shared.telemetry.context import fields, private
from shared.telemetry.masking import masked

CHATTY = ("azure", "httpx2", "openai", "googlemaps")
"""Libraries that narrate every frame: kept to warnings."""

_formatter = logging.Formatter()


class _Maker:
    """A record factory in front of the one that was there: no handler, present or later, sees more."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: object, **kwargs: object) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        known = private()
        record.msg, record.args = masked(_message(record) + _suffix(), known), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = masked(_formatter.formatException(record.exc_info), known)
        if record.stack_info:
            record.stack_info = masked(record.stack_info, known)
        return record


def configure() -> None:
    """Set up logging for the process; twice is once."""
    logging.captureWarnings(capture=True)
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Maker):
        logging.setLogRecordFactory(_Maker(make))
    for library in CHATTY:
        logging.getLogger(library).setLevel(logging.WARNING)


def set_level(level: str) -> None:
    """How much our own code tells."""
    logging.getLogger("shared").setLevel(level)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a line never breaks the work it tells of
        # Left alone, logging would print the arguments as they are.
        return f"{record.msg} (its arguments do not fit)"


def _suffix() -> str:
    told = " ".join(f"{key}={value}" for key, value in fields().items())
    return f" [{told}]" if told else ""
