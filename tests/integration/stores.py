"""Addresses of the stores as the app's settings write them."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

COSMOS_KEY = base64.b64encode(hashlib.sha512(b"integration tests").digest()).decode()
BUS_POLICY, BUS_KEY = "RootManageSharedAccessKey", "integration-tests"


def other_settings() -> dict[str, str]:
    """The settings of the app that have nothing to do with its stores."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "TOKEN_KEYS": json.dumps({"k": key.decode()}),
        "TOKEN_KEY_ID": "k",
        "GOOGLE_MAPS_KEY": "AIzaNobody",
        "OPENWEATHER_KEY": "nobody",
    }


@dataclass(frozen=True, slots=True)
class BusServer:
    """Where the bus listens, and where its control surface does."""

    connection: str
    control: str


def bus_server(addresses: str) -> BusServer:
    """Read what follows `ready`: the AMQP address, then the control surface's."""
    amqp, control = addresses.split(" control=")
    connection = (
        f"Endpoint={amqp.replace('amqp:', 'sb:')};SharedAccessKeyName={BUS_POLICY};"
        f"SharedAccessKey={BUS_KEY};UseDevelopmentEmulator=true;"
    )
    return BusServer(connection, control)


def with_password(url: str, state: Path) -> str:
    """The URL of a database or Redis server with the password from its state folder."""
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user}:{(state / 'password').read_text()}@{place}"
