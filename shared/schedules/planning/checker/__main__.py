"""Check a plan file from the command line and print the report a person can act on."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from shared.schedules.planning.checker import check
from shared.schedules.planning.document import CheckResult, Plan

_OK, _FAILED, _UNREADABLE = 0, 1, 2
_CODE_WIDTH = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report of a plan; 0 when all checks pass, 1 when some fail, 2 when it cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        plan = Plan.model_validate_json(options.plan.read_bytes())
    except OSError as error:
        return _refuse(f"{options.plan}: {error.strerror}. Name the JSON file of a plan.")
    except ValidationError as error:
        return _refuse(f"{options.plan} is not a plan document:\n{_fixes(error)}")
    report = check(plan)
    sys.stdout.write(_as_json(report) if options.json else _as_text(report))
    return _OK if all(result.ok for result in report) else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.schedules.planning.checker",
        description="Check a plan document against the product rules.",
    )
    parser.add_argument("plan", type=Path, help="the plan as JSON, for example out/plan.json")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return _UNREADABLE


def _fixes(error: ValidationError) -> str:
    lines = (f"  /{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return "\n".join(lines)


def _as_json(report: list[CheckResult]) -> str:
    rows = [result.model_dump(mode="json", by_alias=True) for result in report]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _as_text(report: list[CheckResult]) -> str:
    lines = [f"{'code':<{_CODE_WIDTH}} result"]
    for result in report:
        verdict = "ok" if result.ok else f"FAILED ({len(result.findings)})"
        lines.append(f"{result.code:<{_CODE_WIDTH}} {verdict}")
        lines += [f"    {finding.where}  {finding.message}" for finding in result.findings]
    passed = sum(result.ok for result in report)
    lines.append(f"{passed} of {len(report)} checks pass.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
