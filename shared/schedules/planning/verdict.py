"""What a change of a plan breaks that held before, and which waivers still speak for the rest."""

from collections.abc import Iterator, Sequence

from shared.schedules.planning.document import CheckResult, Finding


def broken(report: Sequence[CheckResult], before: Sequence[CheckResult]) -> Iterator[tuple[str, Finding]]:
    """The findings that are new, each with the code of its check.

    A finding is known by its check and its words: pointers move when items do.
    """
    known = {(result.code, finding.message) for result in before for finding in result.findings}
    for result in report:
        for finding in result.findings:
            if (result.code, finding.message) not in known:
                yield result.code, finding


def carried(report: Sequence[CheckResult], before: Sequence[CheckResult]) -> list[CheckResult]:
    """The report with the waivers of before on the checks that fail no more than they did."""
    news = {code for code, _ in broken(report, before)}
    given = {result.code: result.waiver for result in before if result.code not in news}
    return [result if result.ok else _waived(result, given.get(result.code)) for result in report]


def kept(report: Sequence[CheckResult], before: Sequence[CheckResult], reason: str) -> list[CheckResult]:
    """The report with the traveller's own reason on each check that now breaks."""
    given = {result.code: result.waiver for result in before}
    news = {code for code, _ in broken(report, before)}
    words = {code: f"{given[code]} {reason}" if given.get(code) else reason for code in news}
    return [
        result if result.ok else _waived(result, words.get(result.code, given.get(result.code)))
        for result in report
    ]


def failures(report: Sequence[CheckResult]) -> int:
    """How many checks do not hold, waived or not."""
    return sum(not result.ok for result in report)


def _waived(result: CheckResult, waiver: str | None) -> CheckResult:
    return result.model_copy(update={"waiver": waiver})
