"""What a handler writes that was there before, or came after, log lines were set up to be masked."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shared.telemetry import logs


@contextmanager
def log_lines(name: str) -> Iterator[io.StringIO]:
    """Everything that a logger and those below it tell inside the block, masked as in a running process."""
    before, logger = logging.getLogRecordFactory(), logging.getLogger(name)
    level, stream = logger.level, io.StringIO()
    handler = logging.StreamHandler(stream)
    logs.configure()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
        logging.setLogRecordFactory(before)
