"""What differs between two versions of a plan, as data from which the newer follows from the older.

Works on documents as they are on the wire. The version number is no difference: it names the document.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

import orjson
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from shared.schedules.planning.document import Part

type Json = dict[str, Any]

IGNORED = ("version", "days")


class FieldChange(Part):
    """A field at a JSON pointer, before and after; one that was not there, or is not there now, has no such
    entry."""

    pointer: str
    before: Any = None
    after: Any = None

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if name in self.model_fields_set}


class Placed(Part):
    """An item of a day and its index there."""

    at: int
    item: Json


class Moved(Part):
    """An item that changed, went elsewhere in the day, or both: indices in the older and the newer day."""

    from_: int = Field(alias="from")
    to: int
    fields: tuple[FieldChange, ...] = ()


class DayDiff(Part):
    """`day` counts from one. Items that are not named follow each other as before."""

    day: int
    date: str
    words: tuple[str, ...] = ()
    removed: tuple[Placed, ...] = ()
    added: tuple[Placed, ...] = ()
    moved: tuple[Moved, ...] = ()
    fields: tuple[FieldChange, ...] = ()


class PlanDiff(Part):
    """`fields` are those of the plan itself, whole days that came or went among them."""

    from_: int = Field(alias="from")
    to: int
    same: bool
    words: tuple[str, ...] = ()
    days: tuple[DayDiff, ...] = ()
    fields: tuple[FieldChange, ...] = ()


def differences(older: Json, newer: Json) -> PlanDiff:
    """How to come from one document to the other."""
    pairs = zip(older["days"], newer["days"], strict=False)
    days = tuple(_day(number, a, b) for number, (a, b) in enumerate(pairs, start=1) if not _same(a, b))
    fields = (*_fields(_without(older, IGNORED), _without(newer, IGNORED)), *_whole_days(older, newer))
    return PlanDiff(
        from_=older["version"], to=newer["version"], same=not days and not fields, days=days, fields=fields
    )


def applied(older: Json, diff: PlanDiff) -> Json:
    """The newer document."""
    made = deepcopy(older) | {"version": diff.to}
    for day in diff.days:
        made["days"][day.day - 1] = _day_applied(made["days"][day.day - 1], day)
    gone = [change for change in diff.fields if _is_day(change.pointer) and not _has_after(change)]
    made["days"] = made["days"][: len(made["days"]) - len(gone)]
    for change in diff.fields:
        if _is_day(change.pointer) and _has_after(change):
            made["days"].append(change.after)
        elif not _is_day(change.pointer):
            _set(made, change)
    return made


def _day(number: int, older: Json, newer: Json) -> DayDiff:
    before, after = older["items"], newer["items"]
    pairs = dict(_matched(before, after))
    kept = _in_step(before, after, pairs)
    return DayDiff(
        day=number,
        date=newer["date"],
        removed=tuple(Placed(at=n, item=i) for n, i in enumerate(before) if n not in pairs.values()),
        added=tuple(Placed(at=n, item=i) for n, i in enumerate(after) if n not in pairs),
        moved=tuple(
            Moved(from_=old, to=new, fields=tuple(_fields(before[old], after[new])))
            for new, old in pairs.items()
            if new not in kept
        ),
        fields=tuple(_fields(_without(older, ("items",)), _without(newer, ("items",)))),
    )


def _matched(before: Sequence[Json], after: Sequence[Json]) -> Iterator[tuple[int, int]]:
    """Pairs of indices, newer and older, of what is the same item: the nth of one identity is the nth."""
    waiting: dict[str, list[int]] = {}
    for n, item in enumerate(before):
        waiting.setdefault(_identity(item), []).append(n)
    for n, item in enumerate(after):
        if found := waiting.get(_identity(item)):
            yield n, found.pop(0)


def _identity(item: Json) -> str:
    place = item.get("place") or {}
    return f"{item['kind']} {place.get('id')} {item.get('meal')} {item.get('from')} {item.get('to')}"


def _in_step(before: Sequence[Json], after: Sequence[Json], pairs: Mapping[int, int]) -> set[int]:
    """Indices in the newer day of items that are unchanged and follow each other as before."""
    equal = {new: old for new, old in pairs.items() if _same(before[old], after[new])}
    olds, news = sorted(equal.values()), list(equal.values())
    blocks = SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks()
    in_step = {old for block in blocks for old in olds[block.a : block.a + block.size]}
    return {new for new, old in equal.items() if old in in_step}


def _day_applied(older: Json, diff: DayDiff) -> Json:
    items = older["items"]
    size = len(items) - len(diff.removed) + len(diff.added)
    slots: dict[int, Json] = {placed.at: placed.item for placed in diff.added}
    for moved in diff.moved:
        item = deepcopy(items[moved.from_])
        for change in moved.fields:
            _set(item, change)
        slots[moved.to] = item
    named = {placed.at for placed in diff.removed} | {moved.from_ for moved in diff.moved}
    rest = iter([item for n, item in enumerate(items) if n not in named])
    made: Json = older | {"items": [slots[n] if n in slots else next(rest) for n in range(size)]}
    for change in diff.fields:
        _set(made, change)
    return made


def _fields(before: Json, after: Json, pointer: str = "") -> Iterator[FieldChange]:
    """Objects are compared field by field, everything else as a whole."""
    for name in sorted({*before, *after}):
        where = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in after:
            yield FieldChange(pointer=where, before=before[name])
        elif name not in before:
            yield FieldChange(pointer=where, after=after[name])
        elif isinstance(before[name], dict) and isinstance(after[name], dict):
            yield from _fields(before[name], after[name], where)
        elif not _same(before[name], after[name]):
            yield FieldChange(pointer=where, before=before[name], after=after[name])


def _same(one: object, other: object) -> bool:
    """As JSON: 1 is not true, and 1.0 is not 1."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def _set(document: Json, change: FieldChange) -> None:
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in change.pointer.split("/")[1:])
    for part in path:
        document[part] = dict(document[part])
        document = document[part]
    if _has_after(change):
        document[last] = change.after
    else:
        del document[last]


def _whole_days(older: Json, newer: Json) -> Iterator[FieldChange]:
    a, b = older["days"], newer["days"]
    for number in range(len(b), len(a)):
        yield FieldChange(pointer=f"/days/{number}", before=a[number])
    for number in range(len(a), len(b)):
        yield FieldChange(pointer=f"/days/{number}", after=b[number])


def _is_day(pointer: str) -> bool:
    return pointer.startswith("/days/")


def _has_after(change: FieldChange) -> bool:
    return "after" in change.model_fields_set


def _without(document: Json, names: Sequence[str]) -> Json:
    return {name: value for name, value in document.items() if name not in names}
