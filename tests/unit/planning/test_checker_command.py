"""The checker's command reads a plan file, prints a report a person can act on, and answers by exit code."""

import json
from pathlib import Path

import jsonschema
import pytest

from shared.schedules.planning.checker.__main__ import main
from shared.schedules.planning.document import Plan
from tests.unit.planning.checker_plans import TRIPS

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "plan.schema.json"


def written(folder: Path, doc: object) -> str:
    path = folder / "plan.json"
    path.write_text(json.dumps(doc))
    return str(path)


def test_good_plan_exits_0_and_lists_every_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, TRIPS["family"]())]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 27
    assert lines[-1] == "25 of 25 checks pass."


def test_failed_check_exits_1_and_says_where_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doc = TRIPS["family"]()
    doc["unmet"] = []
    assert main([written(tmp_path, doc)]) == 1
    out = capsys.readouterr().out
    assert "must-see     FAILED (1)\n    /request/mustSee/1  “a castle” is neither" in out


def test_json_report_is_that_of_the_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doc = TRIPS["family"]()
    assert main([written(tmp_path, doc), "--json"]) == 0
    doc["report"] = json.loads(capsys.readouterr().out)
    assert len(doc["report"]) == 25
    jsonschema.validate(doc, json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("{}", "/tripId: Field required"),
        (
            json.dumps({**TRIPS["family"](), "version": 0}),
            "/version: Input should be greater than or equal to 1",
        ),
    ],
)
def test_unreadable_plan_exits_2_and_names_the_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    assert main([str(path)]) == 2
    assert words in capsys.readouterr().err


def test_missing_file_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize("trip", TRIPS)
def test_document_as_the_models_write_it_keeps_the_published_schema(trip: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    doc = TRIPS[trip]()
    validator.validate(doc)
    validator.validate(Plan.model_validate(doc).model_dump(mode="json", by_alias=True))
