"""The app's local settings: in step with the sample, private, and never over a developer's own file."""

import json
from pathlib import Path

from azure.servicebus import parse_connection_string
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from devstack import settings

SAMPLE = Path(__file__).resolve().parents[2] / "local.settings.sample.json"
URLS = {
    "postgres": "postgresql://app@127.0.0.1:5432/tripgen",
    "valkey": "redis://127.0.0.1:6379",
    "servicebus": "amqp://127.0.0.1:5672",
    "cosmos": "http://127.0.0.1:8081",
    "googlemaps": "http://127.0.0.1:8082",
    "openweather": "http://127.0.0.1:8083",
    "openai": "http://127.0.0.1:8084",
    "kakao": "http://127.0.0.1:8085",
}


def made(slot: Path) -> dict[str, str]:
    return settings.values(URLS, {"postgres": "p", "valkey": "v"}, settings.slot_secrets(slot))


def test_sample_has_the_keys_of_the_real_settings(tmp_path: Path) -> None:
    sample = json.loads(SAMPLE.read_text())
    assert list(sample["Values"]) == list(made(tmp_path))
    assert all(isinstance(value, str) for value in sample["Values"].values())


def test_addresses_carry_the_passwords_of_the_stores(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert found["POSTGRES_URL"] == "postgresql://app:p@127.0.0.1:5432/tripgen"
    assert found["REDIS_URL"] == "redis://:v@127.0.0.1:6379/0"
    assert found["OPENAI_URL"] == "http://127.0.0.1:8084/v1"


def test_bus_connection_string_is_one_the_client_reads(tmp_path: Path) -> None:
    parsed = parse_connection_string(made(tmp_path)["ServiceBus"])
    assert (parsed.fully_qualified_namespace, parsed.shared_access_key_name) == (
        "127.0.0.1:5672",
        "RootManageSharedAccessKey",
    )


def test_signing_key_is_ed25519_and_stays_the_slots(tmp_path: Path) -> None:
    found = made(tmp_path)
    [(key_id, pem)] = json.loads(found["TOKEN_KEYS"]).items()
    assert key_id == found["TOKEN_KEY_ID"]
    assert isinstance(load_pem_private_key(pem.encode(), password=None), Ed25519PrivateKey)
    assert made(tmp_path) == found


def test_secret_that_is_new_to_an_old_slot_is_made_and_the_others_stay(tmp_path: Path) -> None:
    before = made(tmp_path)
    file = tmp_path / "secrets.json"
    older = {name: value for name, value in json.loads(file.read_text()).items() if name != "kakao"}
    file.write_text(json.dumps(older))
    after = made(tmp_path)
    assert after["KAKAO_KEY"] not in {"", before["KAKAO_KEY"]}
    assert after | {"KAKAO_KEY": before["KAKAO_KEY"]} == before
    assert made(tmp_path) == after


def test_slots_share_no_secret(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    secret = ("TOKEN_KEYS", "GOOGLE_MAPS_KEY", "KAKAO_KEY", "OPENWEATHER_KEY", "OPENAI_KEY")
    assert not [name for name in secret if first[name] == second[name]]


def test_google_key_has_the_shape_its_client_demands(tmp_path: Path) -> None:
    key = made(tmp_path)["GOOGLE_MAPS_KEY"]
    assert key.startswith("AIza")
    assert len(key) == 39


def test_files_with_secrets_are_private(tmp_path: Path) -> None:
    settings.write(tmp_path / settings.FILE, made(tmp_path))
    assert sorted((file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()) == [
        (settings.FILE, 0o600),
        ("secrets.json", 0o600),
    ]


def test_only_a_file_we_wrote_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / settings.FILE
    assert settings.is_ours(file)
    settings.write(file, made(tmp_path))
    assert settings.is_ours(file)
    for own in ('{"IsEncrypted": false, "Values": {}}', "not JSON", "[]"):
        file.write_text(own)
        assert not settings.is_ours(file)
