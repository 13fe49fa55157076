"""Sequence numbers in order, so that looking into a long queue reads what it shows and no more."""

from bisect import bisect_left, insort
from collections.abc import Iterator

_CHUNK = 1024  # numbers in a row; a queue of a million has a thousand rows


class SortedNumbers:
    """A set of integers in ascending order, kept in rows of bounded length; appending the largest is O(1)."""

    def __init__(self) -> None:
        self._rows: list[list[int]] = []
        self._lasts: list[int] = []  # the largest number of each row

    def add(self, number: int) -> None:
        """Put a number in that is not in yet."""
        if not self._rows or (number > self._lasts[-1] and len(self._rows[-1]) >= _CHUNK):
            self._rows.append([number])
            self._lasts.append(number)
            return
        at = min(bisect_left(self._lasts, number), len(self._rows) - 1)
        insort(self._rows[at], number)
        self._lasts[at] = self._rows[at][-1]
        if len(self._rows[at]) > 2 * _CHUNK:
            self._split(at)

    def remove(self, number: int) -> None:
        """Take a number out that is in."""
        at = bisect_left(self._lasts, number)
        row = self._rows[at]
        del row[bisect_left(row, number)]
        if row:
            self._lasts[at] = row[-1]
        else:
            del self._rows[at], self._lasts[at]

    def starting(self, first: int) -> Iterator[int]:
        """The numbers from `first` on, in order; the set must not change meanwhile."""
        at = bisect_left(self._lasts, first)
        for index in range(at, len(self._rows)):
            row = self._rows[index]
            yield from row[bisect_left(row, first) :] if index == at else row

    def clear(self) -> None:
        """Take everything out."""
        self._rows.clear()
        self._lasts.clear()

    def _split(self, at: int) -> None:
        row = self._rows[at]
        half = len(row) // 2
        self._rows[at : at + 1] = [row[:half], row[half:]]
        self._lasts[at : at + 1] = [row[half - 1], row[-1]]
