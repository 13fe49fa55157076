"""What a demo can be asked for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from devstack.demo.parties import PARTIES
from devstack.googlemaps.places import Catalogue, City, fold

LONGEST_DAYS = 14
EPILOG = """\
examples:
  ./tripgen demo
  ./tripgen demo --city salzburg --days 2 --party seniors
  ./tripgen demo --city munich,salzburg --days 5 --transport car
  ./tripgen demo --city seoul --wishes "must see Gyeongbokgung Palace, no shopping" --seed 7

The plan is printed as a timetable and written to out/plan.json and out/timetable.txt.
"""


@dataclass(frozen=True)
class Options:
    """One demo: `cities` in order, `days` calendar days in all."""

    cities: tuple[City, ...]
    days: int
    party: str
    transport: str
    start: date
    wishes: str | None
    seed: int
    out: Path
    fresh: bool

    def nights(self) -> list[int]:
        """Nights per city: as even as they come, the first cities get one more; the last sleeps if any do."""
        nights, count = self.days - 1, len(self.cities)
        return [nights // count + (index < nights % count) for index in range(count)]


def read(argv: Sequence[str], catalogue: Catalogue) -> Options:
    """Parse the command line; ends the process with a message that names the fix when it is wrong."""
    names = ", ".join(sorted(city.id for city in catalogue.cities))
    parser = _parser(names)
    given = parser.parse_args(argv)
    cities = tuple(_city(name, catalogue, parser, names) for name in given.city.split(","))
    if not 1 <= given.days <= LONGEST_DAYS:
        parser.error(f"--days is 1 to {LONGEST_DAYS}, not {given.days}")
    if given.days - 1 < len(cities) - 1:
        parser.error(f"{len(cities)} cities need at least {len(cities)} days: add --days {len(cities)}")
    return Options(
        cities=cities,
        days=given.days,
        party=given.party,
        transport=given.transport,
        start=given.start,
        wishes=given.wishes,
        seed=given.seed,
        out=given.out,
        fresh=given.fresh,
    )


def _parser(names: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./tripgen demo",
        description="Plan one trip end to end: sign up, describe it, watch it being planned, read it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--city", default="munich", help=f"one or more, joined by commas, of: {names}")
    parser.add_argument("--days", type=int, default=3, help=f"calendar days, 1 to {LONGEST_DAYS} (default 3)")
    parser.add_argument("--party", choices=sorted(PARTIES), default="family", help="who travels")
    parser.add_argument("--transport", choices=("public", "car"), default="public")
    parser.add_argument(
        "--start",
        type=date.fromisoformat,
        default=date.today() + timedelta(days=2),  # noqa: DTZ011 - the traveller's own calendar
        help="first day as YYYY-MM-DD (default: in two days, within the weather forecast)",
    )
    parser.add_argument("--wishes", help="special requests in your own words, read by the language model")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plan (default 1)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the files go (default out/)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier demos looked up")
    return parser


def _city(name: str, catalogue: Catalogue, parser: argparse.ArgumentParser, names: str) -> City:
    wanted = fold(name)
    known = (city for city in catalogue.cities if wanted in map(fold, (city.id, *city.names)))
    found = next(known, None)
    if found is None:
        parser.error(f"the catalogue does not have {name.strip()!r}; it has {names}")
    return found
