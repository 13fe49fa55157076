"""The history of message ids that duplicate detection compares with."""

from devstack.servicebus.broker.journal import Journal
from devstack.servicebus.broker.ordered import OrderedKeys


class DuplicateHistory:
    """Message ids seen within the window, which is in milliseconds and counts from the first sight."""

    def __init__(self, window: int, journal: Journal) -> None:
        self.window = window
        self._journal = journal
        self._ends: OrderedKeys[object] = OrderedKeys()

    def is_new(self, message_id: object, now: int) -> bool:
        """Whether the id was not seen within the window; remembers it if so."""
        for ended in self._ends.up_to(now):
            self._journal.forget(ended)
        if message_id in self._ends:
            return False
        self._ends.add(message_id, now + self.window)
        self._journal.remember(message_id, now + self.window)
        return True

    def restore(self, message_id: object, until: int) -> None:
        """Take over an id that the journal remembers."""
        self._ends.add(message_id, until)

    def clear(self) -> None:
        """Forget all ids."""
        self._ends.clear()
