"""Measurements as people read them, a table, and as programs do, JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from benchmarks.measurement import Bar, Measurement

VERDICTS = {True: "[green]✓[/]", False: "[bold red]✗[/]", None: ""}
EXACT_FROM = 100  # a number this large is shown without decimals


def of(found: Sequence[Measurement]) -> Table:
    """One line per measurement; a rule between rows of different names."""
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name in ("row", "measured"):
        table.add_column(name)
    for name in ("ours", "instead", "ratio", "bar", ""):
        table.add_column(name, justify="right")
    for line, following in zip(found, [*found[1:], None], strict=True):
        table.add_row(*_cells(line), end_section=following is None or following.row != line.row)
    return table


def document(found: Sequence[Measurement], machine: dict[str, Any]) -> dict[str, Any]:
    """All values unrounded, with the machine they come from."""
    rows = [asdict(line) | {"ratio": line.ratio, "met": line.met} for line in found]
    return {"machine": machine, "measurements": rows}


def _cells(line: Measurement) -> tuple[str, ...]:
    instead = f"{line.rival} {number(line.theirs)}" if line.theirs is not None else "–"
    ratio = f"{line.ratio:.2f} ×" if line.ratio is not None else "–"
    bars = ", ".join(bar_text(bar) for bar in line.bars) or "–"
    what = f"{line.what}, {line.unit}"
    return line.row, what, number(line.ours), instead, ratio, bars, VERDICTS[line.met]


def number(value: float) -> str:
    """Three significant digits or so: 1,234 and 12.3 and 0.123."""
    if abs(value) >= EXACT_FROM or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= EXACT_FROM / 10 else f"{value:.2f}"


def bar_text(bar: Bar) -> str:
    """A limit in a few characters."""
    return f"{bar.sense} {bar.limit:g}{' ×' if bar.on == 'ratio' else ''}"
