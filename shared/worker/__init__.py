"""The queue edge: everything a worker blueprint needs, nothing a service may use."""

from shared.worker.edge import consume, read_message
from shared.worker.retry import retry_later

__all__ = ["consume", "read_message", "retry_later"]
