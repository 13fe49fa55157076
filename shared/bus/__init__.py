"""Service Bus: one kept sender per queue for the life of the process."""

from shared.bus.namespace import Namespace, place_of
from shared.bus.sender import Bus, Letter

__all__ = ["Bus", "Letter", "Namespace", "place_of"]
