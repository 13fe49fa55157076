"""A plan as people like to read it: one table a day, one line a stop, the way to the next one between."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

type Json = dict[str, Any]

MARKS = {"visit": "●", "meal": "◆", "rest": "○", "leg": "│", "free": " "}
BY = {
    "walk": "on foot",
    "public": "by public transport",
    "car": "by car",
    "taxi": "by taxi",
    "intercity": "by long-distance train",
    "flight": "by plane",
}
STYLES = {"visit": "bold", "meal": "bold yellow", "rest": "green", "leg": "dim", "free": "dim"}
KILOMETRE = 1000


def of(plan: Json) -> RenderableType:
    """The whole timetable."""
    return Group(*(_day(day, number) for number, day in enumerate(plan["days"], start=1)))


def report(plan: Json) -> RenderableType:
    """The checker's verdict: what passed in one line, what did not with its reason."""
    passed = [entry["code"] for entry in plan["report"] if entry["ok"]]
    failed = [entry for entry in plan["report"] if not entry["ok"]]
    lines: list[RenderableType] = [
        Text.assemble(
            (f"✓ {len(passed)} of {len(plan['report'])} checks passed: ", "bold green"), ", ".join(passed)
        )
    ]
    for entry in failed:
        lines.append(Text.assemble((f"! {entry['code']}: ", "bold red"), entry.get("waiver") or ""))
        lines += [Text(f"    {f['where']}  {f['message']}", style="dim") for f in entry["findings"]]
    for unmet in plan.get("unmet", []):
        lines.append(Text.assemble(("? wish: ", "bold magenta"), f"“{unmet['wish']}”: {unmet['reason']}"))
        lines += [Text(f"    {change}", style="dim") for change in unmet.get("relaxations", [])]
    return Panel(Group(*lines), title="The checker's report", title_align="left", border_style="dim")


def _day(day: Json, number: int) -> RenderableType:
    when = f"{date.fromisoformat(day['date']):%A, %-d %B %Y}"
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=11, no_wrap=True)
    table.add_column(width=1)
    table.add_column(ratio=1)
    for item in day["items"]:
        table.add_row(*_row(item, day))
    return Panel(
        Group(*_heading(day), table, *_totals(day)),
        title=f"[bold]Day {number} · {when} · {day['destination']}[/]",
        title_align="left",
        border_style="cyan",
        padding=(0, 1),
    )


def _heading(day: Json) -> Iterator[RenderableType]:
    weather = day.get("weather")
    if weather:
        degrees = f"{round(weather['minC'])} to {round(weather['maxC'])} °C"
        source = "" if weather["source"] == "forecast" else " (usual for the season)"
        text = f"{weather['summary']} · {degrees} · rain {round(weather['rainProbability'])} %{source}"
        yield Text(text, style="blue")
        for slot in weather.get("badSlots", []):
            yield Text(f"  {slot['from']}–{slot['to']}: {slot['reason']}", style="blue")
    yield Text(f"from {day['start']['name']} to {day['end']['name']}", style="dim")


def _row(item: Json, day: Json) -> tuple[Text, Text, RenderableType]:
    style = STYLES[item["kind"]]
    if item["kind"] == "leg":
        return Text(""), Text(MARKS["leg"], style=style), Text(_leg(item, day), style=style)
    time = Text(f"{item['start']}–{item['end']}", style=style)
    return time, Text(MARKS[item["kind"]], style=style), _stop(item, style)


def _stop(item: Json, style: str) -> RenderableType:
    place = item.get("place")
    label = {"meal": (item.get("meal") or "meal").capitalize() + ": ", "rest": "Rest: ", "free": "Free time"}
    name = place["name"] if place else {"rest": "take a seat", "free": ""}.get(item["kind"], "")
    lines = [Text(label.get(item["kind"], "") + name, style=style)]
    facts = [item["why"]] if item.get("why") else []
    if place and place.get("hoursToday"):
        facts.append("open " + ", ".join(f"{a}–{b}" for a, b in place["hoursToday"]))
    if item.get("parking"):
        facts.append(f"car at {item['parking']['name']}, {item['parking']['walkMetres']} m away")
    if facts:
        lines.append(Text(" · ".join(facts), style="dim"))
    lines += [Text(f"⚠ {warning}", style="red") for warning in item.get("warnings") or []]
    return Group(*lines)


def _leg(leg: Json, day: Json) -> str:
    text = f"{leg['minutes']} min {BY[leg['mode']]}{_where(leg['to'], day)}, {_far(leg['metres'])}"
    if leg["mode"] != "walk" and leg["walkMetres"]:
        text += f", {_far(leg['walkMetres'])} of it on foot"
    return text


def _where(to: str, day: Json) -> str:
    """Said only where the next line does not say it: at the day's end, and between two ways."""
    if to == "end":
        return f" to {day['end']['name']}"
    stops = {item["place"]["id"] for item in day["items"] if item.get("place")}
    return "" if to in stops else f" to {to}"


def _far(metres: int) -> str:
    return f"{metres / KILOMETRE:.1f} km" if metres >= KILOMETRE else f"{metres} m"


def _totals(day: Json) -> Iterator[RenderableType]:
    totals = day.get("totals")
    if totals:
        text = (
            f"{totals['places']} places · {_far(totals['walkMetres'])} on foot"
            f" · {totals['travelMinutes']} min on the way"
        )
        if totals.get("cost"):
            text += f" · tickets {totals['cost']['amount']:.0f} {totals['cost']['currency']}"
        yield Text(text, style="cyan")
