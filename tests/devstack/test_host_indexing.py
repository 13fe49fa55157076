"""What the worker accepts and refuses when it indexes an app: the contract that shapes our handlers.

The apps and their verdicts are in host_apps/contract, the table in its README.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.devstack.host_support import APPS, refusal, running, write_settings

CONTRACT = APPS / "contract"
ROWS = [
    [cell.strip().strip("`") for cell in line.split("|")[1:4]]
    for line in (CONTRACT / "README.md").read_text().splitlines()
    if line.startswith("| ")
][1:]
REFUSED = {app: words for app, verdict, words in ROWS if verdict == "refused"}
ACCEPTED = {app: words for app, verdict, words in ROWS if verdict == "accepted"}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[tuple[int, str]]]]:
    """Exit code and words of each refused app; two start at a time."""
    settings = write_settings(tmp_path_factory.mktemp("settings"))
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(refusal, CONTRACT / name, settings) for name in REFUSED}


@pytest.mark.parametrize("name", REFUSED)
def test_app_is_refused_with_the_words_of_the_worker(
    refusals: Mapping[str, Future[tuple[int, str]]], name: str
) -> None:
    code, said = refusals[name].result()
    assert code == 3
    assert "The worker refused the app." in said
    assert REFUSED[name] in said
    assert "azure_functions_runtime" not in said, "the library's own frames say nothing to the developer"


@pytest.mark.parametrize("name", ACCEPTED)
def test_app_is_accepted(tmp_path: Path, name: str) -> None:
    bus = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k"
    settings = write_settings(tmp_path, SB=bus)
    with running(CONTRACT / name, settings, "--triggers", "http,serviceBus") as url:
        found = [function["name"] for function in httpx2.get(f"{url}/admin/functions").json()]
    assert found == list(filter(None, ACCEPTED[name].split(", ")))


def test_every_app_of_the_contract_has_a_verdict() -> None:
    apps = {folder.name for folder in CONTRACT.iterdir() if (folder / "function_app.py").exists()}
    assert apps == REFUSED.keys() | ACCEPTED.keys()


def test_syntax_error_is_shown_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text("import azure.functions as func\n\n\ndef f(:\n")
    code, said = refusal(tmp_path, write_settings(tmp_path))
    assert (code, 'function_app.py", line 4' in said) == (3, True)


def test_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    code, said = refusal(tmp_path, write_settings(tmp_path))
    assert (code, "has no function_app.py" in said) == (3, True)
