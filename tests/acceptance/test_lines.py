"""Many jobs of one traveller: they wait in line, are limited by day, and keep nobody else waiting."""

from tests.acceptance.conftest import JOBS_PER_DAY
from tests.acceptance.traveller import Traveller, completed_once, stop

AT_ONCE = 3


def test_the_tenth_job_of_one_traveller_does_not_delay_the_first_of_another(
    ines: Traveller, jonas: Traveller
) -> None:
    long = [ines.new_trip(destinations=[stop("Munich", 20)]) for _ in range(10)]
    jobs = [ines.ask(trip_id) for trip_id in long]
    in_line = ines.job(jobs[-1])
    assert in_line["state"] == "queued"
    assert in_line["etaSeconds"] is None
    assert "of your plans are being made" in in_line["events"][0]["message"]
    assert completed_once(jonas.wait_for(jonas.ask(jonas.new_trip())))
    for job_id in reversed(jobs):
        ines.call("DELETE", f"/schedule-jobs/{job_id}")
    assert ines.job(jobs[-1])["state"] == "cancelled"


def test_a_job_in_line_starts_when_one_before_it_ends(ines: Traveller) -> None:
    jobs = [ines.ask(ines.new_trip(destinations=[stop("Munich", 20)])) for _ in range(AT_ONCE)]
    last = ines.ask(ines.new_trip())
    assert ines.job(last)["state"] == "queued"
    ines.call("DELETE", f"/schedule-jobs/{jobs[0]}")
    assert completed_once(ines.wait_for(last))
    for job_id in jobs[1:]:
        ines.call("DELETE", f"/schedule-jobs/{job_id}")


def test_beyond_the_days_allowance_the_answer_says_when_to_come_back(ines: Traveller) -> None:
    jobs = [ines.ask(ines.new_trip()) for _ in range(JOBS_PER_DAY)]
    answer = ines.call("POST", f"/trips/{ines.new_trip()}/schedule-jobs", json={})
    assert answer.status_code == 429
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert str(JOBS_PER_DAY) in answer.json()["detail"]
    for job_id in jobs:
        ines.call("DELETE", f"/schedule-jobs/{job_id}")


def test_after_a_few_jobs_the_time_that_is_left_is_told(ines: Traveller) -> None:
    for _ in range(3):
        assert completed_once(ines.wait_for(ines.ask(ines.new_trip(destinations=[stop("Munich", 5)]))))
    job_id = ines.ask(ines.new_trip(destinations=[stop("Munich", 5)]))
    assert ines.job(job_id)["etaSeconds"] >= 1
    assert ines.wait_for(job_id)["etaSeconds"] is None
