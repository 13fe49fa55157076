"""host.json, local.settings.json and the choice of functions."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from devstack.host.calls import Function
from devstack.host.configuration import HostOptions, read_host_options, read_settings, substitute
from devstack.host.errors import StartError
from devstack.host.selection import KINDS, select
from tests.devstack.host_support import APPS, refusal, running, write_settings


def host_json(folder: Path, document: Any) -> Path:
    (folder / "host.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return folder


def test_defaults_are_those_of_the_cloud(tmp_path: Path) -> None:
    options = read_host_options(tmp_path, {})
    assert (options.route_prefix, options.function_timeout) == ("api", timedelta(minutes=30))
    bus = options.service_bus
    assert (bus.prefetch_count, bus.auto_complete, bus.max_concurrent_calls) == (0, True, 16)
    assert bus.max_lock_renewal == timedelta(minutes=5)


def test_host_json_with_comments_is_read(tmp_path: Path) -> None:
    text = """{ // why
      "version": "2.0", /* a block */ "functionTimeout": "-1",
      "extensions": {
        "http": {"routePrefix": "v1//x"},
        "serviceBus": {"prefetchCount": 8, "autoCompleteMessages": false, "maxConcurrentCalls": 2,
                       "maxAutoLockRenewalDuration": "00:10:00"}}}"""
    options = read_host_options(host_json(tmp_path, text), {})
    assert (options.route_prefix, options.function_timeout) == ("v1//x", None)
    bus = options.service_bus
    assert (bus.prefetch_count, bus.auto_complete, bus.max_concurrent_calls) == (8, False, 2)
    assert bus.max_lock_renewal == timedelta(minutes=10)


def test_functions_by_setting_replace_those_of_host_json(tmp_path: Path) -> None:
    app = host_json(tmp_path, {"version": "2.0", "functions": ["A"]})
    assert read_host_options(app, {}).functions == {"a"}
    settings = {"AzureFunctionsJobHost__functions__0": "B", "AzureFunctionsJobHost__functions__1": "c"}
    assert read_host_options(app, settings).functions == {"b", "c"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "version"),
        ("{", "is not JSON"),
        ([], "must hold a JSON object"),
        ({"version": "2.0", "functionTimeout": "5 min"}, "functionTimeout is '5 min'; write it as hh:mm:ss"),
        ({"version": "2.0", "extensions": {"serviceBus": {"prefetchCount": -1}}}, "prefetchCount"),
        ({"version": "2.0", "extensions": {"serviceBus": {"maxConcurrentCalls": "9"}}}, "maxConcurrentCalls"),
    ],
)
def test_bad_host_json_is_refused_by_field(tmp_path: Path, document: Any, words: str) -> None:
    with pytest.raises(StartError, match=words):
        read_host_options(host_json(tmp_path, document), {})


def test_settings_must_be_strings(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text('{"Values": {"PORT": 1}}')
    with pytest.raises(StartError, match=r"Values\.PORT must be a string"):
        read_settings(path)


def test_missing_settings_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"none\.json cannot be read"):
        read_settings(tmp_path / "none.json")


def test_names_in_percent_signs_are_settings() -> None:
    assert substitute("a-%X%", settings={"X": "1"}, where="here") == "a-1"
    with pytest.raises(StartError, match="here refers to setting Y"):
        substitute("%Y%", settings={}, where="here")


def function(name: str, kind: str, **trigger: object) -> Function:
    return Function(name, {"type": f"{kind}Trigger", **trigger})


ALL = [
    function("web", "http"),
    function("clock", "timer"),
    function("queue", "serviceBus", queueName="q"),
]


def chosen(
    functions: list[Function],
    *,
    names: frozenset[str] = frozenset(),
    kinds: frozenset[str] = frozenset(KINDS),
    settings: Mapping[str, str] | None = None,
) -> list[str]:
    picked = select(functions, options=HostOptions(functions=names), kinds=kinds, settings=settings or {})
    return [function.name for function in picked]


def test_functions_are_chosen_by_trigger_name_and_switch() -> None:
    assert chosen(ALL) == ["web", "clock", "queue"]
    assert chosen(ALL, kinds=frozenset({"http", "timer"})) == ["web", "clock"]
    assert chosen(ALL, names=frozenset({"queue"})) == ["queue"]
    assert chosen(ALL, settings={"AzureWebJobs.web.Disabled": "true"}) == ["clock", "queue"]


@pytest.mark.parametrize(
    "unsupported",
    [
        function("f", "blob"),
        function("f", "serviceBus", topicName="t"),
        function("f", "serviceBus", queueName="q", isSessionsEnabled=True),
        Function("f", {"type": "httpTrigger"}, ({"type": "blob", "name": "o", "direction": "OUT"},)),
    ],
)
def test_what_this_host_cannot_serve_is_refused_at_the_start(unsupported: Function) -> None:
    with pytest.raises(StartError, match="Function f: "):
        chosen([unsupported])


def test_environment_wins_over_the_settings_file_and_lists_the_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREETING", "from outside")
    monkeypatch.setenv("AzureFunctionsJobHost__functions__0", "setting")
    with running(APPS / "web", write_settings(tmp_path, GREETING="from the file")) as url:
        assert httpx2.get(f"{url}/api/setting/GREETING").text == "from outside"
        assert httpx2.get(f"{url}/api/any").status_code == 404


def test_missing_connection_ends_the_start_with_the_fix(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, RECORD=str(tmp_path / "record"), SINGLE_QUEUE="single")
    code, words = refusal(APPS / "queues", settings)
    assert code == 3
    assert "connection 'Bus' is not set; add Bus" in words


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"minMessageBatchSize": 5, "maxMessageBatchSize": 4}, "minMessageBatchSize 5 is more"),
        ({"maxBatchWaitTime": "00:03:00"}, "maxBatchWaitTime may be 00:02:30"),
    ],
)
def test_batch_limits_that_contradict_are_refused(
    tmp_path: Path, section: dict[str, object], words: str
) -> None:
    host = {"version": "2.0", "extensions": {"serviceBus": section}}
    (tmp_path / "host.json").write_text(json.dumps(host))
    with pytest.raises(StartError, match=words):
        read_host_options(tmp_path, {})
