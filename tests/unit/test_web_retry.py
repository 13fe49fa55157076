"""How long to wait before the next attempt: the policy as a table."""

from datetime import UTC, datetime

import pytest

from shared.web.retry import Patience, seconds_asked

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
POLICY = Patience(attempts=3, first_wait=0.2, longest_wait=4.0)


@pytest.mark.parametrize(
    ("attempt", "asked", "jitter", "wait"),
    [
        (1, None, 0.0, 0.1),
        (1, None, 0.5, 0.2),
        (2, None, 0.5, 0.4),
        (3, None, 0.5, None),
        (1, 0.0, 0.5, 0.2),
        (1, 2.0, 0.5, 2.0),
        (1, 4.0, 0.5, 4.0),
        (1, 4.1, 0.5, None),
        (3, 1.0, 0.5, None),
    ],
)
def test_wait_doubles_with_jitter_and_honours_what_is_asked_within_bounds(
    attempt: int, asked: float | None, jitter: float, wait: float | None
) -> None:
    found = POLICY.wait_after(attempt, asked=asked, jitter=jitter)
    assert found == (None if wait is None else pytest.approx(wait))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Wed, 01 Jul 2026 12:00:30 GMT", 30.0),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, now=NOW) == seconds
