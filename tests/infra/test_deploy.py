"""What the cluster gets is what was drawn, fits together, and sets what the app reads."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from shared.config import Settings
from shared.messaging import CONTRACTS
from tests.infra.manifests import OVERLAYS, container, environment, kinds, objects
from tests.launch import ROOT

DRAWN = {"user": (2, 10), "trip": (3, 15), "ai": (2, 8), "location": (2, 10), "notification": (0, 5)}
PORTS = {"user": 30080, "trip": 30081, "ai": 30082, "location": 30083}
ADDRESSES = {"user": "10.0.1.200", "trip": "10.0.1.201", "ai": "10.0.1.202", "location": "10.0.1.203"}
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
}

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
        assert notes["service.beta.kubernetes.io/azure-load-balancer-ipv4"] == ADDRESSES[name]


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
        assert trigger["metadata"]["namespace"] == f"sb-tripgen-{overlay}"


def test_every_setting_of_a_service_is_one_the_app_or_its_host_reads(overlay: str) -> None:
    for name, workload in objects(overlay, "Deployment").items():
        given = {key for key in environment(overlay, workload) if "functions__" not in key}
        assert given - HOST_SETTINGS == known_settings() - LEFT_AT_DEFAULT, name


def test_what_is_left_at_its_default_has_one() -> None:
    needed = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert not needed & LEFT_AT_DEFAULT
    assert known_settings() >= LEFT_AT_DEFAULT


def test_secrets_come_from_the_vault_only(overlay: str) -> None:
    secret = {"TOKEN_KEYS", "POSTGRES_URL", "REDIS_URL", "ServiceBus"}
    for workload in objects(overlay, "Deployment").values():
        found = environment(overlay, workload)
        assert {key for key in found if key in secret or key.endswith("_KEY")} == {
            key for key, value in found.items() if value is None
        }
    assert not objects(overlay, "Secret")


def test_a_pod_outlives_its_longest_step_and_its_drain(overlay: str) -> None:
    minutes = 5  # functionTimeout of host.json
    for workload in objects(overlay, "Deployment").values():
        grace = workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        drain = int(container(workload)["lifecycle"]["preStop"]["exec"]["command"][1])
        assert grace >= minutes * 60 + drain
    assert f'"functionTimeout": "00:0{minutes}:00"' in (ROOT / "host.json").read_text()


def test_no_value_is_left_for_an_overlay_to_set(overlay: str) -> None:
    for kind in ("ServiceAccount", "SecretProviderClass", "TriggerAuthentication", "ScaledObject"):
        assert objects(overlay, kind)
        for item in objects(overlay, kind).values():
            assert "set-by-overlay" not in str(item)


def test_argo_cd_may_make_exactly_what_an_overlay_holds(overlay: str) -> None:
    project = yaml.safe_load((ROOT / "deploy/argocd/project.yaml").read_text())["spec"]
    allowed = {e["kind"] for e in project["namespaceResourceWhitelist"] + project["clusterResourceWhitelist"]}
    assert allowed == kinds(overlay) | {"Namespace"}
