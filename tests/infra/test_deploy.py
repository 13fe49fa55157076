"""What the cluster gets is what was drawn, fits together, and sets what the app reads."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from shared.config import DatabaseSettings, Settings
from shared.messaging import CONTRACTS
from tests.infra.manifests import OVERLAYS, Manifest, container, environment, kinds, objects, rendered
from tests.launch import ROOT

DRAWN = {"user": (2, 10), "trip": (3, 15), "ai": (2, 8), "location": (2, 10), "notification": (0, 5)}
PORTS = {"user": 30080, "trip": 30081, "ai": 30082, "location": 30083}
LAST_OCTETS = {"user": 200, "trip": 201, "ai": 202, "location": 203}
NETWORKS = {"dev": "10.0", "prod": "10.0", "dr": "10.1"}
BUSES = {"dev": "sb-tripgen-dev", "prod": "sb-tripgen-prod", "dr": "sb-tripgen-prod-krc"}
QUEUES = {
    "ai": "ai-schedule-generation",
    "location": "location-search",
    "notification": "notification",
}
HOST_SETTINGS = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsScriptRoot",
    "AzureWebJobsSecretStorageType",
    "AzureWebJobsStorage__accountName",
    "ASPNETCORE_URLS",
    "HOME",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",  # this and the next are Azure Monitor's exporter's
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
}
LEFT_AT_DEFAULT = {
    "GOOGLE_MAPS_URL",
    "GOOGLE_PLACES_URL",
    "GOOGLE_ROUTES_URL",
    "PLACE_FACTS_URL",
    "OPENWEATHER_URL",
    "MODEL_DEADLINE_SECONDS",
    "KAKAO_LOCAL_URL",
    "KAKAO_NAVI_URL",
    "SCHEDULE_JOBS_AT_ONCE",
    "SCHEDULE_JOBS_PER_DAY",
    "CORS_ORIGINS",
    "OPERATOR_ISSUER",
    "OPERATOR_KEYS_URL",
    "POSTGRES_PORT",
    "SSL_CERT_FILE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "TRACES_SAMPLING_RATIO",
    "METRICS_EXPORT_SECONDS",
}
SITES = {"dev": "tripgen-dev", "prod": "tripgen-prod", "dr": "tripgen-prod-krc"}
"""Names of the sites the overlays are for."""
SECRETS_OF_STORES = {"POSTGRES_URL", "REDIS_URL", "COSMOS_KEY", "ServiceBus", "OPENAI_KEY"}
FROM_THE_WEBHOOK = {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"}
"""What workload identity puts into pods with its label."""

MAIN_BICEP = ROOT / "infra/bicep/main.bicep"
GATEWAY = re.compile(r"name: '(\w+)',?\s+address: '[\d.]+',?\s+port: \d+,?\s+paths: \[\s+([^\]]+)\s+\]")
ROUTES = """
import json, function_app
from deploy.services import blueprint_of, homes
found = {}
for function in function_app.app.get_functions():
    trigger = function.get_trigger()
    homes_of = homes(function.get_function_name(), blueprint_of(function))
    if trigger.type == "httpTrigger" and len(homes_of) == 1:
        found.setdefault(homes_of[0], []).append(f"/api/{trigger.route}")
print(json.dumps(found))
"""


def known_settings() -> set[str]:
    return {str(field.validation_alias or name.upper()) for name, field in Settings.model_fields.items()}


def workloads(overlay: str) -> dict[str, Manifest]:
    """Everything that runs our image."""
    return objects(overlay, "Deployment") | objects(overlay, "Job")


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_split_is_the_one_of_the_app() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_services_are_the_drawn_ones(overlay: str) -> None:
    assert set(objects(overlay, "Deployment")) == set(DRAWN)


def test_replicas_of_production_are_the_drawn_ones() -> None:
    scaled = objects("prod", "ScaledObject")
    ranges = {n: (s["spec"]["minReplicaCount"], s["spec"]["maxReplicaCount"]) for n, s in scaled.items()}
    assert ranges == DRAWN
    assert not objects("prod", "HorizontalPodAutoscaler")


def test_the_gateway_finds_each_service_at_its_address(overlay: str) -> None:
    services = objects(overlay, "Service")
    assert {name: s["spec"]["ports"][0]["nodePort"] for name, s in services.items()} == PORTS
    assert {name: s["spec"]["ports"][0]["port"] for name, s in services.items()} == PORTS
    for name, service in services.items():
        notes = service["metadata"]["annotations"]
        assert notes["service.beta.kubernetes.io/azure-load-balancer-internal"] == "true"
        address = notes["service.beta.kubernetes.io/azure-load-balancer-ipv4"]
        assert address == f"{NETWORKS[overlay]}.1.{LAST_OCTETS[name]}"


def test_the_gateway_sends_each_path_to_the_service_that_answers_it() -> None:
    given = {name: _heads(paths) for name, paths in GATEWAY.findall(MAIN_BICEP.read_text())}
    for name, routes in _routes().items():
        for route in routes:
            fits = [service for service, heads in given.items() if route.startswith(tuple(heads))]
            assert fits == [name], route


def _heads(paths: str) -> list[str]:
    return [path.rstrip("*") for path in re.findall(r"'([^']+)'", paths)]


def _routes() -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", ROUTES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_workers_scale_on_the_queue_they_read(overlay: str) -> None:
    assert set(QUEUES.values()) == {model.queue for model in CONTRACTS}
    for name, queue in QUEUES.items():
        trigger = objects(overlay, "ScaledObject")[name]["spec"]["triggers"][0]
        assert trigger["metadata"]["queueName"] == queue
        assert trigger["metadata"]["namespace"] == BUSES[overlay]


def test_every_setting_of_a_service_is_one_the_app_or_its_host_reads(overlay: str) -> None:
    for name, workload in objects(overlay, "Deployment").items():
        given = {key for key in environment(overlay, workload) if "functions__" not in key}
        expected = known_settings() - LEFT_AT_DEFAULT - SECRETS_OF_STORES - FROM_THE_WEBHOOK
        assert given - HOST_SETTINGS == expected, name


def test_what_is_left_at_its_default_has_one() -> None:
    needed = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert not needed & LEFT_AT_DEFAULT
    assert known_settings() >= LEFT_AT_DEFAULT


def test_telemetry_of_a_service_goes_by_its_name(overlay: str) -> None:
    for name, workload in objects(overlay, "Deployment").items():
        assert environment(overlay, workload)["CLOUD_ROLE_NAME"] == name


def test_secrets_come_from_the_vault_only(overlay: str) -> None:
    secret = {"TOKEN_KEYS"}
    for workload in objects(overlay, "Deployment").values():
        found = environment(overlay, workload)
        assert {key for key in found if key in secret or key.endswith("_KEY")} == {
            key for key, value in found.items() if value is None
        }
    assert not objects(overlay, "Secret")


def test_no_store_is_reached_with_a_secret(overlay: str) -> None:
    assert known_settings() >= SECRETS_OF_STORES
    for workload in workloads(overlay).values():
        assert not SECRETS_OF_STORES & set(environment(overlay, workload))
    vault = {
        yaml.safe_load(entry)["objectName"]
        for provider in objects(overlay, "SecretProviderClass").values()
        for entry in yaml.safe_load(provider["spec"]["parameters"]["objects"])["array"]
    }
    assert vault == {"token-keys", "google-maps-key", "place-facts-key", "kakao-key", "openweather-key"}


def test_every_workload_gets_the_token_of_its_service_account(overlay: str) -> None:
    accounts = objects(overlay, "ServiceAccount")
    for name, workload in workloads(overlay).items():
        pod = workload["spec"]["template"]
        assert pod["metadata"]["labels"]["azure.workload.identity/use"] == "true"
        assert pod["spec"]["serviceAccountName"] == name
        assert "azure.workload.identity/client-id" in accounts[name]["metadata"]["annotations"]


def test_a_pod_has_settings_that_the_app_accepts(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"TOKEN_KEYS": "{}"}
    for name, workload in workloads(overlay).items():
        with monkeypatch.context() as pod:
            for key in known_settings():
                pod.delenv(key, raising=False)
            for key in FROM_THE_WEBHOOK:
                pod.setenv(key, "from the webhook")
            for key, value in environment(overlay, workload).items():
                pod.setenv(key, secrets.get(key, "a secret") if value is None else value)
            settings = DatabaseSettings() if name == "migrations" else Settings()
        assert settings.postgres_host == f"psql-{SITES[overlay]}.postgres.database.azure.com"
        assert settings.postgres_user == f"id-{SITES[overlay]}-{name}"
        assert settings.is_workload


def test_who_may_sign_in_to_the_database_is_who_does(overlay: str) -> None:
    script = (ROOT / "deploy/roles.sql").read_text()
    [made] = re.findall(r"pgaadauth_create_principal.*\n\s+FROM unnest\(ARRAY\[(.+)\]\)", script)
    working = set(workloads(overlay)) | {"migrations"}  # a site that waits runs none
    assert {name.strip(" '") for name in made.split(",")} == working


def test_a_pod_outlives_its_longest_step_and_its_drain(overlay: str) -> None:
    minutes = 5  # functionTimeout of host.json
    for workload in objects(overlay, "Deployment").values():
        grace = workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        drain = int(container(workload)["lifecycle"]["preStop"]["exec"]["command"][1])
        assert grace >= minutes * 60 + drain
    assert f'"functionTimeout": "00:0{minutes}:00"' in (ROOT / "host.json").read_text()


def test_no_value_is_left_for_an_overlay_to_set(overlay: str) -> None:
    assert "set-by-overlay" not in rendered(overlay)
    assert "setByOverlay" not in rendered(overlay)


def test_argo_cd_may_make_exactly_what_an_overlay_holds(overlay: str) -> None:
    project = yaml.safe_load((ROOT / "deploy/argocd/project.yaml").read_text())["spec"]
    allowed = {e["kind"] for e in project["namespaceResourceWhitelist"] + project["clusterResourceWhitelist"]}
    missing = {"Job"} if overlay == "dr" else set()  # a waiting site migrates nothing
    assert allowed - missing == kinds(overlay) | {"Namespace"}
