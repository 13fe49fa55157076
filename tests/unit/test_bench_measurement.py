"""Percentiles, bars and the table of the benchmarks."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from benchmarks import journal, table
from benchmarks.measurement import Bar, BenchmarkError, Measurement, percentile

RATIO = Bar("≥", 1.0, "ratio")


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 15), (5, 15), (30, 20), (40, 20), (50, 35), (99, 50), (100, 50)]
)
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile([40, 15, 50, 20, 35], percent) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.001, 100))
def test_percentile_is_a_sample_that_so_many_do_not_exceed(samples: list[float], percent: float) -> None:
    found = percentile(samples, percent)
    assert found in samples
    assert sum(sample <= found for sample in samples) >= percent / 100 * len(samples) - 1e-9


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 50)


@pytest.mark.parametrize(
    ("bars", "theirs", "met"),
    [
        ((), 5.0, None),
        ((Bar("≤", 10.0),), None, True),
        ((Bar("≤", 9.9),), None, False),
        ((RATIO,), 10.0, True),
        ((RATIO,), 10.1, False),
        ((RATIO,), None, None),
        ((RATIO,), 0.0, None),
        ((Bar("≤", 9.9), RATIO), 5.0, False),
        ((Bar("≤", 10.0), RATIO), None, None),
    ],
)
def test_measurement_is_met_when_every_bar_is_and_unknown_without_its_rival(
    bars: tuple[Bar, ...],
    theirs: float | None,
    met: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    assert Measurement("row", "what", "ms", 10.0, bars, "rival", theirs).met is met


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (100.4, "100"), (35.44, "35.4"), (1.196, "1.20"), (6, "6")]
)
def test_number_shows_about_three_digits(value: float, shown: str) -> None:
    assert table.number(value) == shown


def test_table_has_both_values_their_ratio_and_every_bar() -> None:
    out = io.StringIO()
    bars = (Bar("≤", 8.0), Bar("≤", 1.0, "ratio"))
    lines = [
        Measurement("hop", "p50", "ms", 5.0, bars, "procrastinate", 4.0),
        Measurement("bus", "p50", "ms", 1.5),
    ]
    Console(file=out, width=120, no_color=True).print(table.of(lines))
    hop, bus = (line for line in out.getvalue().splitlines() if "p50" in line)
    assert [cell.strip() for cell in hop.split("│")] == [
        "hop", "p50, ms", "5", "procrastinate 4", "1.25 ×", "≤ 8, ≤ 1 ×", "✗"
    ]  # fmt: skip
    assert [cell.strip() for cell in bus.split("│")] == ["bus", "p50, ms", "1.50", "–", "–", "–", ""]


def test_document_is_json_with_ratio_and_verdict() -> None:
    lines = [Measurement("api", "reads", "per s", 300.0, (RATIO,), "FastAPI", 200.0)]
    document = json.loads(json.dumps(table.document(lines, {"cores": 2})))
    assert document["machine"] == {"cores": 2}
    assert document["measurements"][0]["ratio"] == 1.5
    assert document["measurements"][0]["met"] is True


def test_journal_keeps_the_first_delivery_and_only_what_is_expected(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    written = journal.Journal(file)
    for number, nanoseconds in [(7, 9_000_000), (1, 2_000_000), (1, 8_000_000), (2, 3_000_000)]:
        written.note(number, nanoseconds)
    assert journal.read(file, range(1, 3), within_s=1) == [2.0, 3.0]


def test_journal_with_a_message_missing_says_how_many(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="2 of 2 messages never arrived"):
        journal.read(tmp_path / "nothing", range(2), within_s=0)
