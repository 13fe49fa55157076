"""Time to drain a crowd against pod-seconds, a panel for each worker, as SVG."""

from collections.abc import Mapping

from benchmarks.scaling.choice import choose
from benchmarks.scaling.rule import Outcome

WIDTH, HEIGHT, MARGIN = 300, 220, 40


def svg(found: Mapping[str, Mapping[int, Mapping[str, Outcome]]]) -> str:
    """One dot per candidate; the chosen one is filled."""
    panels = [_panel(name, of, left=i * WIDTH) for i, (name, of) in enumerate(found.items())]
    size = f'width="{WIDTH * len(panels)}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="10">{"".join(panels)}</svg>\n'


def _panel(name: str, of: Mapping[int, Mapping[str, Outcome]], *, left: int) -> str:
    longest = max(o["crowd"].drained_s for o in of.values()) or 1
    most = max(o["crowd"].pod_seconds for o in of.values()) or 1
    chosen, parts = (
        choose(of),
        [f'<text x="{left + MARGIN}" y="16">{name}: crowd, s to drain by pod-s</text>'],
    )
    for candidate, days in of.items():
        x = left + MARGIN + days["crowd"].pod_seconds / most * (WIDTH - 2 * MARGIN)
        y = HEIGHT - MARGIN - days["crowd"].drained_s / longest * (HEIGHT - 2 * MARGIN)
        fill = "black" if candidate == chosen else "white"
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" stroke="black" fill="{fill}"/>')
        parts.append(f'<text x="{x + 6:.0f}" y="{y - 6:.0f}">{candidate}</text>')
    return "".join(parts)
