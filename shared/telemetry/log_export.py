"""Log lines on their way out: as they were made, that is masked, with the trace they belong to."""

import logging

from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider

OWN_TRAFFIC = ("opentelemetry", "azure.core", "azure.identity", "azure.monitor", "msal", "urllib3")
"""Who tells of exporting is not exported: a failure would feed itself."""

_SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}


class LogExport(logging.Handler):
    """Hands records to the SDK, which sends them in batches."""

    def __init__(self, loggers: LoggerProvider) -> None:
        super().__init__(logging.INFO)
        self._loggers = loggers

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OWN_TRAFFIC):
            return
        self._loggers.get_logger(record.name).emit(
            timestamp=int(record.created * 1e9),
            severity_number=_SEVERITIES.get(record.levelno, SeverityNumber.INFO),
            severity_text=record.levelname,
            body=record.getMessage(),
            attributes=_exception(record),
        )


def _exception(record: logging.LogRecord) -> dict[str, str]:
    """What was raised; the message is the last line of the masked stack trace."""
    if not record.exc_info or record.exc_info[0] is None or not record.exc_text:
        return {}
    return {
        "exception.type": record.exc_info[0].__name__,
        "exception.message": record.exc_text.splitlines()[-1],
        "exception.stacktrace": record.exc_text,
    }
