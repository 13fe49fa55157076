"""Settings that may be left out, and what they then are."""

import pytest
from pydantic import ValidationError

from shared.config import EdgeSettings, TelemetrySettings


def test_without_a_setting_no_other_origin_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORS_ORIGINS", raising=False)
    assert EdgeSettings().cors_origins == frozenset()


def test_origins_are_a_list_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", '["https://app.example.org"]')
    assert EdgeSettings().cors_origins == {"https://app.example.org"}


@pytest.mark.parametrize("text", ["https://app.example.org", "{}", "[1]"])
def test_anything_else_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CORS_ORIGINS", text)
    with pytest.raises(ValidationError, match="cors_origins"):
        EdgeSettings()


def test_without_a_destination_nothing_is_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APPLICATIONINSIGHTS_CONNECTION_STRING", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.setenv(name, "")
    found = TelemetrySettings()
    assert (found.applicationinsights_connection_string, found.otel_exporter_otlp_endpoint) == (None, None)
    assert (found.cloud_role_name, found.traces_sampling_ratio) == ("tripgen", 1.0)


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        (
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "IngestionEndpoint=https://x",
            "Copy the connection string",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "https"),
        ("TRACES_SAMPLING_RATIO", "50", "less than or equal to 1"),
        ("METRICS_EXPORT_SECONDS", "0", "greater than or equal to 1"),
    ],
)
def test_telemetry_settings_are_refused_by_name_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fix: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=fix) as refused:
        TelemetrySettings()
    assert name.lower() in str(refused.value)
    assert "input_value" not in str(refused.value)
