"""Run the emulator: `python -m devstack.cosmos --port 8081`."""

import argparse
import asyncio
import time
from pathlib import Path

from devstack.asgi import serve_http
from devstack.cosmos.config import Config, create_missing, read_config
from devstack.cosmos.http.app import build_app
from devstack.cosmos.http.auth import EMULATOR_KEY, decoded_key
from devstack.cosmos.http.emulator import Emulator
from devstack.cosmos.store import open_database
from devstack.entra import Issuer
from devstack.serving import command_line

_TEACHING = """connect, with the public key of every emulator:
  CosmosClient("http://127.0.0.1:PORT", KEY)
tests reach in without a key:
  curl localhost:PORT/_devstack/health
  curl -X POST localhost:PORT/_devstack/reset
  curl -X POST localhost:PORT/_devstack/faults -d '{"status": 429, "count": 2}'
what is offered and what is not: docs/emulators.md"""


def main() -> None:
    """Serve until told to stop."""
    options = _options()
    connection = open_database(options.state)
    issuer = options.issuer_keys and Issuer(options.issuer_keys, time.time)
    emulator = Emulator.over(connection, key=options.key, clock=time.time, issuer=issuer)
    try:
        create_missing(options.config, emulator.catalogue)
        serving = serve_http(
            build_app(emulator), port=options.port, leash=options.leash, certificate=options.certificate
        )
        asyncio.run(serving)
    finally:
        connection.close()


def _options() -> argparse.Namespace:
    parser = command_line("cosmos", "Azure Cosmos DB for NoSQL on loopback, for Microsoft's clients.")
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, _TEACHING
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the data here; without: in memory")
    parser.add_argument(
        "--config",
        type=_config,
        default=str(Path(__file__).with_name("Config.json")),
        metavar="PATH",
        help="databases and containers that exist from the start",
    )
    parser.add_argument(
        "--key", type=_key, default=EMULATOR_KEY, help="base64 account key; without: the public emulator key"
    )
    parser.add_argument(
        "--issuer-keys", type=Path, metavar="PATH", help="JWKS of an issuer whose Entra tokens are taken too"
    )
    parser.add_argument(
        "--certificate", type=Path, metavar="PEM", help="key and chain: serve https, as tokens need it"
    )
    return parser.parse_args()


def _config(path: str) -> Config:
    try:
        return read_config(Path(path))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {error}") from error


def _key(text: str) -> bytes:
    try:
        return decoded_key(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    main()
