"""Every setting the app reads, typed, in one place."""

from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, Json, PostgresDsn, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

type Url = Annotated[str, Field(pattern=r"^https?://")]


def _with_key(connection: SecretStr) -> SecretStr:
    if "InstrumentationKey=" not in connection.get_secret_value():
        raise ValueError(
            "It names no InstrumentationKey. Copy the connection string of Application Insights."
        )
    return connection


type InsightsConnection = Annotated[SecretStr, AfterValidator(_with_key)]


class DatabaseSettings(BaseSettings):
    """What a migration needs, and no more."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    postgres_url: PostgresDsn


class EdgeSettings(BaseSettings):
    """What every answer needs to know."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    cors_origins: Json[frozenset[str]] = Field(default="[]", validate_default=True)
    """Browser origins that may read answers, as a JSON list: ["https://app.example.org"]."""


class BusSettings(BaseSettings):
    """What the replay of dead letters needs, and no more."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    service_bus: SecretStr = Field(validation_alias="ServiceBus")


class TelemetrySettings(BaseSettings):
    """What is told, how much of it, and to whom; without a destination nothing leaves the process."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

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

    redis_url: RedisDsn
    cosmos_endpoint: HttpUrl
    cosmos_key: SecretStr
    cosmos_database: str = "tripgen"

    token_keys: Json[dict[str, SecretStr]]
    token_key_id: str

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
