"""The directory operators sign in at: set up as a whole, or not at all."""

import json
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from shared.config import Settings

NEEDED = {
    "ServiceBus": "Endpoint=sb://127.0.0.1;",
    "postgres_url": "postgresql://app@127.0.0.1/tripgen",
    "redis_url": "redis://127.0.0.1",
    "cosmos_endpoint": "https://127.0.0.1",
    "cosmos_key": "key",
    "token_keys": json.dumps({"k": "pem"}),
    "token_key_id": "k",
    "google_maps_key": "key",
    "openweather_key": "key",
}
TENANT, AUDIENCE = "01a207fa-f82b-74b9-a592-91a9ed5021cd", "api"


@pytest.mark.parametrize(
    "operators", [{}, {"operator_tenant": TENANT, "operator_audience": AUDIENCE}, {"operator_tenant": ""}]
)
def test_operators_are_set_up_as_a_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, operators: Mapping[str, str]
) -> None:
    settings = read(monkeypatch, operators)
    assert (settings.operator_tenant is None) == (settings.operator_audience is None)


@pytest.mark.parametrize(
    ("operators", "named"),
    [
        ({"operator_tenant": TENANT}, "OPERATOR_TENANT and OPERATOR_AUDIENCE"),
        ({"operator_audience": AUDIENCE}, "OPERATOR_TENANT and OPERATOR_AUDIENCE"),
        ({"operator_issuer": "https://127.0.0.1"}, "OPERATOR_ISSUER"),
        ({"operator_keys_url": "https://127.0.0.1"}, "OPERATOR_KEYS_URL"),
        ({"operator_tenant": "common", "operator_audience": AUDIENCE}, "operator_tenant"),
        (
            {"operator_tenant": TENANT, "operator_audience": AUDIENCE, "operator_issuer": "x"},
            "operator_issuer",
        ),
    ],
)
def test_half_a_directory_of_operators_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, operators: Mapping[str, str], named: str
) -> None:
    with pytest.raises(ValidationError, match=named):
        read(monkeypatch, operators)


def read(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str]) -> Settings:
    """The settings of an environment that has what is needed, and these."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in (NEEDED | dict(changes)).items():
        monkeypatch.setenv(name if name == "ServiceBus" else name.upper(), value)
    return Settings()
