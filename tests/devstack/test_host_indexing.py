"""What the worker accepts and refuses when it indexes an app: the contract that shapes our handlers."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.devstack.host_support import refusal, running, write_settings

HTTP = '@app.route(route="x")\n'
QUEUE = '@app.service_bus_queue_trigger(arg_name="msg", queue_name="q", connection="SB")\n'
BATCH = QUEUE.replace(")\n", ', cardinality="many")\n')
OUTPUT = '@app.service_bus_queue_output(arg_name="o", queue_name="q", connection="SB")\n'

REFUSED = {
    "a builtin generic": (
        BATCH + "def f(msg: list[func.ServiceBusMessage]): pass",
        "invalid non-type annotation",
    ),
    "an optional": (QUEUE + "def f(msg: typing.Optional[func.ServiceBusMessage]): pass", "type"),
    "another name than the binding": (HTTP + "def f(request: func.HttpRequest): return ''", "{'request'}"),
    "a parameter without binding": (HTTP + "def f(req: func.HttpRequest, db): return ''", "{'db'}"),
    "another message type": (QUEUE + "def f(msg: func.QueueMessage): pass", "QueueMessage"),
    "a model of its own": ("class Model: pass\n" + QUEUE + "def f(msg: Model): pass", "Model"),
    "a context that is none": (HTTP + "def f(req: func.HttpRequest, context: dict): return ''", "Context"),
    "an output that is not Out": (HTTP + OUTPUT + "def f(req: func.HttpRequest, o: str): return ''", "Out"),
    "a union of answers": (
        HTTP + "def f(req: func.HttpRequest) -> func.HttpResponse | str: return ''",
        "type",
    ),
    "two apps": (
        HTTP + "def f(req: func.HttpRequest): return ''\nother = func.FunctionApp()",
        "More than one",
    ),
    "one name twice": (
        HTTP + "def f(req: func.HttpRequest): return ''\n" + HTTP + "def f(req: func.HttpRequest): return ''",
        "does not have a unique function name",
    ),
    "a module that is missing": ("import no_such_module", "No module named 'no_such_module'"),
    "a syntax error": ("def f(:", 'function_app.py", line 4'),
}
ACCEPTED = {
    "postponed annotations": (HTTP + "def f(req: func.HttpRequest) -> func.HttpResponse: return ''", ["f"]),
    "a text message": (QUEUE + "def f(msg: str): pass", ["f"]),
    "no function": ("", []),
}


def write_app(folder: Path, source: str, *, postponed: bool = False) -> Path:
    head = "from __future__ import annotations\n" if postponed else ""
    body = f"{head}import typing\nimport azure.functions as func\napp = func.FunctionApp()\n{source}\n"
    (folder / "function_app.py").write_text(body)
    return folder


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[tuple[int, str]]]]:
    """Exit code and words of each refused app; two start at a time."""
    with ThreadPoolExecutor(2) as pool:
        verdicts = {}
        for name, (source, _) in REFUSED.items():
            folder = tmp_path_factory.mktemp("app")
            verdicts[name] = pool.submit(refusal, write_app(folder, source), write_settings(folder))
        yield verdicts


@pytest.mark.parametrize("name", REFUSED)
def test_app_is_refused_with_the_words_of_the_worker(
    refusals: Mapping[str, Future[tuple[int, str]]], name: str
) -> None:
    _, words = REFUSED[name]
    code, said = refusals[name].result()
    assert code == 3
    assert "The worker refused the app." in said
    assert words in said
    assert "azure_functions_runtime" not in said, "the library's own frames say nothing to the developer"


@pytest.mark.parametrize("name", ACCEPTED)
def test_app_is_accepted(tmp_path: Path, name: str) -> None:
    source, functions = ACCEPTED[name]
    app = write_app(tmp_path, source, postponed=name == "postponed annotations")
    settings = write_settings(
        tmp_path, SB="Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k"
    )
    with running(app, settings, "--triggers", "http,serviceBus") as url:
        assert [found["name"] for found in httpx2.get(f"{url}/admin/functions").json()] == functions


def test_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    code, said = refusal(tmp_path, write_settings(tmp_path))
    assert (code, "has no function_app.py" in said) == (3, True)
