"""The app's settings on a laptop: where each stand-in listens, and secrets made once per slot."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devstack.native import write_private

FILE = "local.settings.json"
WRITER = "python -m devstack up"  # a file without it is the developer's own and is left alone
COSMOS_KEY = (  # the public key of every Cosmos emulator, not a secret
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
)
BUS_KEY_NAME = "RootManageSharedAccessKey"
BUS_KEY = "SAS_KEY_VALUE"  # public as well: the Service Bus emulator's

IN_THE_CLOUD = frozenset({"POSTGRES_HOST", "REDIS_HOST", "ServiceBus__fullyQualifiedNamespace"})
"""What the app takes in place of URLs and connection strings, and refuses beside them."""


@dataclass(frozen=True)
class Secrets:
    """What a slot keeps for itself: signing key and the keys of the simulated services."""

    token_key_id: str
    token_key: str
    google: str
    openweather: str
    openai: str
    kakao: str


def slot_secrets(slot: Path) -> Secrets:
    """The slot's secrets, each made on first use; the file is readable by its owner only."""
    file = slot / "secrets.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    made = asdict(_new_secrets())
    if not known.keys() >= made.keys():
        known = made | known
        write_private(file, json.dumps(known))
    return Secrets(**known)


def _new_secrets() -> Secrets:
    return Secrets(
        token_key_id=secrets.token_hex(8),
        token_key=Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode(),
        google="AIza" + secrets.token_hex(18)[:35],  # the client library checks prefix and length
        openweather=secrets.token_hex(16),
        openai="sk-local-" + secrets.token_hex(16),
        kakao=secrets.token_hex(16),
    )


def values(urls: Mapping[str, str], passwords: Mapping[str, str], keys: Secrets) -> dict[str, str]:
    """The app's settings, all strings as the Functions host wants them.

    `urls` has the main address of each server by its name, `passwords` those of the two stores.
    """
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureWebJobsStorage": "",
        "ServiceBus": bus_connection(urls["servicebus"]),
        "POSTGRES_URL": f"postgresql://app:{passwords['postgres']}@{_place(urls['postgres'])}/tripgen",
        "REDIS_URL": f"redis://:{passwords['valkey']}@{_place(urls['valkey'])}/0",
        "COSMOS_ENDPOINT": urls["cosmos"],
        "COSMOS_KEY": COSMOS_KEY,
        "COSMOS_DATABASE": "tripgen",
        "TOKEN_KEYS": json.dumps({keys.token_key_id: keys.token_key}),
        "TOKEN_KEY_ID": keys.token_key_id,
        "GOOGLE_MAPS_KEY": keys.google,
        "GOOGLE_MAPS_URL": urls["googlemaps"],
        "GOOGLE_PLACES_URL": urls["googlemaps"],
        "GOOGLE_ROUTES_URL": urls["googlemaps"],
        "PLACE_FACTS_URL": urls["googlemaps"],
        "PLACE_FACTS_KEY": keys.google,
        "KAKAO_LOCAL_URL": urls["kakao"],
        "KAKAO_NAVI_URL": urls["kakao"],
        "KAKAO_KEY": keys.kakao,
        "OPENWEATHER_URL": urls["openweather"],
        "OPENWEATHER_KEY": keys.openweather,
        "OPENAI_URL": f"{urls['openai']}/v1",
        "OPENAI_KEY": keys.openai,
        "OPENAI_MODEL": "gpt-sim",
        "OPENAI_FALLBACK_MODEL": "gpt-sim-small",
        "LOG_LEVEL": "INFO",
    }


def bus_connection(url: str) -> str:
    """A Service Bus connection string for the emulator at amqp://host:port."""
    return (
        f"Endpoint=sb://{_place(url)};SharedAccessKeyName={BUS_KEY_NAME};"
        f"SharedAccessKey={BUS_KEY};UseDevelopmentEmulator=true;"
    )


def write(file: Path, settings: Mapping[str, str]) -> None:
    """Write `local.settings.json`, whole and readable by its owner only."""
    document = {"IsEncrypted": False, "WrittenBy": WRITER, "Values": dict(settings)}
    write_private(file, json.dumps(document, indent=2) + "\n")


def is_ours(file: Path) -> bool:
    """Whether a settings file may be overwritten: it is absent, or was written here."""
    if not file.exists():
        return True
    try:
        found = json.loads(file.read_text())
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("WrittenBy") == WRITER


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
