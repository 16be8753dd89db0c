#!/usr/bin/env python3
"""Private servers for tests: a RabbitMQ node and a PostgreSQL cluster, each in a folder of its own, on free loopback ports.

  servers.py rabbitmq|postgresql start DIR    starts a new server or the one that DIR holds; waits until it answers
  servers.py rabbitmq|postgresql kill DIR     as a crash: SIGKILL (RabbitMQ), stop without checkpoint (PostgreSQL)
  servers.py rabbitmq|postgresql stop DIR     in good order; no error if it does not run

`start` prints a JSON object with the server's URLs. A server that is started again keeps its ports and data. Needs Debian's
packages `rabbitmq-server` and `postgresql`; works as root or not, without systemd, beside any other server.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTUP_SECONDS = 90
STOP_SECONDS = 30
STATE = "server.json"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for taken in sockets:
        taken.bind(("127.0.0.1", 0))
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def rabbitmq_programs() -> Path | None:
    """The folder of RabbitMQ's own scripts (those in /usr/sbin switch users)."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return found[-1].parent if found and shutil.which("epmd") else None


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parent.parent.name), default=None)
    on_path = shutil.which("initdb")
    return newest.parent if newest else Path(on_path).parent if on_path else None


def faketime_library() -> Path | None:
    """What shifts the clock of a program that is started with it."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


class Server:
    """One server in one folder. What has to be known later is kept in the folder."""

    ports: int

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / STATE
        self.state = json.loads(self.file.read_text()) if self.file.exists() else {}

    def start(self) -> dict[str, str]:
        """Starts the server and answers its URLs. A new one is tried again once: a free port may be taken in between."""
        if self.state:
            self.launch()
            return self.urls()
        for last_try in (False, True):
            self.state = {"kind": self.kind, "ports": free_ports(self.ports), "secret": secrets.token_hex(12)}
            self.save()
            try:
                self.set_up()
                self.launch()
                return self.urls()
            except (RuntimeError, subprocess.CalledProcessError):
                self.stop()
                if last_try:
                    raise
                for path in self.folder.iterdir():
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise AssertionError("not reached")

    def save(self) -> None:
        self.file.write_text(json.dumps(self.state))

    def spawn(self, name: str, command: list[str], environment: dict[str, str]) -> int:
        """Starts a process in a group of its own, with its output in a file of the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                command, cwd=self.folder, env={**os.environ, **environment}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.state[name] = process.pid
        self.save()
        return process.pid

    def signal(self, name: str, number: int) -> bool:
        """Signals the group of a process that was started here; whether one was there."""
        pid = self.state.get(name)
        if not pid or not self.is_ours(pid):
            return False
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            return False
        return True

    def is_ours(self, pid: int) -> bool:
        """Whether the process is one of this folder: the number may have been given to another since."""
        try:
            with Path(f"/proc/{pid}/stat").open() as stat:
                zombie = stat.read().rpartition(")")[2].split()[0] == "Z"
            return not zombie and Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(self.folder)
        except OSError:
            return False

    def wait_gone(self, name: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_ours(self.state.get(name, 0)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def end(self, name: str, number: int) -> None:
        """Ends a process, by force if it does not go in time."""
        if self.signal(name, number) and not self.wait_gone(name, STOP_SECONDS):
            self.signal(name, signal.SIGKILL)
            self.wait_gone(name, STOP_SECONDS)

    def logs(self) -> str:
        texts = [f"--- {path}\n{path.read_text(errors='replace')[-3000:]}" for path in self.folder.glob("*.log")]
        return "\n".join(texts)


class RabbitMq(Server):
    """A RabbitMQ node with its management API."""

    kind = "rabbitmq"
    ports = 4

    def urls(self) -> dict[str, str]:
        amqp, _, _, api = self.state["ports"]
        user = f"marsad:{self.state['secret']}@127.0.0.1"
        return {"amqp": f"amqp://{user}:{amqp}", "api": f"http://{user}:{api}"}

    def set_up(self) -> None:
        amqp, _, _, api = self.state["ports"]
        settings = f"""
            listeners.tcp.1 = 127.0.0.1:{amqp}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {api}
            default_user = marsad
            default_pass = {self.state["secret"]}
            loopback_users = none
            log.console = false
            disk_free_limit.absolute = 256MB
            vm_memory_high_watermark.absolute = 1GiB
            collect_statistics_interval = 1000
        """
        lines = [line.strip() for line in settings.strip().splitlines()]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)

    def environment(self) -> dict[str, str]:
        amqp, distribution, epmd, _ = self.state["ports"]
        folder = str(self.folder)
        return {
            "HOME": folder,
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"marsad{amqp}@localhost",
            "RABBITMQ_NODE_PORT": str(amqp),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def launch(self) -> None:
        programs = rabbitmq_programs()
        if programs is None:
            raise RuntimeError("rabbitmq-server is not installed")
        environment = self.environment()
        if not self.is_ours(self.state.get("epmd", 0)):
            self.spawn("epmd", ["epmd", "-port", environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"], environment)
        self.spawn("node", [str(programs / "rabbitmq-server")], environment)
        deadline = time.monotonic() + STARTUP_SECONDS
        while not self.answers():
            if not self.is_ours(self.state["node"]) or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ did not start\n{self.logs()}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the node speaks AMQP and its API listens, which comes later than the port."""
        amqp, _, _, api = self.state["ports"]
        try:
            with socket.create_connection(("127.0.0.1", amqp), 1) as connection:
                connection.settimeout(2)
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                if connection.recv(1) != b"\x01":
                    return False
            with socket.create_connection(("127.0.0.1", api), 1):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        self.signal("node", signal.SIGKILL)
        self.wait_gone("node", STOP_SECONDS)
        # The name stays taken while epmd believes in the node.
        self.end("epmd", signal.SIGKILL)

    def stop(self) -> None:
        self.end("node", signal.SIGTERM)
        self.end("epmd", signal.SIGTERM)


class PostgreSql(Server):
    """A PostgreSQL cluster that trusts everybody on loopback."""

    kind = "postgresql"
    ports = 1

    def urls(self) -> dict[str, str]:
        return {"postgres": f"postgres://marsad@127.0.0.1:{self.state['ports'][0]}/postgres"}

    def set_up(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        arguments = ["-U", "marsad", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        self.run("initdb", "-D", str(self.folder / "data"), *arguments)

    def command(self, program: str, *arguments: str) -> list[str]:
        programs = postgresql_programs()
        if programs is None:
            raise RuntimeError("postgresql is not installed")
        command = [str(programs / program), *arguments]
        if os.geteuid() == 0:
            # It refuses to run as root.
            account = pwd.getpwnam("postgres")
            switch = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
            command = [*switch, "env", f"HOME={self.folder}", *command]
        return command

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603
            self.command(program, *arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed\n{done.stdout}{done.stderr}{self.logs()}")

    def launch(self) -> None:
        port = self.state["ports"][0]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=400"
        log = str(self.folder / "postgresql.log")
        data = str(self.folder / "data")
        self.run("pg_ctl", "-D", data, "-w", "-t", str(STARTUP_SECONDS), "-l", log, "-o", options, "start")

    def halt(self, mode: str) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "-t", str(STOP_SECONDS), "stop")

    def kill(self) -> None:
        self.halt("immediate")

    def stop(self) -> None:
        self.halt("immediate")


KINDS = {server.kind: server for server in (RabbitMq, PostgreSql)}


def exit_when_told() -> None:
    """Makes a signal to end an exception, so that what was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))


def new_folder(prefix: str) -> Path:
    """A temporary folder that servers can be started in."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    # PostgreSQL runs as another user where this one is root.
    folder.chmod(0o711)
    return folder


def start_all(root: Path) -> dict[str, str]:
    """Starts a server of each kind under `root`; the variables that the tests and benchmarks find them by."""
    rabbitmq = RabbitMq(root / "rabbitmq").start()
    postgresql = PostgreSql(root / "postgresql").start()
    return {
        "MARSAD_TEST_DIR": str(root),
        "MARSAD_TEST_AMQP": rabbitmq["amqp"],
        "MARSAD_TEST_RABBITMQ_API": rabbitmq["api"],
        "MARSAD_TEST_POSTGRES": postgresql["postgres"],
    }


def stop_all(root: Path) -> None:
    """Stops every server whose folder lies under `root`."""
    for file in root.rglob(STATE):
        KINDS[json.loads(file.read_text())["kind"]](file.parent).stop()


def main() -> None:
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS or sys.argv[2] not in ("start", "kill", "stop"):
        sys.exit(__doc__)
    server = KINDS[sys.argv[1]](Path(sys.argv[3]))
    answer = getattr(server, sys.argv[2])()
    if answer:
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
