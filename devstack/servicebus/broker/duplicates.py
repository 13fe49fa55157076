"""The history of message ids that duplicate detection compares with."""

from devstack.servicebus.broker.ordered import OrderedKeys


class DuplicateHistory:
    """Message ids seen within the window, which is in milliseconds and counts from the first sight."""

    def __init__(self, window: int) -> None:
        self.window = window
        self._ends: OrderedKeys[object] = OrderedKeys()

    def is_new(self, message_id: object, now: int) -> bool:
        """Whether the id was not seen within the window; remembers it if so."""
        for _ in self._ends.up_to(now):
            pass
        if message_id in self._ends:
            return False
        self._ends.add(message_id, now + self.window)
        return True

    def clear(self) -> None:
        """Forget all ids."""
        self._ends.clear()
