"""deploy/ against the program, against Kubernetes, and against itself.

Both overlays are rendered as `kubectl apply -k` would, and checked with the schemas of Kubernetes and of the operators. Every
path, port, flag, variable and label in them has to be one that the program or another manifest has. `tests/run deployment` installs
what it needs and names the executable.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tempfile
import time
import tomllib
import unittest
import urllib.request
from pathlib import Path

import compose_spec
import kubernetes_validate
import yaml
from manifests import (
    DEPLOY,
    EXECUTABLE,
    MODULES,
    OVERLAYS,
    ROLES,
    ROOT,
    Object,
    commands,
    config,
    decoded,
    default_of,
    deployment,
    flags_of,
    main_container,
    matches,
    of_kind,
    own_containers,
    plain_variables,
    pod,
    pod_labels,
    port,
    references,
    rendered,
    variables_of,
)

KUBERNETES = "1.36"
"""The version whose schemas are used."""

CUSTOM = {
    "Cluster": ("ICluster", "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1"),
    "ScaledObject": ("IScaledObject", "@kubernetes-models/keda/keda.sh/v1alpha1"),
    "TriggerAuthentication": ("ITriggerAuthentication", "@kubernetes-models/keda/keda.sh/v1alpha1"),
    "RabbitmqCluster": ("IRabbitmqCluster", "./rabbitmq.js"),
}
"""Kinds of the operators: the name of their type, and the module that has it."""

MADE_BY_OPERATORS = {
    "marsad-rabbitmq-default-user": {"username", "password", "host", "port"},
    "marsad-postgres-app": {"uri", "username", "password", "host", "port", "dbname"},
}
"""Secrets that an operator makes for its resource, with the keys of them that are sure."""

STANDARD = {"RUST_LOG", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""Variables that are read by the libraries of logs and traces (services/marsad/src/telemetry.rs)."""


# ---- Kubernetes ------------------------------------------------------------------------------------------------------------


class Schemas(unittest.TestCase):
    def test_kinds_of_kubernetes_are_valid(self) -> None:
        for overlay in OVERLAYS:
            kinds = set()
            for item in rendered(overlay):
                if item["kind"] not in CUSTOM:
                    kubernetes_validate.validate(item, KUBERNETES, strict=True)
                    kinds.add(item["kind"])
            self.assertLessEqual({"Deployment", "Service", "NetworkPolicy", "PodDisruptionBudget", "ConfigMap"}, kinds)

    def check_types(self, items: list[Object]) -> str:
        """What the compiler says of these resources."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "node_modules").symlink_to(MODULES)
            (folder / "rabbitmq.d.ts").write_text((Path(__file__).parent / "rabbitmq.d.ts").read_text())
            lines = [f'import type {{ {kind} }} from "{module}";' for kind, module in CUSTOM.values()]
            for number, item in enumerate(items):
                lines.append(f"export const r{number}: {CUSTOM[item['kind']][0]} = {json.dumps(item)};")
            (folder / "resources.ts").write_text("\n".join(lines))
            (folder / "package.json").write_text('{"type": "module"}')
            options = {"strict": True, "noEmit": True, "skipLibCheck": True, "module": "nodenext", "target": "es2022"}
            settings = {"compilerOptions": options | {"types": []}, "files": ["resources.ts"]}
            (folder / "tsconfig.json").write_text(json.dumps(settings))
            compiler = ["node", str(MODULES / "typescript" / "bin" / "tsc"), "-p", str(folder)]
            done = subprocess.run(compiler, capture_output=True, text=True, check=False)
            return done.stdout + done.stderr

    def test_custom_resources_are_what_their_operators_take(self) -> None:
        items = of_kind("production", *CUSTOM)
        self.assertEqual({item["kind"] for item in items}, set(CUSTOM))
        self.assertEqual(of_kind("development", *CUSTOM), [], "a small cluster needs no operator")
        self.assertEqual(self.check_types(items), "")

    def test_a_slip_in_a_custom_resource_is_found(self) -> None:
        slips = []
        for item in of_kind("production", *CUSTOM):
            slip = json.loads(json.dumps(item))
            slip["spec"]["slip"] = 1
            slips.append(slip)
        said = self.check_types(slips)
        self.assertEqual(said.count("'\"slip\"' does not exist"), len(slips), said)

    def test_compose_file_is_valid(self) -> None:
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (DEPLOY / "compose.yaml").read_text())
        # The parser wants variables, extension fields and merge keys resolved.
        plain = {key: value for key, value in yaml.safe_load(text).items() if not key.startswith("x-")}
        compose_spec.PyCompose.from_yaml(yaml.safe_dump(plain)).validate()
        services = plain["services"]
        self.assertLessEqual({*ROLES, "rabbitmq", "postgres", "otel-collector", "prometheus"}, set(services))
        with self.assertRaises(Exception):
            compose_spec.PyCompose.from_yaml(yaml.safe_dump(plain | {"services": {"a": {"imago": "b"}}}))


# ---- the program -----------------------------------------------------------------------------------------------------------


class Program(unittest.TestCase):
    def assert_started_rightly(self, what: str, args: list[str], names: set[str]) -> None:
        command = args[0]
        self.assertIn(command, commands(), what)
        for flag in [arg.split("=")[0] for arg in args[1:] if arg.startswith("-")]:
            self.assertIn(flag, flags_of(command), what)
        for name in names:
            if name.startswith("MARSAD_"):
                self.assertIn(name, variables_of(command), what)
            else:
                self.assertIn(name, STANDARD, what)

    def test_commands_and_variables_exist(self) -> None:
        for overlay in OVERLAYS:
            for what, container in own_containers(overlay):
                names = {entry["name"] for entry in container.get("env", [])}
                # What only serves to make others of.
                text = json.dumps(container)
                names -= {name for name in names if f"$({name})" in text}
                if container.get("envFrom"):
                    names |= set(config(overlay))
                self.assert_started_rightly(what, container["args"], names)

    def test_compose_starts_what_exists(self) -> None:
        for name, service in yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].items():
            if name in (*ROLES, "migrate"):
                self.assertEqual(service["command"], [name])
                self.assert_started_rightly(name, service["command"], set(service["environment"]))

    def test_a_name_that_does_not_exist_is_found(self) -> None:
        for args, names in ((["ingst"], set()), (["ingest", "--lissten=x"], set()), (["ingest"], {"MARSAD_LISSTEN"})):
            with self.assertRaises(AssertionError):
                self.assert_started_rightly("", args, names)

    def test_variables_made_of_others_come_after_them(self) -> None:
        for overlay in OVERLAYS:
            for what, container in own_containers(overlay):
                known: set[str] = set(config(overlay)) if container.get("envFrom") else set()
                for entry in container.get("env", []):
                    self.assertLessEqual(set(re.findall(r"\$\((\w+)\)", entry.get("value", ""))), known, what)
                    known.add(entry["name"])

    def test_ports_are_those_that_it_listens_on(self) -> None:
        self.assertEqual(port(default_of("ingest", "--listen")), 7407)
        self.assertEqual(port(default_of("ingest", "--admin-listen")), 7408)
        for overlay in OVERLAYS:
            for role in ROLES:
                set_to, container = plain_variables(overlay, role), main_container(overlay, role)
                ports = {entry["name"]: entry["containerPort"] for entry in container["ports"]}
                admin = port(set_to["MARSAD_ADMIN_LISTEN"])
                self.assertEqual(ports.pop("admin"), admin)
                for probe in ("readinessProbe", "livenessProbe"):
                    self.assertEqual(container[probe]["grpc"]["port"], admin)
                annotations = deployment(overlay, role)["spec"]["template"]["metadata"]["annotations"]
                self.assertEqual(annotations["prometheus.io/port"], str(admin))
                if role == "analysis":
                    # Nobody calls it: it stays on its loopback address, where it needs no tokens.
                    self.assertEqual(ports, {})
                    self.assertNotIn("MARSAD_LISTEN", set_to)
                else:
                    self.assertEqual(ports, {"grpc": port(set_to["MARSAD_LISTEN"])})

    def test_paths_that_are_asked_for_answer(self) -> None:
        """The probes' health names are tests/tests/connections.rs's."""
        names = {main_container(o, r)[p]["grpc"].get("service", "") for o in OVERLAYS for r in ROLES
                 for p in ("readinessProbe", "livenessProbe")}  # fmt: skip
        self.assertEqual(names, {"", "liveness"})
        scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
        paths = {job.get("metrics_path", "/metrics") for job in scraped if job["job_name"] == "marsad"}
        annotated = (deployment(o, r)["spec"]["template"]["metadata"]["annotations"] for o in OVERLAYS for r in ROLES)
        paths |= {annotations["prometheus.io/path"] for annotations in annotated}
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "log"
            args = ["--data-dir", f"{folder}/data", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
            with ready.open("w") as log, subprocess.Popen([EXECUTABLE, *args], stderr=log) as process:
                try:
                    address = None
                    for _ in range(600):
                        found = re.search(r'"admin_address":"([^"]+)"', ready.read_text())
                        if found:
                            address = found[1]
                            break
                        time.sleep(0.1)
                    for path in paths | {"/livez"}:
                        with urllib.request.urlopen(f"http://{address}{path}", timeout=30) as answer:
                            self.assertEqual(answer.status, 200, path)
                finally:
                    process.terminate()

    def test_a_pod_has_time_to_end(self) -> None:
        for overlay in OVERLAYS:
            for role in ROLES:
                spec, container = pod(deployment(overlay, role)), main_container(overlay, role)
                pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
                seconds = int(plain_variables(overlay, role)["MARSAD_SHUTDOWN_SECONDS"])
                self.assertGreaterEqual(spec["terminationGracePeriodSeconds"], pause + seconds + 5)
        for name in ROLES:
            service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][name]
            seconds = int(service["environment"]["MARSAD_SHUTDOWN_SECONDS"])
            self.assertGreaterEqual(int(service["stop_grace_period"].removesuffix("s")), seconds + 5)

    def test_the_queues_that_scaling_looks_at_are_the_lanes(self) -> None:
        (scaled,) = of_kind("production", "ScaledObject")
        (trigger,) = scaled["spec"]["triggers"]
        about = trigger["metadata"]
        source = (ROOT / "services/lib/queue/src/rabbitmq/topology.rs").read_text()
        self.assertIn("queue P.live", source)
        self.assertIn("queue P.backfill", source)
        prefix = default_of("analysis", "--queue-prefix")
        lanes = {f"{prefix}.{lane}" for lane in ("live", "backfill")}
        others = {f"{prefix}.parked", f"{prefix}.parked.lock", f"{prefix}.wait.5000.live", f"other{prefix}.live"}
        self.assertEqual({name for name in lanes | others if re.search(about["queueName"], name)}, lanes)
        self.assertEqual((about["protocol"], about["mode"], about["useRegex"]), ("http", "QueueLength", "true"))
        self.assertNotIn("excludeUnacknowledged", about)
        measured = re.search(r"(\d+) a second on RabbitMQ", (ROOT / "services/README.md").read_text())
        self.assertIsNotNone(measured, "services/README.md says how fast a worker is")
        assert measured
        seconds = int(about["value"]) / int(measured[1])
        self.assertTrue(2 <= seconds <= 5, f"the value is {seconds:.1f} seconds of a worker's measured throughput")

    def test_the_database_has_enough_connections(self) -> None:
        source = (ROOT / "services/lib/store/src/postgres.rs").read_text()
        pool = re.search(r"pool_size: (\d+),", source)
        assert pool
        each = 2 * int(pool[1])
        (scaled,) = of_kind("production", "ScaledObject")
        (cluster,) = of_kind("production", "Cluster")
        pods = scaled["spec"]["maxReplicaCount"] + deployment("production", "query")["spec"]["replicas"]
        surge = sum(deployment("production", r)["spec"]["strategy"]["rollingUpdate"]["maxSurge"] for r in ("analysis", "query"))
        allowed = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
        self.assertLessEqual((pods + surge) * each + 20, allowed)
        self.assertNotIn("replicas", deployment("production", "analysis")["spec"], "an apply would undo the scaling")


# ---- itself ----------------------------------------------------------------------------------------------------------------


class Manifests(unittest.TestCase):
    def test_selectors_find_pods(self) -> None:
        for overlay in OVERLAYS:
            pods = pod_labels(overlay)
            for item in of_kind(overlay, "Deployment", "StatefulSet"):
                name = item["metadata"]["name"]
                self.assertTrue(matches(item["spec"]["selector"], pods[name]), name)
                for spread in pod(item).get("topologySpreadConstraints", []):
                    self.assertTrue(matches(spread["labelSelector"], pods[name]), name)
            for item in of_kind(overlay, "Service"):
                labels = {"matchLabels": item["spec"]["selector"]}
                found = [name for name in pods if matches(labels, pods[name])]
                self.assertEqual(found, [item["metadata"]["name"]])
            for item in of_kind(overlay, "PodDisruptionBudget"):
                found = [name for name in pods if matches(item["spec"]["selector"], pods[name])]
                self.assertEqual(found, [item["metadata"]["name"]])
            for item in of_kind(overlay, "NetworkPolicy"):
                spec, name = item["spec"], item["metadata"]["name"]
                self.assertTrue(any(matches(spec["podSelector"], labels) for labels in pods.values()), name)
                rules = [rule.get("from", []) for rule in spec.get("ingress", [])]
                rules += [rule.get("to", []) for rule in spec.get("egress", [])]
                for peer in (peer for rule in rules for peer in rule):
                    if "podSelector" in peer and "namespaceSelector" not in peer:
                        self.assertTrue(any(matches(peer["podSelector"], labels) for labels in pods.values()), name)

    def test_services_lead_to_ports_that_are_open(self) -> None:
        for overlay in OVERLAYS:
            workloads = {item["metadata"]["name"]: item for item in of_kind(overlay, "Deployment", "StatefulSet")}
            for item in of_kind(overlay, "Service"):
                (container,) = pod(workloads[item["metadata"]["name"]])["containers"]
                names = {entry["name"]: entry["containerPort"] for entry in container["ports"]}
                for entry in item["spec"]["ports"]:
                    self.assertEqual(names[entry["targetPort"]], entry["port"])
        headless = next(item for item in of_kind("production", "Service") if item["metadata"]["name"] == "marsad-query")
        self.assertEqual(headless["spec"]["clusterIP"], "None")

    def allowed(self, overlay: str, way: str, labels: dict[str, str]) -> set[int]:
        """The ports that a pod with these labels may be called on, or may call."""
        ports: set[int] = set()
        for item in of_kind(overlay, "NetworkPolicy"):
            if matches(item["spec"]["podSelector"], labels):
                for rule in item["spec"].get(way, []):
                    self.assertTrue(rule.get("from") or rule.get("to"), item["metadata"]["name"])
                    ports |= {entry["port"] for entry in rule["ports"]}
        return ports

    def test_roles_reach_what_they_need_and_nothing_else(self) -> None:
        needed = {
            "ingest": ({7407, 7408}, {53, 5672, 4317}),
            "analysis": ({7408}, {53, 5672, 5432, 4317}),
            "query": ({7407, 7408}, {53, 5432, 4317}),
        }
        for overlay in OVERLAYS:
            for role, (called, calls) in needed.items():
                labels = pod_labels(overlay)[f"marsad-{role}"]
                self.assertEqual(self.allowed(overlay, "ingress", labels), called, role)
                self.assertEqual(self.allowed(overlay, "egress", labels), calls, role)
                closed = [
                    item for item in of_kind(overlay, "NetworkPolicy")
                    if matches(item["spec"]["podSelector"], labels) and item["spec"]["policyTypes"] == ["Ingress", "Egress"]
                    and not item["spec"].get("ingress") and not item["spec"].get("egress")
                ]  # fmt: skip
                self.assertEqual(len(closed), 1, "everything else is refused")

    def test_addresses_are_services_that_exist(self) -> None:
        for overlay in OVERLAYS:
            text = "\n".join(json.dumps(item) for item in rendered(overlay))
            secrets = "".join(value for item in of_kind(overlay, "Secret") for value in decoded(item).values())
            known = {item["metadata"]["name"]: {p["port"] for p in item["spec"]["ports"]} for item in of_kind(overlay, "Service")}
            # The operators' services.
            known |= {item["metadata"]["name"]: {5672, 15672} for item in of_kind(overlay, "RabbitmqCluster")}
            used = re.findall(r"@?([\w-]+)\.marsad\.svc:(\d+)", text + secrets)
            self.assertTrue(used)
            for name, number in used:
                self.assertIn(int(number), known.get(name, set()), name)

    def test_secrets_and_maps_exist(self) -> None:
        created = set(re.findall(r"create secret (?:generic|tls) ([\w-]+)", (DEPLOY / "README.md").read_text()))
        for overlay in OVERLAYS:
            made = {item["metadata"]["name"]: set(decoded(item)) for item in of_kind(overlay, "Secret")}
            maps = {item["metadata"]["name"] for item in of_kind(overlay, "ConfigMap")}
            if overlay == "production":
                self.assertEqual(made, {}, "no secret of production is in a repository")
                made = dict(MADE_BY_OPERATORS)
            for item in of_kind(overlay, "Deployment", "StatefulSet", "TriggerAuthentication"):
                for kind, name, key in references(item):
                    if kind == "configMap":
                        self.assertIn(name, maps)
                    elif name in made:
                        self.assertTrue(key is None or key in made[name], f"{name}/{key}")
                    else:
                        self.assertIn(name, created, "deploy/README.md says how it is made")

    def test_volumes_hold_what_the_variables_name(self) -> None:
        files = {"tokens": {"tokens"}, "tls": {"tls.crt", "tls.key"}}
        for overlay in OVERLAYS:
            for role in ROLES:
                container, spec = main_container(overlay, role), pod(deployment(overlay, role))
                volumes = {volume["name"] for volume in spec.get("volumes", [])}
                mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", [])}
                self.assertEqual(set(mounts.values()), volumes)
                for name, value in plain_variables(overlay, role).items():
                    if value.startswith("/"):
                        folder, file = value.rsplit("/", 1)
                        self.assertIn(file, files[mounts[folder]], name)
        names = plain_variables("production", "ingest")
        self.assertLessEqual({"MARSAD_TOKENS_FILE", "MARSAD_TLS_CERT", "MARSAD_TLS_KEY"}, set(names))

    def test_pods_are_locked_down(self) -> None:
        for overlay in OVERLAYS:
            for role in ROLES:
                spec = pod(deployment(overlay, role))
                self.assertIs(spec["automountServiceAccountToken"], False)
                self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
                self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertEqual(
                    {spread["topologyKey"] for spread in spec["topologySpreadConstraints"]},
                    {"topology.kubernetes.io/zone", "kubernetes.io/hostname"},
                )
            for what, container in own_containers(overlay):
                context = container["securityContext"]
                self.assertIs(context["readOnlyRootFilesystem"], True, what)
                self.assertIs(context["allowPrivilegeEscalation"], False, what)
                self.assertEqual(context["capabilities"], {"drop": ["ALL"]}, what)
                for bound in ("requests", "limits"):
                    self.assertEqual(set(container["resources"][bound]), {"cpu", "memory"}, what)
            budgets = {item["metadata"]["name"] for item in of_kind(overlay, "PodDisruptionBudget")}
            self.assertLessEqual({f"marsad-{role}" for role in ROLES}, budgets)
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        for role in ROLES:
            self.assertIs(services[role]["read_only"], True)
            self.assertEqual(services[role]["cap_drop"], ["ALL"])
            for published in services[role].get("ports", []):
                self.assertTrue(published.startswith("127.0.0.1:"), "it has no tokens")

    def test_image_fits_the_manifests(self) -> None:
        text = (DEPLOY / "Containerfile").read_text()
        bases = re.findall(r"^ARG \w+=(\S+)$", text, re.MULTILINE)
        self.assertEqual(len(bases), 2)
        for base in bases:
            self.assertRegex(base, r"@sha256:[0-9a-f]{64}$", "pinned")
        user = re.search(r"^USER (\d+):(\d+)$", text, re.MULTILINE)
        assert user
        for overlay in OVERLAYS:
            for role in ROLES:
                context = pod(deployment(overlay, role))["securityContext"]
                self.assertEqual((str(context["runAsUser"]), str(context["runAsGroup"])), user.groups())
        exposed = re.search(r"^EXPOSE (\d+) (\d+)$", text, re.MULTILINE)
        assert exposed
        self.assertEqual([int(number) for number in exposed.groups()], [7407, 7408])
        variable = re.search(r"^ENV (MARSAD_\w+)=(\S+)$", text, re.MULTILINE)
        assert variable
        self.assertIn(variable[1], variables_of("ingest"))
        self.assertIn(f"VOLUME {variable[2]}\n", text)
        # The build sees every member of the workspace.
        kept = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
        members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
        self.assertLessEqual({"Cargo.toml", "Cargo.lock", "seeds"} | {member.split("/")[0] for member in members}, kept)
        for name in kept:
            self.assertTrue((ROOT / name).exists(), name)
        for name in re.findall(r"^COPY ([\w ]+) \S+$", text, re.MULTILINE):
            for file in name.split():
                self.assertIn(file, kept)

    def test_what_compose_mounts_exists(self) -> None:
        compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
        for service in compose["services"].values():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((DEPLOY / source).exists(), source)
                else:
                    self.assertIn(source, compose["volumes"])
        build = compose["services"]["ingest"]["build"]
        self.assertTrue((DEPLOY / build["context"] / build["dockerfile"]).exists())
        collector = yaml.safe_load((DEPLOY / "otel-collector.yaml").read_text())
        for pipeline in collector["service"]["pipelines"].values():
            for part, names in pipeline.items():
                for name in names:
                    self.assertIn(name, collector[part], f"{part} of the collector")
        endpoint = collector["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
        sent = compose["services"]["ingest"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]
        self.assertEqual(port(endpoint), port(sent))
        jobs = {job["job_name"]: job for job in yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]}
        (discovered,) = jobs["marsad"]["dns_sd_configs"]
        self.assertEqual(tuple(discovered["names"]), ROLES)
        listening = compose["services"]["ingest"]["environment"]["MARSAD_ADMIN_LISTEN"]
        self.assertEqual(discovered["port"], port(listening))


class Readme(unittest.TestCase):
    TEXT = (DEPLOY / "README.md").read_text()

    def test_files_that_it_names_exist(self) -> None:
        named = set(re.findall(r"\bdeploy/[\w./-]*\w", self.TEXT))
        named |= {f"deploy/{link}" for link in re.findall(r"\]\((?!http|\.\.)([\w./-]+)\)", self.TEXT)}
        self.assertTrue(named)
        for name in named:
            self.assertTrue((ROOT / name).exists(), name)

    def test_commands_of_marsad_exist(self) -> None:
        """Those in code blocks: their names, and the flags behind them."""
        found = 0
        for block in re.findall(r"```sh\n(.*?)```", self.TEXT, re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                starts = [at for at, word in enumerate(words) if word in ("marsad", "target/release/marsad")]
                for at in starts:
                    rest = words[at + 1 :]
                    if not rest or rest[0] not in commands():
                        continue
                    found += 1
                    command = " ".join(rest[:2]) if rest[0] in ("token", "parked") else rest[0]
                    listed = subprocess.run([EXECUTABLE, *command.split(), "--help"], capture_output=True, text=True, check=True)
                    for word in rest:
                        if word == "--":
                            break
                        if word.startswith("--"):
                            self.assertIn(word.split("=")[0], listed.stdout, line)
        self.assertGreater(found, 3)

    def test_variables_exist(self) -> None:
        known = set().union(*(variables_of(name) for name in ("ingest", "analysis", "query", "submit")))
        own = {"MARSAD_VERSION", "MARSAD_PASSWORD"}
        for name in set(re.findall(r"\bMARSAD_[A-Z_]+\b", self.TEXT)):
            self.assertIn(name, known | own | {"MARSAD_ADVISORY_DB"})


if __name__ == "__main__":
    unittest.main()
