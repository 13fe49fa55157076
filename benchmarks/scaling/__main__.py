"""`python -m benchmarks.scaling [FILE]` prints the candidates and writes the plot to out/scaling.svg.

FILE holds measured times, as `./tripgen bench work --json FILE` writes them; those of the repository
without one.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measurement import BenchmarkError
from benchmarks.scaling.choice import MEASURED, choose, outcomes, workers
from benchmarks.scaling.plot import svg
from benchmarks.scaling.rule import Outcome

OUT = Path("out/scaling.svg")


def main(arguments: list[str]) -> int:
    """0, or 1 when the measured times cannot be read."""
    console = Console(width=100)
    try:
        known = workers(Path(arguments[0]) if arguments else MEASURED)
    except (BenchmarkError, OSError, ValueError) as error:
        console.print(f"[red]{error}[/]")
        return 1
    for name, worker in known.items():
        rate = worker.parallel / worker.service_s
        console.print(f"{name}: {worker.service_s:.2f} s a message, {rate:.1f} messages a second and replica")
    found = {name: outcomes(worker) for name, worker in known.items()}
    for name, of in found.items():
        console.print(_table(name, of, chosen=choose(of)))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(svg(found))
    console.print(f"The plot is {OUT}.")
    return 0


def _table(name: str, of: dict[int, dict[str, Outcome]], *, chosen: int) -> Table:
    table = Table("messageCount", title=f"{name}: messageCount {chosen}", title_justify="left")
    for day in next(iter(of.values())):
        for column in ("drained s", "pod-s", "peak"):
            table.add_column(f"{day} {column}", justify="right")
    for candidate, days in of.items():
        cells = [str(n) for o in days.values() for n in (o.drained_s, o.pod_seconds, o.peak)]
        table.add_row(str(candidate), *cells, style="bold" if candidate == chosen else "")
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
