"""What a traveller does to one day: take out, put another place in, change the order, lock and unlock."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from shared.schedules.planning.document import Day, Item, ItemKind

STAYS: tuple[ItemKind, ...] = ("visit", "meal", "rest")


class Misfit(Exception):
    """A change that does not fit the day; `pointer` leads to its field (RFC 6901)."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer, self.detail = pointer, detail


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """Places by id; `replace` pairs a place of the day with the one to come in its stead.

    Taken in this order: unlock, remove, replace, order, lock.
    """

    remove: tuple[str, ...] = ()
    replace: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] | None = None
    lock: tuple[str, ...] = ()
    unlock: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether the day has to be timed anew."""
        return bool(self.remove or self.replace or self.order is not None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stay to come, with or without a time; a bench has no place. `was` is the item it stood for."""

    kind: ItemKind
    place_id: str | None
    was: Item
    locked: bool = False

    @property
    def is_new(self) -> bool:
        """Whether another place comes in the item's stead."""
        return self.was.place is None or self.was.place.id != self.place_id


def rearranged(day: Day, change: Rearrangement) -> list[Wanted]:
    """The stays of the day as changed, in their order; `Misfit` names the field that does not fit."""
    stays = [
        Wanted(item.kind, item.place.id if item.place else None, item, bool(item.locked))
        for item in day.items
        if item.kind in STAYS
    ]
    stays = _locked(stays, change.unlock, "unlock", locked=False)
    stays = _without(stays, change.remove)
    stays = _replaced(stays, change.replace)
    if change.order is not None:
        stays = _ordered(stays, change.order)
    return _locked(stays, change.lock, "lock", locked=True)


def with_locks(day: Day, stays: Sequence[Wanted]) -> Day:
    """The day with the locks of these stays, and nothing else changed."""
    wanted = {id(stay.was): stay.locked for stay in stays}
    items = [
        item.model_copy(update={"locked": True if wanted[id(item)] else None})
        if id(item) in wanted and bool(item.locked) != wanted[id(item)]
        else item
        for item in day.items
    ]
    return day.model_copy(update={"items": items})


def _locked(stays: list[Wanted], places: Sequence[str], field: str, *, locked: bool) -> list[Wanted]:
    for at, place in enumerate(places):
        _find(stays, place, f"/{field}/{at}", kinds=("visit",))
    return _changed(stays, {*places}, lambda stay: Wanted(stay.kind, stay.place_id, stay.was, locked))


def _without(stays: list[Wanted], places: Sequence[str]) -> list[Wanted]:
    for at, place in enumerate(places):
        _refuse_locked(_find(stays, place, f"/remove/{at}"), f"/remove/{at}")
    gone = {*places}
    return [stay for stay in stays if stay.kind == "rest" or stay.place_id not in gone]


def _replaced(stays: list[Wanted], pairs: Sequence[tuple[str, str]]) -> list[Wanted]:
    for at, (old, new) in enumerate(pairs):
        _refuse_locked(_find(stays, old, f"/replace/{at}/place"), f"/replace/{at}/place")
        if any(stay.place_id == new and stay.kind != "rest" for stay in stays):
            raise Misfit(f"/replace/{at}/with", f"{new} is on this day already.")
        stays = _changed(stays, {old}, _into(new))
    return stays


def _into(place: str) -> Callable[[Wanted], Wanted]:
    return lambda stay: Wanted(stay.kind, place, stay.was)


def _ordered(stays: list[Wanted], order: Sequence[str]) -> list[Wanted]:
    """The stays with their visits, or their visits and meals, in another order; the rest keep their slots."""
    by_place = {stay.place_id: stay for stay in stays if stay.kind != "rest"}
    visits = {stay.place_id for stay in stays if stay.kind == "visit"}
    if len({*order}) != len(order):
        raise Misfit("/order", "This names a place twice. Name each once.")
    for at, place in enumerate(order):
        if place not in by_place:
            raise Misfit(f"/order/{at}", f"{place} is not among the visits and meals of this day.")
    missing = ({*by_place} if {*order} - visits else visits) - {*order}
    if missing:
        names = ", ".join(sorted(str(place) for place in missing))
        raise Misfit("/order", f"Name every visit, or every visit and meal, of the day; missing: {names}.")
    coming = iter(order)
    return [
        by_place[next(coming)] if stay.kind != "rest" and stay.place_id in order else stay for stay in stays
    ]


def _changed(
    stays: list[Wanted], places: Collection[str], change: Callable[[Wanted], Wanted]
) -> list[Wanted]:
    return [change(stay) if stay.kind != "rest" and stay.place_id in places else stay for stay in stays]


def _find(
    stays: list[Wanted], place: str, pointer: str, kinds: Sequence[ItemKind] = ("visit", "meal")
) -> Wanted:
    for stay in stays:
        if stay.kind in kinds and stay.place_id == place:
            return stay
    raise Misfit(pointer, f"{place} is not among the {'s and '.join(kinds)}s of this day.")


def _refuse_locked(stay: Wanted, pointer: str) -> None:
    if stay.locked:
        name = stay.was.place.name if stay.was.place else "This"
        raise Misfit(pointer, f"“{name}” is locked. Unlock it in the same request to change it.")
