"""Settings that may be left out, and what they then are."""

import pytest
from pydantic import ValidationError

from shared.config import EdgeSettings


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
