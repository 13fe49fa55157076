"""Log lines carry their context and nothing private, whichever handler writes them."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared import telemetry
from tests.launch import ROOT
from tests.log_lines import log_lines

ADDRESS = "ines@example.org"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with log_lines("shared.test") as lines:
        yield lines


logger = logging.getLogger("shared.test")


def test_a_line_has_the_fields_of_its_context(written: io.StringIO) -> None:
    with telemetry.bound(trace="t1"), telemetry.bound(message="50%d"):
        logger.info("%d calls", 3)
    logger.info("over")
    assert written.getvalue() == "3 calls [trace=t1 message=50%d]\nover\n"


def test_arguments_are_masked(written: io.StringIO) -> None:
    logger.info("no mail to %s", ADDRESS)
    assert written.getvalue() == "no mail to ***\n"


def test_values_of_the_work_at_hand_are_masked(written: io.StringIO) -> None:
    with telemetry.hiding(lambda: frozenset({"Zoë Quirin"})):
        logger.info("hello zoë quirin")
    logger.info("hello Zoë Quirin")
    assert written.getvalue() == "hello ***\nhello Zoë Quirin\n"


def test_exceptions_their_causes_and_notes_are_masked(written: io.StringIO) -> None:
    try:
        try:
            raise ValueError(ADDRESS)  # noqa: TRY301
        except ValueError as error:
            error.add_note(f"about {ADDRESS}")
            raise RuntimeError(f"name='{ADDRESS}'") from error
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    text = written.getvalue()
    assert ADDRESS not in text
    assert "ValueError: ***" in text
    assert "RuntimeError: name=***" in text
    assert "about ***" in text


def test_arguments_that_do_not_fit_are_not_printed(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.info("%d of them", ADDRESS)
    logger.info("one %s", ADDRESS, ADDRESS)  # noqa: PLE1205
    assert written.getvalue().splitlines() == [
        "%d of them (its arguments do not fit)",
        "one %s (its arguments do not fit)",
    ]
    assert ADDRESS not in capsys.readouterr().err


def test_an_argument_that_cannot_be_told_breaks_nothing(written: io.StringIO) -> None:
    class Untold:
        def __str__(self) -> str:
            raise AttributeError(ADDRESS)

    logger.info("it is %s", Untold())
    assert written.getvalue() == "it is %s (its arguments do not fit)\n"


def test_the_sdk_is_not_loaded_unless_something_is_exported() -> None:
    program = (
        "import sys, function_app\n"
        "heavy = ('opentelemetry.sdk', 'opentelemetry.exporter', 'azure.monitor', 'google.protobuf')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout == "[]\n"
