"""`python -m deploy.failover write|read` measures a failover from outside: what was lost, and for how long.

`write` posts a body once a second and notes what was acknowledged, while somebody fails the site over.
`read` then asks for everything noted and prints RTO and RPO. Run both through the public address.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

PERIOD_S = 1.0
TIMEOUT_S = 5.0
FOUND = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write at `at` (seconds since 1970); `place` is where it can be read again, None when it failed."""

    at: float
    place: str | None


def recovery_time(attempts: Sequence[Attempt]) -> float:
    """Seconds of the longest stretch without an acknowledged write; infinite when none came after it."""
    good = [attempt.at for attempt in attempts if attempt.place]
    if not good or attempts[-1].place is None:
        return float("inf")
    edges = [attempts[0].at, *good]
    return max(after - before for before, after in pairwise(edges))


def recovery_point(attempts: Sequence[Attempt], lost: set[str]) -> float:
    """Seconds of acknowledged writes that are gone, from the first to the last of them; 0 when none is."""
    gone = [attempt.at for attempt in attempts if attempt.place in lost]
    return max(gone) - min(gone) + PERIOD_S if gone else 0.0


def write(url: str, *, body: bytes, token: str, seconds: float, journal: Path) -> None:
    """Post until the time is over; each attempt is a line of the journal before the next one starts."""
    end = time.monotonic() + seconds
    with journal.open("a") as lines:
        while time.monotonic() < end:
            begun = time.monotonic()
            lines.write(json.dumps(asdict(Attempt(time.time(), _post(url, body, token)))) + "\n")
            lines.flush()
            time.sleep(max(0.0, PERIOD_S - (time.monotonic() - begun)))


def noted(journal: Path) -> list[Attempt]:
    """The attempts of a journal; raises ValueError naming a line that is none."""
    found = []
    for number, line in enumerate(journal.read_text().splitlines(), 1):
        try:
            found.append(Attempt(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"line {number} is no attempt; if `write` was cut off there, delete it"
            ) from error
    return found


def missing(url: str, attempts: Sequence[Attempt], *, token: str) -> set[str]:
    """Acknowledged writes that are no longer there."""
    return {a.place for a in attempts if a.place and not _is_there(urljoin(url, a.place), token)}


def _post(url: str, body: bytes, token: str) -> str | None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, body, headers), timeout=TIMEOUT_S) as answer:  # noqa: S310 - an operator's address
            return str(answer.headers["Location"])
    except OSError:
        return None


def _is_there(url: str, token: str) -> bool:
    """Whether it is there; raises URLError when the site does not tell."""
    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=TIMEOUT_S) as answer:  # noqa: S310
            return bool(answer.status == FOUND)
    except URLError as error:
        if getattr(error, "code", None) == 404:  # noqa: PLR2004
            return False
        raise


def main(arguments: list[str]) -> int:
    """0 when it was measured, 1 when the journal cannot be read or the site did not answer."""
    parser = argparse.ArgumentParser(prog="python -m deploy.failover", description=__doc__)
    parser.add_argument("action", choices=("write", "read"))
    parser.add_argument("url", help="https://…/api/v1/trips")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--body", type=Path, help="write: a trip as JSON")
    parser.add_argument("--seconds", type=float, default=3600)
    options = parser.parse_args(arguments)
    token = os.environ.get("TRIPGEN_TOKEN", "")
    if not token or (options.action == "write" and options.body is None):
        parser.error("TRIPGEN_TOKEN must hold an access token, and `write` needs --body")
    if options.action == "write":
        body = options.body.read_bytes()
        write(options.url, body=body, token=token, seconds=options.seconds, journal=options.journal)
        return 0
    try:
        attempts = noted(options.journal)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{options.journal}: {error}\n")
        return 1
    try:
        lost = missing(options.url, attempts, token=token)
    except OSError as error:
        sys.stderr.write(f"{options.url} did not tell what is there: {error}\n")
        return 1
    rto, rpo = recovery_time(attempts), recovery_point(attempts, lost)
    sys.stdout.write(f"RTO {rto:.0f} s, RPO {rpo:.0f} s, {len(lost)} of {len(attempts)} writes lost\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
