"""The main job: a traveller asks for a plan and gets one that works."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest

from tests.acceptance.traveller import Json, Traveller, completed_once, member, stop
from tests.launch import ROOT

SCHEMA = json.loads((ROOT / "docs/plan.schema.json").read_text())
SOON = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - within the weather forecast
PARTIES = {
    "couple": [member(), member(age=45, health="excellent", preferences=["nature", "sports"])],
    "family": [member(), member(age=4)],
    "seniors": [member(age=78, health="limited"), member(age=76, health="caution")],
}


def check(plan: Json, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the checker, as a program of its own, says of a plan document."""
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    command = [sys.executable, "-m", "shared.schedules.planning.checker", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def placed(plan: Json) -> list[Json]:
    return [item for day in plan["days"] for item in day["items"] if item.get("place")]


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize(
    ("route", "transport"),
    [
        ([stop("Munich", 2)], "public"),
        ([stop("Salzburg", 0)], "public"),
        ([stop("Munich", 1), stop("Salzburg", 2)], "public"),
        ([stop("Seoul", 1)], "public"),
        ([stop("Salzburg", 1), stop("Munich", 1)], "car"),
        ([stop("Munich", 1), stop("Salzburg", 0), stop("Munich", 1)], "public"),
    ],
)
def test_a_plan_is_delivered_and_passes_every_check(
    ines: Traveller, tmp_path: Path, *, party: str, route: list[Json], transport: str
) -> None:
    trip_id = ines.new_trip(
        members=PARTIES[party], destinations=route, transport=transport, startDate=SOON, arrivalTime="10:30"
    )
    job = ines.wait_for(ines.ask(trip_id))
    assert completed_once(job), job
    plan = ines.plan(trip_id)
    jsonschema.validate(plan, SCHEMA)
    assert [entry for entry in plan["report"] if not entry["ok"]] == []
    assert plan["status"] == "final"
    assert all(i["place"]["fetchedAt"] <= plan["generatedAt"] for i in placed(plan))
    verdict = check(plan, tmp_path)
    assert verdict.returncode == 0, verdict.stdout


def test_the_same_seed_gives_the_same_plan(ines: Traveller) -> None:
    plans = []
    for _ in range(2):
        trip_id = ines.new_trip()
        ines.wait_for(ines.ask(trip_id, seed=7))
        plans.append(ines.plan(trip_id))
    assert plans[0]["days"] == plans[1]["days"]
    assert plans[0]["candidatesSnapshot"] == plans[1]["candidatesSnapshot"]


def test_a_second_plan_is_the_next_version_and_announced(ines: Traveller) -> None:
    trip_id = ines.new_trip(name="Twice")
    for version in (1, 2):
        ines.wait_for(ines.ask(trip_id))
        assert ines.plan(trip_id)["version"] == version
    assert [entry["text"] for entry in ines.inbox(at_least=2)] == ["Your plan for “Twice” is ready."] * 2


def test_watching_answers_when_there_is_news_and_tells_only_what_is_new(ines: Traveller) -> None:
    job_id = ines.ask(ines.new_trip())
    first = ines.job(job_id, wait=20, after=1)
    assert first["events"], first
    assert min(event["number"] for event in first["events"]) > 1
    assert ines.wait_for(job_id)["percent"] == 100


def test_cancelling_leaves_no_plan_and_lets_the_next_job_start(ines: Traveller) -> None:
    trip_id = ines.new_trip(destinations=[stop("Munich", 13)])
    job_id = ines.ask(trip_id)
    ines.wait_for(job_id, "planning")
    assert ines.call("DELETE", f"/schedule-jobs/{job_id}").json()["state"] == "cancelled"
    assert ines.call("DELETE", f"/schedule-jobs/{job_id}").status_code == 409
    assert ines.call("GET", f"/trips/{trip_id}/schedule").status_code == 404
    assert ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json={}).status_code == 202
    assert ines.job(job_id)["events"][-1]["state"] == "cancelled"


def test_a_trip_that_is_deleted_takes_its_plan_along(ines: Traveller) -> None:
    trip_id = ines.new_trip()
    job_id = ines.ask(trip_id)
    ines.wait_for(job_id)
    assert ines.call("DELETE", f"/trips/{trip_id}").status_code == 204
    assert ines.call("GET", f"/trips/{trip_id}/schedule").status_code == 404
    assert ines.call("GET", f"/schedule-jobs/{job_id}").status_code == 404
