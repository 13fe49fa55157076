"""Reads a written plan back into the search's own terms: the frame and the tokens of each of its days."""

from dataclasses import replace

from shared.schedules.planning.document import Day, Item, Plan
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.stays import BENCH, DINNER, HOP, LUNCH, REST, VISIT, Token
from shared.schedules.planning.optimiser.words import minutes_of

_HIRED = ("public", "taxi")


def recall(instance: Instance, plan: Plan) -> list[list[Token]] | None:
    """The tokens of each day, its frame put as the plan has it; None when a place is not in the instance."""
    if len(plan.days) != len(instance.frames):
        return None
    days = []
    for index, day in enumerate(plan.days):
        frame = _as_lived(instance, instance.frames[index], day)
        instance.change(index, frame)
        tokens = _tokens(instance, frame, day)
        if tokens is None:
            return None
        days.append(tokens)
    return days


def _as_lived(instance: Instance, frame: Frame, day: Day) -> Frame:
    """An early start for a departure, and a car left at the lodging, show in the items."""
    legs = [item for item in day.items if item.kind == "leg"]
    stays = instance.by_car and any(leg.mode in _HIRED for leg in legs)
    start = minutes_of(day.items[0].start) if day.items else frame.earliest
    return replace(frame, earliest=min(frame.earliest, start), car_stays=frame.car_stays or stays)


def _tokens(instance: Instance, frame: Frame, day: Day) -> list[Token] | None:
    tokens: list[Token] = []
    at = 0
    for item in day.items:
        if item.kind == "leg":
            hops = [at + 1] if item.mode in ("intercity", "flight") else []
        elif item.kind == "free":
            continue
        else:
            found = _stay(instance, frame.chain[at:], item)
            if found is None:
                return None
            offset, token = found
            hops = list(range(at + 1, at + offset + 1))
            at += offset
            tokens += [Token(HOP, frame.chain[hop]) for hop in hops]
            tokens.append(token)
            continue
        tokens += [Token(HOP, frame.chain[hop]) for hop in hops]
        at += len(hops)
    return tokens + [Token(HOP, stop) for stop in frame.chain[at + 1 :]]


def _stay(instance: Instance, chain: tuple[int, ...], item: Item) -> tuple[int, Token] | None:
    """How many stops further on a stay is, and the stay."""
    if item.place is None:
        return 0, Token(REST, BENCH)
    role = {"visit": VISIT, "rest": REST}.get(item.kind, DINNER if item.meal == "dinner" else LUNCH)
    for offset, stop in enumerate(chain):
        for spot in instance.visits[stop] if role == VISIT else instance.tables[stop]:
            candidate = instance.spots[spot].candidate
            if candidate is not None and candidate.id == item.place.id:
                return offset, Token(role, spot)
    return None
