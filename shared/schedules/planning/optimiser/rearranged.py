"""The neighbours of a sequence of stays: the same ones in another order."""

from collections.abc import Iterator

from shared.schedules.planning.optimiser.stays import Token


def rearranged(tokens: list[Token]) -> Iterator[list[Token]]:
    """Every sequence with one token moved, then every one with a stretch of three or more turned round."""
    size = len(tokens)
    for at in range(size):
        rest = tokens[:at] + tokens[at + 1 :]
        for to in range(size):
            if to != at:
                yield [*rest[:to], tokens[at], *rest[to:]]
    for first in range(size):
        for last in range(first + 3, size + 1):
            yield tokens[:first] + tokens[first:last][::-1] + tokens[last:]
