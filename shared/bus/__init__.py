"""Service Bus: one kept sender per queue for the life of the process."""

from shared.bus.sender import Bus, Letter

__all__ = ["Bus", "Letter"]
