"""Keys in the order of a number: due times, lock ends, sequence numbers; the smallest comes first."""

import heapq
from collections.abc import Hashable, Iterator

_SLACK = 64  # stale entries that are not worth a rebuild


class OrderedKeys[K: Hashable]:
    """A set of keys, each with a rank; O(log n) to add and to take the first, O(1) to discard.

    Discarded keys stay in the heap until they surface or outnumber the living: memory follows the living.
    """

    def __init__(self) -> None:
        self._living: dict[K, int] = {}  # the number of each key's valid heap entry
        self._heap: list[tuple[int, int, K]] = []  # rank, number, key; keys need not be comparable
        self._added = 0

    def __len__(self) -> int:
        return len(self._living)

    def __contains__(self, key: K) -> bool:
        return key in self._living

    def add(self, key: K, rank: int) -> None:
        """Add the key, or give it another rank."""
        self._added += 1
        self._living[key] = self._added
        heapq.heappush(self._heap, (rank, self._added, key))
        if len(self._heap) > 2 * len(self._living) + _SLACK:
            self._rebuild()

    def discard(self, key: K) -> None:
        """Take the key out, if it is in."""
        self._living.pop(key, None)

    def first_rank(self) -> int | None:
        """The smallest rank, or None when there is no key."""
        self._surface()
        return self._heap[0][0] if self._heap else None

    def pop(self) -> K:
        """Take the first key out; IndexError when there is none."""
        self._surface()
        _, _, key = heapq.heappop(self._heap)
        del self._living[key]
        return key

    def up_to(self, rank: int) -> Iterator[K]:
        """Take out, one by one, the keys whose rank is at most `rank`."""
        while True:
            first = self.first_rank()
            if first is None or first > rank:
                return
            yield self.pop()

    def clear(self) -> None:
        """Take everything out."""
        self._living.clear()
        self._heap.clear()

    def _surface(self) -> None:
        heap = self._heap
        while heap and self._living.get(heap[0][2]) != heap[0][1]:
            heapq.heappop(heap)

    def _rebuild(self) -> None:
        self._heap = [entry for entry in self._heap if self._living.get(entry[2]) == entry[1]]
        heapq.heapify(self._heap)
