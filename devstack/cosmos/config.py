"""The databases and containers that exist from the start, read from a JSON file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from devstack.cosmos.store import Catalogue


class DatabaseConfig(BaseModel):
    """A database and the definitions of its containers, as the REST API takes them."""

    model_config = ConfigDict(extra="forbid")
    id: str
    containers: list[dict[str, JsonValue]] = []


class Config(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")
    databases: list[DatabaseConfig]


def read_config(path: Path) -> Config:
    """The checked content of the file; pydantic's ValidationError names what is wrong."""
    return Config.model_validate_json(path.read_bytes())


def create_missing(config: Config, catalogue: Catalogue) -> None:
    """Create what the file declares and is not there yet; what is there stays as it is."""
    existing = {str(database["id"]) for database in catalogue.databases()}
    for database in config.databases:
        if database.id not in existing:
            catalogue.create_database(database.id)
        present = {container.id for container in catalogue.containers(database.id)}
        for definition in database.containers:
            if definition.get("id") not in present:
                catalogue.create_container(database.id, dict(definition))
