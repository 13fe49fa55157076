"""Settings that may be left out, those that exclude each other, and what a wrong one is told."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from shared.config import BusSettings, DatabaseSettings, EdgeSettings, Settings, TelemetrySettings
from shared.db import url_of

type Give = Callable[[dict[str, str]], None]

SECRET = "hunter2-of-the-store"  # noqa: S105 - opens nothing
FEDERATION = {
    "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
    "AZURE_TENANT_ID": "t",
    "AZURE_CLIENT_ID": "c",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
}
ELSEWHERE = {"TOKEN_KEYS": "{}", "TOKEN_KEY_ID": "k", "GOOGLE_MAPS_KEY": "g", "OPENWEATHER_KEY": "w"}
BY_SECRET = {
    **ELSEWHERE,
    "POSTGRES_URL": f"postgresql://app:{SECRET}@db/tripgen",
    "REDIS_URL": f"redis://:{SECRET}@cache/0",
    "COSMOS_ENDPOINT": "http://documents",
    "COSMOS_KEY": SECRET,
    "ServiceBus": f"Endpoint=sb://bus;SharedAccessKeyName=n;SharedAccessKey={SECRET}",
    "OPENAI_MODEL": "m",
    "OPENAI_KEY": SECRET,
}
BY_IDENTITY = {
    **ELSEWHERE,
    **FEDERATION,
    "POSTGRES_HOST": "db",
    "POSTGRES_USER": "id-trip",
    "REDIS_HOST": "cache",
    "COSMOS_ENDPOINT": "https://documents",
    "ServiceBus__fullyQualifiedNamespace": "bus.servicebus.windows.net",
    "OPENAI_MODEL": "m",
    "OPENAI_URL": "https://model/openai/v1/",
}
KNOWN = {**BY_SECRET, **BY_IDENTITY, "SSL_CERT_FILE": ""}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Make the environment these settings and no others of the stores."""

    def give(settings: dict[str, str]) -> None:
        for name in KNOWN:
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

    return give


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


def test_every_store_may_be_reached_with_a_secret_or_as_an_identity(given: Give) -> None:
    given(BY_SECRET)
    assert Settings().postgres_host is None
    given(BY_IDENTITY)
    assert Settings().postgres_url is None


def test_the_ways_may_differ_from_store_to_store(given: Give) -> None:
    mixed = {name: value for name, value in BY_IDENTITY.items() if not name.startswith("POSTGRES")}
    given({**mixed, "POSTGRES_URL": BY_SECRET["POSTGRES_URL"], "COSMOS_KEY": SECRET})
    assert Settings().redis_host == "cache"


@pytest.mark.parametrize(
    ("secret", "identity"),
    [
        ("POSTGRES_URL", "POSTGRES_HOST"),
        ("REDIS_URL", "REDIS_HOST"),
        ("ServiceBus", "ServiceBus__fullyQualifiedNamespace"),
    ],
)
def test_neither_and_both_are_refused_by_both_names(given: Give, secret: str, identity: str) -> None:
    neither = {name: value for name, value in BY_IDENTITY.items() if name != identity}
    given(neither)
    with pytest.raises(ValidationError, match=rf"{secret}, .* {identity}, .*neither is set"):
        Settings()
    given({**BY_IDENTITY, secret: BY_SECRET[secret]})
    with pytest.raises(ValidationError, match=rf"{secret}, .* {identity}, .*both are set") as refusal:
        Settings()
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("base", "missing", "complaint"),
    [
        (BY_IDENTITY, "AZURE_TOKEN_CREDENTIALS", "needs AZURE_TOKEN_CREDENTIALS: WorkloadIdentityCredential"),
        (BY_IDENTITY, "AZURE_CLIENT_ID", "WorkloadIdentityCredential needs AZURE_TENANT_ID, AZURE_CLIENT_ID"),
        (BY_IDENTITY, "AZURE_FEDERATED_TOKEN_FILE", "azure.workload.identity/use"),
        (BY_IDENTITY, "POSTGRES_USER", "POSTGRES_HOST needs POSTGRES_USER"),
        (BY_IDENTITY, "OPENAI_URL", "needs an OPENAI_URL with https"),
        (BY_SECRET, "COSMOS_KEY", "COSMOS_ENDPOINT without COSMOS_KEY needs AZURE_TOKEN_CREDENTIALS"),
        (BY_SECRET, "OPENAI_KEY", "OPENAI_MODEL without OPENAI_KEY needs AZURE_TOKEN_CREDENTIALS"),
    ],
)
def test_what_is_missing_is_named(given: Give, base: dict[str, str], missing: str, complaint: str) -> None:
    given({name: value for name, value in base.items() if name != missing})
    with pytest.raises(ValidationError, match=complaint) as refusal:
        Settings()
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("COSMOS_ENDPOINT", "http://documents", "must be https: a token is sent there"),
        ("OPENAI_URL", "http://model/v1", "https: a token is sent there"),
        ("AZURE_TOKEN_CREDENTIALS", "WorkloadIdentity", "azure_token_credentials"),
        ("SSL_CERT_FILE", "/nowhere.pem", "ssl_cert_file"),
        ("POSTGRES_PORT", "0", "postgres_port"),
    ],
)
def test_what_cannot_be_is_named(given: Give, name: str, value: str, complaint: str) -> None:
    given({**BY_IDENTITY, name: value})
    with pytest.raises(ValidationError, match=complaint):
        Settings()


def test_a_migration_needs_its_database_only_and_a_replay_its_bus(given: Give) -> None:
    given({**FEDERATION, "POSTGRES_HOST": "db", "POSTGRES_USER": "id-migrations"})
    assert url_of(DatabaseSettings()).startswith(
        "postgresql://id-migrations@db:5432/tripgen?sslmode=verify-full&"
    )
    given({"ServiceBus": BY_SECRET["ServiceBus"]})
    assert BusSettings().service_bus_namespace is None


def test_names_of_roles_and_databases_may_hold_anything(given: Give) -> None:
    given({**FEDERATION, "POSTGRES_HOST": "db", "POSTGRES_USER": "a@b/c", "POSTGRES_DATABASE": "d?e"})
    assert url_of(DatabaseSettings()).startswith("postgresql://a%40b%2Fc@db:5432/d%3Fe?")


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
