"""A site as it is in the cloud: every store behind TLS and for tokens only, and an issuer of tokens."""

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp.connector
import pytest

from shared.config import Settings
from tests.certificates import certificates
from tests.integration.issuer import CLIENT, EXCHANGE, SUBJECT, TENANT, Issuer
from tests.integration.model_gateway import model_gateway
from tests.integration.principals import ROLE, make_role, postgres_learns, redis_learns
from tests.integration.stores import BUS_KEY, BUS_POLICY, COSMOS_KEY, BusServer, bus_server, other_settings
from tests.integration.tls import door
from tests.launch import server
from tests.signer import Signer

AMQPS = 5671


@dataclass(frozen=True, slots=True)
class Stores:
    """Stores and model service as other tests know them, with their secrets in the URLs."""

    postgres: str
    redis: str
    model: str


@dataclass(frozen=True, slots=True)
class Site:
    """`variables` are what a pod of it has in its environment."""

    issuer: Issuer
    variables: Mapping[str, str]
    stores: Stores
    bus: BusServer

    @property
    def vouching(self) -> Path:
        """The file with the token of the service account."""
        return Path(self.variables["AZURE_FEDERATED_TOKEN_FILE"])

    def settings(self, **changes: str) -> Settings:
        """The settings of a pod, with some changed."""
        with _environment({**self.variables, **changes}):
            return Settings()


@asynccontextmanager
async def site_at(folder: Path, stores: Stores) -> AsyncIterator[Site]:
    """The site, which the clients of this process trust."""
    # The client of Service Bus takes no other port than AMQPS, so the address differs from run to run.
    address = ".".join(["127", *(str(secrets.choice(range(2, 255))) for _ in range(3))])
    trust, cluster = certificates(folder, address), Signer("cluster-1")
    issuer = Issuer(cluster, trust.server)
    keys = issuer.signer.keys(folder / "keys.json")
    vouching = folder / "service-account-token"
    vouching.write_text(cluster.token(EXCHANGE, sub=SUBJECT))
    make_role(stores.postgres)
    issuer.told += [postgres_learns(stores.postgres), redis_learns(stores.redis)]
    async with AsyncExitStack() as stack:
        bus, places = await _doors(stack, stores, trust.server, keys=keys, address=address)
        stack.enter_context(issuer.server)
        who = {
            "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": CLIENT,
            "AZURE_FEDERATED_TOKEN_FILE": str(vouching),
        }
        process = {"AZURE_AUTHORITY_HOST": issuer.url, "SSL_CERT_FILE": str(trust.authority)}
        stack.enter_context(_environment(process))
        # aiohttp reads what to trust when it is imported, the others when they connect.
        aiohttp.connector._SSL_CONTEXT_VERIFIED.load_verify_locations(trust.authority)
        yield Site(issuer, {**other_settings(), **who, **process, **places}, stores, bus)


async def _doors(
    stack: AsyncExitStack, stores: Stores, certificate: Path, *, keys: Path, address: str
) -> tuple[BusServer, dict[str, str]]:
    """Start what is still missing; the bus, and the settings that say where everything is."""
    taken = ("--issuer-keys", str(keys))
    bus_options = ("--key-name", BUS_POLICY, "--key", BUS_KEY, *taken)
    bus = bus_server(stack.enter_context(server("devstack.servicebus", *bus_options)))
    cosmos_options = ("--key", COSMOS_KEY, *taken, "--certificate", str(certificate))
    cosmos = stack.enter_context(server("devstack.cosmos", *cosmos_options))
    model = stack.enter_context(model_gateway(stores.model, keys=keys, certificate=certificate))
    postgres = door(_port(stores.postgres), certificate, postgres=True)
    redis = door(_port(stores.redis), certificate)
    await stack.enter_async_context(
        door(_port(bus.connection.partition(";")[0]), certificate, host=address, port=AMQPS)
    )
    return bus, {
        "POSTGRES_HOST": "localhost",
        "POSTGRES_PORT": str(await stack.enter_async_context(postgres)),
        "POSTGRES_USER": ROLE,
        "REDIS_HOST": "localhost",
        "REDIS_PORT": str(await stack.enter_async_context(redis)),
        "COSMOS_ENDPOINT": cosmos.replace("127.0.0.1", "localhost"),
        "ServiceBus__fullyQualifiedNamespace": address,
        "OPENAI_URL": f"{model}/v1",
        "OPENAI_MODEL": "large",
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


def _port(url: str) -> int:
    return int(url.partition("://")[2].partition("/")[0].rpartition(":")[2])
