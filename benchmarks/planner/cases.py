"""Published orienteering instances: with time windows, and as trips of seven days with hours by weekday.

The formats are those of KU Leuven (TOPTW) and of Gavalas and others (TTDP), explained beside the data.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from pathlib import Path
from random import Random

DEPOT = 0
TRIP_DAYS, PLACES_A_DAY, RESTAURANTS, MUST_SEES = 7, 5, 20, 3
LUNCH_START, LUNCH_MINUTES, MIDNIGHT = (690, 840), 60, 1439
TRAVEL_PRICE = Fraction(1, 10)
"""Points that a minute of travel costs on a trip."""

type Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A place to visit; times in ticks. `windows[day]` bind the start of the visit, None on a closed day."""

    duration: int
    score: int
    windows: Sequence[Window | None]
    is_restaurant: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An instance: `places[0]` is the depot, `travel` in ticks, of which a minute (or unit) has `ticks`.

    `most_places` limits the visits of a day; a restaurant is wanted each day if `lunches`. `best` is the best
    score that is known from the literature.
    """

    name: str
    ticks: int
    days: int
    places: Sequence[Place]
    travel: Sequence[Sequence[int]]
    opens: int
    closes: int
    most_places: int
    lunches: bool = False
    must: Sequence[int] = ()
    best: int | None = None

    @property
    def top_score(self) -> int:
        return max(place.score for place in self.places)


def toptw(folder: Path) -> list[Case]:
    """Every instance of a folder with every number of routes for which a best score is listed."""
    with (folder / "best_known.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        _toptw(folder / f"{row['instance']}.txt", int(row["m"]), int(row["best_known"]))
        for row in rows
        if (folder / f"{row['instance']}.txt").exists()
    ]


def trips(folder: Path) -> list[Case]:
    """Every instance of a folder as a trip of seven days with meals and must-sees."""
    return [_trip(path) for path in sorted(folder.glob("t[0-9]*.txt"))]


def _toptw(path: Path, routes: int, best: int) -> Case:
    ticks = 100 if path.stem.startswith("pr") else 10
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()][2:]
    places = []
    for row in rows:
        window = (_ticks(row[-2], ticks), _ticks(row[-1], ticks))
        places.append(Place(_ticks(row[3], ticks), int(Fraction(row[4])), [window] * routes))
    opens, closes = places[DEPOT].windows[0] or (0, 0)
    return Case(
        name=f"{path.stem}/{routes}",
        ticks=ticks,
        days=routes,
        places=places,
        travel=_travel(rows, ticks),
        opens=opens,
        closes=closes,
        most_places=len(places),
        best=best,
    )


def _trip(path: Path) -> Case:
    """Seven days: five places and one lunch a day, three must-sees; a visit ends before the place closes."""
    ticks = 100
    head, *rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    weekday, depot = int(head[2]), rows[0]
    opens, closes = _ticks(depot[5], ticks), _ticks(depot[6], ticks)
    tables = set(Random(0).sample(range(1, len(rows)), RESTAURANTS))  # noqa: S311 -- the same ones every time
    travel = _travel(rows, ticks)
    places = [Place(0, 0, [(opens, closes)] * TRIP_DAYS)]
    for number, row in enumerate(rows[1:], start=1):
        hours = (opens + travel[DEPOT][number], closes - travel[number][DEPOT])
        places.append(_table(hours) if number in tables else _sight(row, weekday, hours))
    often = [n for n, p in enumerate(places) if n and not p.is_restaurant and sum(map(bool, p.windows)) > 1]
    must = sorted(often, key=lambda number: (-places[number].score, number))[:MUST_SEES]
    return Case(
        name=path.stem,
        ticks=ticks,
        days=TRIP_DAYS,
        places=places,
        travel=travel,
        opens=opens,
        closes=closes,
        most_places=PLACES_A_DAY,
        lunches=True,
        must=must,
    )


def _table(hours: Window) -> Place:
    first, last = (moment * 100 for moment in LUNCH_START)
    window = _within(hours, (first, last + LUNCH_MINUTES * 100), LUNCH_MINUTES * 100)
    return Place(LUNCH_MINUTES * 100, 0, [window] * TRIP_DAYS, is_restaurant=True)


def _sight(row: Sequence[str], weekday: int, hours: Window) -> Place:
    duration, windows = _ticks(row[3], 100), list[Window | None]()
    for day in range(TRIP_DAYS):
        first, last = row[6 + (weekday + day) % 7 * 2 : 8 + (weekday + day) % 7 * 2]
        open_hours = (_ticks(first, 100), min(MIDNIGHT * 100, _ticks(last, 100)))
        windows.append(_within(hours, open_hours, duration))
    return Place(duration, int(Fraction(row[4])), windows)


def _within(hours: Window, open_hours: Window, duration: int) -> Window | None:
    """When a visit may start: reached from the depot, back there in time, and inside the opening hours."""
    first, last = max(hours[0], open_hours[0]), min(hours[1], open_hours[1]) - duration
    return (first, last) if first <= last else None


def _travel(rows: Sequence[Sequence[str]], ticks: int) -> list[list[int]]:
    """Euclidean distances rounded down to whole ticks, in exact numbers."""
    scale = 10**6
    points = [(int(Fraction(row[1]) * scale), int(Fraction(row[2]) * scale)) for row in rows]
    return [
        [isqrt(((ax - bx) ** 2 + (ay - by) ** 2) * ticks**2 // scale**2) for bx, by in points]
        for ax, ay in points
    ]


def _ticks(text: str, ticks: int) -> int:
    return int(Fraction(text) * ticks)
