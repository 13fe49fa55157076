"""Every setting the app reads, typed, in one place."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, HttpUrl, Json, PostgresDsn, RedisDsn, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

type Url = Annotated[str, Field(pattern=r"^https?://")]


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


class Settings(DatabaseSettings, EdgeSettings, BusSettings):
    """Application settings, by the names they have in the environment (case does not matter)."""

    log_level: str = "INFO"

    redis_url: RedisDsn
    cosmos_endpoint: HttpUrl
    cosmos_key: SecretStr
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
