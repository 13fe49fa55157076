"""The facts of the drawing, held against the files: addresses, zones, tiers, retention, ports."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.infra.bicep_file import INFRA, MAIN, MODULES, module, parameters, part, read


def default(param: str) -> Any:
    return read(MAIN).of("param")[param].value


def made(module_name: str, type_name: str) -> dict[str, Any]:
    [body] = module(module_name).resources(type_name)
    return dict(body)


def test_network_has_the_drawn_ranges_and_addresses() -> None:
    addresses = default("addresses")
    ranges = ("space", "application", "database", "cache", "gateway", "messaging", "security")
    assert [addresses[name] for name in ranges] == [
        "10.0.0.0/16",
        *(f"10.0.{third}.0/24" for third in (1, 2, 3, 4, 5, 6)),
    ]
    endpoints = ("postgres", "redis", "serviceBus", "keyVault")
    assert [addresses[name] for name in endpoints] == ["10.0.2.10", "10.0.3.10", "10.0.5.10", "10.0.6.10"]


def test_no_address_is_given_twice() -> None:
    addresses = [value for value in default("addresses").values() if "/" not in value]
    addresses += [service["address"] for service in default("services")]
    assert len(set(addresses)) == len(addresses)


def test_services_have_the_drawn_ports() -> None:
    services = {service["name"]: service for service in default("services")}
    assert {name: one["port"] for name, one in services.items()} == {
        "user": 30080,
        "trip": 30081,
        "ai": 30082,
        "location": 30083,
    }
    assert all(one["address"].startswith("10.0.1.") for one in services.values())


def test_nodes_are_the_drawn_ones() -> None:
    sizes = default("sizes")
    assert sizes["zones"] == ["1", "2", "3"]
    assert (sizes["systemPool"]["size"], sizes["systemPool"]["min"]) == ("Standard_D2s_v3", 3)
    assert (sizes["applicationPool"]["size"], sizes["applicationPool"]["min"]) == ("Standard_D4s_v3", 3)


def test_cluster_is_premium_private_and_without_local_accounts() -> None:
    body = made("cluster", "Microsoft.ContainerService/managedClusters")
    assert body["sku"]["tier"] == "Premium"
    properties = body["properties"]
    assert properties["supportPlan"] == "AKSLongTermSupport"
    assert properties["disableLocalAccounts"] is True
    assert properties["apiServerAccessProfile"]["enablePrivateCluster"] is True
    assert properties["workloadAutoScalerProfile"]["keda"]["enabled"] is True
    assert properties["oidcIssuerProfile"]["enabled"] is True


def test_postgres_keeps_35_days_in_two_regions_and_knows_no_password() -> None:
    body = made("postgres", "Microsoft.DBforPostgreSQL/flexibleServers")["properties"]
    assert body["version"] == "18"
    assert body["authConfig"]["passwordAuth"] == "Disabled"
    assert "'ZoneRedundant'" in body["highAvailability"]["mode"]
    assert "'Enabled'" in body["backup"]["geoRedundantBackup"]
    assert module("postgres").of("param")["retentionDays"].value == 35
    assert default("sizes")["postgres"] == "Standard_D4s_v3"
    primary, standby, replica = default("sizes")["postgresZones"]
    assert (primary, replica) == ("1", "2")
    assert standby not in (primary, replica)


def test_redis_is_the_size_drawn_and_highly_available() -> None:
    assert default("sizes")["redis"] == "Balanced_B5"
    body = made("redis", "Microsoft.Cache/redisEnterprise")["properties"]
    assert body["highAvailability"] == "Enabled"
    database = made("redis", "Microsoft.Cache/redisEnterprise/databases")["properties"]
    assert (database["port"], database["accessKeysAuthentication"]) == (10000, "Disabled")


def test_gateway_and_front_door_prevent() -> None:
    for name, kind in (
        ("gateway-firewall", "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"),
        ("front-door-firewall", "Microsoft.Network/frontDoorWebApplicationFirewallPolicies"),
    ):
        assert made(name, kind)["properties"]["policySettings"]["mode"] == "Prevention"
        assert module(name).of("param")["requestsPerMinute"].value == 1000
    rules = made("gateway-firewall", "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies")
    [only, _] = rules["properties"]["customRules"]
    assert only["action"] == "Block"
    assert only["matchConditions"][0]["matchVariables"][0]["selector"] == "X-Azure-FDID"
    assert only["matchConditions"][0]["negationConditon"] is True
    assert {one["ruleSetType"] for one in rules["properties"]["managedRules"]["managedRuleSets"]} == {
        "OWASP",
        "Microsoft_BotManagerRuleSet",
    }


def test_vault_and_registry_are_premium_and_backups_geo_redundant() -> None:
    vault = made("key-vault", "Microsoft.KeyVault/vaults")["properties"]
    assert vault["sku"]["name"] == "premium"
    assert vault["enablePurgeProtection"] is True
    assert vault["enableRbacAuthorization"] is True
    assert made("registry", "Microsoft.ContainerRegistry/registries")["sku"]["name"] == "Premium"
    assert module("registry").resources("Microsoft.ContainerRegistry/registries/replications")
    backup = made("backup", "Microsoft.DataProtection/backupVaults")["properties"]
    assert backup["storageSettings"][0]["type"] == "GeoRedundant"
    assert backup["securitySettings"]["softDeleteSettings"]["state"] == "AlwaysOn"
    assert default("secondaryLocation") == "koreacentral"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("postgres", "Microsoft.DBforPostgreSQL/flexibleServers"),
        ("postgres-replica", "Microsoft.DBforPostgreSQL/flexibleServers"),
        ("redis", "Microsoft.Cache/redisEnterprise"),
        ("service-bus", "Microsoft.ServiceBus/namespaces"),
        ("cosmos", "Microsoft.DocumentDB/databaseAccounts"),
        ("key-vault", "Microsoft.KeyVault/vaults"),
        ("storage", "Microsoft.Storage/storageAccounts"),
        ("openai", "Microsoft.CognitiveServices/accounts"),
        ("registry", "Microsoft.ContainerRegistry/registries"),
    ],
)
def test_private_service_is_closed_to_the_internet_and_to_keys(name: str, kind: str) -> None:
    properties = made(name, kind)["properties"]
    access = properties.get("publicNetworkAccess") or properties["network"]["publicNetworkAccess"]
    assert access == "Disabled"
    switches = {"disableLocalAuth": True, "allowSharedKeyAccess": False, "adminUserEnabled": False}
    assert all(properties.get(key, wanted) is wanted for key, wanted in switches.items())


def test_nothing_in_any_module_is_open_to_public_networks() -> None:
    assert [path.stem for path in MODULES if "publicNetworkAccess: 'Enabled'" in path.read_text()] == []


def test_last_rule_of_every_security_group_denies() -> None:
    [rest] = module("network-security").of("var")["rest"].value
    assert (rest["source"], rest["ports"]) == ("*", ["0-65535"])
    text = (INFRA / "modules" / "network-security.bicep").read_text()
    assert "in concat(opening.allow, rest): {" in text
    assert "access: rule.source == '*' ? 'Deny' : 'Allow'" in text
    assert "priority: rule.source == '*' ? 4096 :" in text
    openings = module("network-security").of("var")["openings"].value
    assert [one["subnet"] for one in openings] == [
        "application",
        "database",
        "cache",
        "gateway",
        "messaging",
        "security",
    ]
    sources = {rule["source"] for one in openings for rule in one["allow"]}
    assert sources <= {
        "applicationRange",
        "gatewayRange",
        "podRange",
        "AzureLoadBalancer",
        "AzureFrontDoor.Backend",
        "GatewayManager",
    }


def test_every_drawn_alert_is_there() -> None:
    logs = {one["name"] for one in module("alerts-logs").of("var")["alerts"].value}
    bus = {one["name"] for one in module("alerts-metrics").of("var")["busAlerts"].value}
    assert logs == {"error-rate", "draft-time", "expiry", "backup"}
    assert bus == {"queue-age", "dead-letters"}
    assert {"lagRule"} <= set(module("alerts-metrics").of("resource"))
    assert module("alerts-availability").of("resource")
    params = module("alerts-logs").of("param")
    assert (params["errorPercent"].value, params["draftSeconds"].value) == (1, 5)


def test_lag_is_watched_beside_the_first_database_and_in_the_second_region() -> None:
    params = read(MAIN).of("module")["metricAlerts"].value["params"]
    assert params["replicaId"] == "isFirst ? data.outputs.ids.postgresReplica : data.outputs.ids.postgres"


def test_what_travellers_made_is_locked_in_production() -> None:
    locks = module("locks").resources("Microsoft.Authorization/locks")
    assert {one["scope"] for one in locks} == {"postgres", "cosmos", "registry"}
    assert {one["properties"]["level"] for one in locks} == {"CanNotDelete"}
    main = MAIN.read_text()
    assert "module locks 'modules/locks.bicep' = if (environmentName == 'prod')" in main


def test_pods_have_the_same_range_for_cluster_and_security_groups() -> None:
    cluster = made("cluster", "Microsoft.ContainerService/managedClusters")["properties"]
    security = part("foundation").of("module")["security"].value["params"]
    assert security["podRange"] == cluster["networkProfile"]["podCidr"]


ENDPOINTS = {one["kind"]: one for one in part("endpoints").of("var")["endpoints"].value}


def test_private_endpoints_name_group_member_subnet_and_zone_as_azure_does() -> None:
    expected = {
        "postgres": ("postgresqlServer", ["postgresqlServer"], "database", "postgres"),
        "postgresReplica": ("postgresqlServer", ["postgresqlServer"], "database", "postgres"),
        "cosmos": ("Sql", "concat([ shared.cosmos ], cosmosRegions)", "database", "cosmos"),
        "redis": ("redisEnterprise", ["redisEnterprise"], "cache", "redis"),
        "serviceBus": ("namespace", ["namespace"], "messaging", "serviceBus"),
        "keyVault": ("vault", ["default"], "security", "keyVault"),
        "registry": ("registry", "concat([ 'registry' ], registryRegions)", "security", "registry"),
        "blob": ("blob", ["blob"], "security", "blob"),
        "openAi": ("account", ["default"], "security", "openAi"),
    }
    found = {
        kind: (one["groupId"], one["members"], one["subnet"], one["zone"]) for kind, one in ENDPOINTS.items()
    }
    assert found == expected


def test_members_of_regions_are_named_as_azure_does() -> None:
    variables = part("endpoints").of("var")
    assert variables["cosmosRegions"].value == "'${shared.cosmos}-${region}'"
    assert variables["registryRegions"].value == "'registry_data_${region}'"


def test_every_kind_of_service_has_a_zone_and_every_zone_an_endpoint() -> None:
    zones = module("private-dns").of("var")["zones"].value
    assert {one["zone"] for one in ENDPOINTS.values()} == set(zones)
    assert len(set(zones.values())) == len(zones)


def test_endpoints_lie_in_the_range_of_their_subnet() -> None:
    addresses = default("addresses")
    for kind, one in ENDPOINTS.items():
        assert ip_address(addresses[kind]) in ip_network(addresses[one["subnet"]]), kind


def test_addresses_of_members_do_not_run_into_each_other() -> None:
    addresses = default("addresses")
    members = {"cosmos": 3, "registry": 3}  # the service and two regions
    taken = [ip_address(addresses[kind]) + i for kind in ENDPOINTS for i in range(members.get(kind, 1))]
    assert len(set(taken)) == len(taken)


def test_second_site_has_the_same_plan_in_a_network_of_its_own() -> None:
    theirs = parameters("dr")["addresses"]
    assert {key: value.replace("10.1.", "10.0.", 1) for key, value in theirs.items()} == default("addresses")
    assert not any(value.startswith("10.0.") for value in theirs.values())
    assert parameters("dr")["location"] == default("secondaryLocation") == "koreacentral"


def test_second_site_has_the_same_services_and_sizes_but_fewer_nodes_while_it_waits() -> None:
    theirs, ours = parameters("dr"), default("sizes")
    for service in theirs["services"]:
        service["address"] = service["address"].replace("10.1.", "10.0.", 1)
    assert theirs["services"] == default("services")
    assert theirs["sizes"]["applicationPool"].pop("min") < ours["applicationPool"].pop("min")
    assert theirs["sizes"] == ours


def test_bus_is_called_as_drawn() -> None:
    prod = parameters("prod")
    assert prod["environmentName"] == "prod"
    assert prod["location"] == module("names").of("param")["homeRegion"].value
    variables = module("names").of("var")
    assert variables["suffix"].value.startswith("location == homeRegion ? '' :")
    assert variables["site"].value == "'tripgen-${environmentName}${suffix}'"
    assert module("names").of("output")["names"].value["serviceBus"] == "'sb-${site}'"
