"""Every setting the app reads, typed, in one place."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    FilePath,
    HttpUrl,
    Json,
    PostgresDsn,
    RedisDsn,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

type Credential = Literal["WorkloadIdentityCredential", "ManagedIdentityCredential", "AzureCliCredential"]
WORKLOAD = "WorkloadIdentityCredential"
type Url = Annotated[str, Field(pattern=r"^https?://")]

_READ = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)
"""Input stays out of error messages: it holds every secret of the process."""


def _with_key(connection: SecretStr) -> SecretStr:
    if "InstrumentationKey=" not in connection.get_secret_value():
        raise ValueError(
            "It names no InstrumentationKey. Copy the connection string of Application Insights."
        )
    return connection


type InsightsConnection = Annotated[SecretStr, AfterValidator(_with_key)]


class IdentitySettings(BaseSettings):
    """Who this process is where it shows a token and no secret."""

    model_config = _READ

    azure_token_credentials: Credential | None = None
    """The credential of azure-identity by its class: WorkloadIdentityCredential in a cluster."""
    azure_tenant_id: str | None = None
    azure_client_id: str | None = None
    azure_federated_token_file: str | None = None
    ssl_cert_file: FilePath | None = None
    """Authorities to trust in place of the public ones; OpenSSL's own name for it."""

    @property
    def is_workload(self) -> bool:
        """Whether a service account of the cluster vouches for us."""
        return self.azure_token_credentials == WORKLOAD

    def _require_identity(self, wanted: str) -> None:
        if self.azure_token_credentials is None:
            raise ValueError(
                f"{wanted} needs AZURE_TOKEN_CREDENTIALS: WorkloadIdentityCredential in a cluster, "
                "AzureCliCredential on a laptop."
            )
        federation = (self.azure_tenant_id, self.azure_client_id, self.azure_federated_token_file)
        if self.is_workload and None in federation:
            raise ValueError(
                f"{WORKLOAD} needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE: a pod "
                "has them if it is labelled azure.workload.identity/use and its service account names one."
            )

    def _require_one(self, secret: tuple[str, object], identity: tuple[str, object]) -> None:
        """Exactly one of two settings, each as its name and value; the second one needs an identity."""
        given = [name for name, value in (secret, identity) if value is not None]
        if len(given) != 1:
            raise ValueError(
                f"Set {secret[0]}, which holds a secret, or {identity[0]}, to come as an identity: "
                f"{'both are' if given else 'neither is'} set."
            )
        if given == [identity[0]]:
            self._require_identity(identity[0])


class DatabaseSettings(IdentitySettings):
    """What a migration needs, and no more."""

    postgres_url: PostgresDsn | None = None
    postgres_host: str | None = None
    postgres_port: int = Field(default=5432, ge=1, le=65535)
    postgres_database: str = "tripgen"
    postgres_user: str | None = None
    """The role of this process's identity, by the name of the identity."""

    @model_validator(mode="after")
    def _knows_its_database(self) -> Self:
        self._require_one(("POSTGRES_URL", self.postgres_url), ("POSTGRES_HOST", self.postgres_host))
        if self.postgres_host is not None and self.postgres_user is None:
            raise ValueError("POSTGRES_HOST needs POSTGRES_USER: the role of this process's identity.")
        return self


class EdgeSettings(BaseSettings):
    """What every answer needs to know."""

    model_config = _READ

    cors_origins: Json[frozenset[str]] = Field(default="[]", validate_default=True)
    """Browser origins that may read answers, as a JSON list: ["https://app.example.org"]."""


class BusSettings(IdentitySettings):
    """What the replay of dead letters needs, and no more."""

    service_bus: SecretStr | None = Field(default=None, validation_alias="ServiceBus")
    service_bus_namespace: str | None = Field(
        default=None, validation_alias="ServiceBus__fullyQualifiedNamespace"
    )
    """The host name; the Functions host reads the same setting for its listeners."""

    @model_validator(mode="after")
    def _knows_its_bus(self) -> Self:
        self._require_one(
            ("ServiceBus", self.service_bus),
            ("ServiceBus__fullyQualifiedNamespace", self.service_bus_namespace),
        )
        return self


class TelemetrySettings(BaseSettings):
    """What is told, how much of it, and to whom; without a destination nothing leaves the process."""

    model_config = _READ

    applicationinsights_connection_string: InsightsConnection | None = None
    otel_exporter_otlp_endpoint: Url | None = None
    """Base address of an OTLP/HTTP collector, such as http://localhost:4318."""
    cloud_role_name: str = "tripgen"
    """Which service this process is: the Deployment's name in a cluster."""
    traces_sampling_ratio: float = Field(default=1.0, ge=0.0, le=1.0)
    """Share of traces that are exported; log lines and measurements always are."""
    metrics_export_seconds: int = Field(default=30, ge=1)


class Settings(DatabaseSettings, EdgeSettings, BusSettings, TelemetrySettings):
    """Application settings, by the names they have in the environment (case does not matter)."""

    log_level: str = "INFO"

    redis_url: RedisDsn | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=10000, ge=1, le=65535)
    cosmos_endpoint: HttpUrl
    cosmos_key: SecretStr | None = None
    cosmos_database: str = "tripgen"

    token_keys: Json[dict[str, SecretStr]]
    token_key_id: str

    operator_tenant: UUID | None = None
    operator_audience: str | None = None
    operator_issuer: Url | None = None
    operator_keys_url: Url | None = None

    schedule_jobs_at_once: int = Field(default=3, ge=1)
    schedule_jobs_per_day: int = Field(default=100, ge=1)

    google_maps_key: SecretStr
    google_maps_url: Url = "https://maps.googleapis.com"
    google_places_url: Url = "https://places.googleapis.com"
    google_routes_url: Url = "https://routes.googleapis.com"
    place_facts_url: Url | None = None
    place_facts_key: SecretStr | None = None
    kakao_key: SecretStr | None = None
    kakao_local_url: Url = "https://dapi.kakao.com"
    kakao_navi_url: Url = "https://apis-navi.kakaomobility.com"
    openweather_key: SecretStr
    openweather_url: Url = "https://api.openweathermap.org"

    openai_url: Url | None = None
    openai_key: SecretStr | None = None
    openai_model: str | None = None
    openai_fallback_model: str | None = None
    model_deadline_seconds: float = 20.0

    @model_validator(mode="after")
    def _operators_are_whole(self) -> Self:
        if (self.operator_tenant is None) != (self.operator_audience is None):
            raise ValueError(
                "OPERATOR_TENANT and OPERATOR_AUDIENCE belong together: set both, or neither,"
                " and then no operator can sign in."
            )
        if self.operator_tenant is None and (self.operator_issuer or self.operator_keys_url):
            raise ValueError("OPERATOR_ISSUER and OPERATOR_KEYS_URL are of no use without OPERATOR_TENANT.")
        return self

    @model_validator(mode="after")
    def _knows_its_stores(self) -> Self:
        self._require_one(("REDIS_URL", self.redis_url), ("REDIS_HOST", self.redis_host))
        if self.cosmos_key is None:
            self._require_identity("COSMOS_ENDPOINT without COSMOS_KEY")
            if self.cosmos_endpoint.scheme != "https":
                raise ValueError("COSMOS_ENDPOINT without COSMOS_KEY must be https: a token is sent there.")
        return self

    @model_validator(mode="after")
    def _knows_its_model(self) -> Self:
        if self.openai_model is None or self.openai_key is not None:
            return self
        self._require_identity("OPENAI_MODEL without OPENAI_KEY")
        if self.openai_url is None or not self.openai_url.startswith("https://"):
            raise ValueError(
                "OPENAI_MODEL without OPENAI_KEY needs an OPENAI_URL with https: a token is sent there."
            )
        return self
