"""Every role assignment is in the table of docs/operations/access.md, and the reverse."""

import json
import re
from pathlib import Path
from uuid import UUID

from tests.infra.bicep_file import INFRA, module
from tests.infra.manifests import objects

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations" / "access.md"
FILES = ("access", "access-queues", "access-vault", "access-platform", "access-shared", "access-cache")
SCOPES = {
    "onStorage": "blob container azure-webjobs-hosts",
    "onInsights": "Application Insights",
    "onModel": "Azure OpenAI",
    "onSubnet": "subnet snet-application",
    "onKubelet": "identity kubelet",
    "onBackup": "PostgreSQL server",
    "onGroup": "resource group",
    "onRegistry": "container registry",
    "onCache": "Redis database",
}


def assigned() -> set[tuple[str, str, str]]:
    """Holder, role and scope of every assignment in the files."""
    found = set()
    for name in FILES:
        for variable, one in module(name).of("var").items():
            if variable.startswith("on"):
                for entry in one.value:
                    found.add((entry["holder"], entry["role"], scope_of(variable, entry)))
    return found


def scope_of(variable: str, entry: dict[str, str]) -> str:
    if variable == "onQueues":
        return f"queue {entry['queue']}"
    if variable == "onDocuments":
        return f"container {entry['container']}"
    if variable == "onSecrets":
        return f"secrets of the {entry['secrets']}"
    return SCOPES[variable]


def documented() -> set[tuple[str, ...]]:
    rows = re.findall(r"^\| (\S+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", DOCUMENT.read_text(), re.M)
    return {row for row in rows if row[0] != "who" and not row[0].startswith("-")}


def test_table_and_files_tell_the_same() -> None:
    assert assigned() == documented()
    assert len(assigned()) > 30


def test_assignments_are_made_in_the_access_modules_only() -> None:
    others = [
        path.stem
        for path in (INFRA / "modules").glob("*.bicep")
        if path.stem not in (*FILES, "access-secrets")
        and re.search(r"roleAssignments@|accessPolicyAssignments@", path.read_text(), re.I)
    ]
    assert others == []


def test_nobody_reads_the_whole_vault_and_everybody_just_what_is_mounted() -> None:
    variables = module("access-vault").of("var")
    secrets = set(variables["serviceSecrets"].value)
    readers = {one["holder"] for one in variables["onSecrets"].value if one["secrets"] == "services"}
    mounted = {
        name: set(re.findall(r"objectName: (\S+)", one["spec"]["parameters"]["objects"]))
        for name, one in objects("prod", "SecretProviderClass").items()
    }
    assert mounted == dict.fromkeys(readers, secrets)
    assert "scope: vault" not in (INFRA / "modules" / "access-secrets.bicep").read_text()


def test_every_list_of_assignments_is_used_by_a_resource() -> None:
    for name in FILES:
        text = (INFRA / "modules" / f"{name}.bicep").read_text()
        for variable in module(name).of("var"):
            if variable.startswith("on"):
                assert re.search(rf"for (entry|\(entry, i\)) in {variable}:", text), variable


def test_role_ids_are_known_and_none_is_owner_or_contributor() -> None:
    roles = json.loads((INFRA / "roles.json").read_text())
    assert len({UUID(value) for value in roles.values()}) == len(roles)
    used = {role for _, role, _ in assigned() if not role.startswith(("Cosmos DB", "Redis"))}
    assert used <= set(roles)
    assert not used & {"Owner", "Contributor", "User Access Administrator"}


def test_holders_have_an_identity_or_are_the_backup_vault() -> None:
    identities = module("identities").of("var")["holders"].value
    assert {holder for holder, _, _ in assigned()} <= {*identities, "backup"}
