"""A private PostgreSQL server for one test run.

Whoever needs it first starts it (xdist workers meet at a file lock), everybody shares it, and
the process that owns the run stops it. It lives in its own temporary folder, answers on
loopback and on a socket in that folder, and trusts whoever asks.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_USER = "atelier"
_START_ATTEMPTS = 5
# Nothing in this server outlives the run, so durability would only cost time.
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
timezone = 'UTC'
"""
# Stops the server when the process that owns the run is gone, even after kill -9.
_KEEPER = """
import os, shutil, signal, sys, time
owner, server, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
while alive(owner) and alive(server):
    time.sleep(1)
if alive(server):
    os.kill(server, signal.SIGINT)
    time.sleep(1)
shutil.rmtree(folder, ignore_errors=True)
"""


class PostgresUnavailableError(Exception):
    """The server programs are missing, or would not start."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where it lives, its process and its port on loopback."""

    folder: Path
    pid: int
    port: int

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> None:
        """Create a database as a copy of another, which nobody may have open."""
        # Without fsync a checkpoint costs next to nothing, so copying files beats logging every page.
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._execute(query.format(sql.Identifier(database), sql.Identifier(template)))

    def drop(self, database: str) -> None:
        """Drop a database, hanging up on whoever still has it open."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        program = [str(find_program("pg_ctl")), "stop", "-D", str(self.folder / "data"), "-m", "immediate"]
        subprocess.run(program, check=False, capture_output=True, cwd=self.folder, **_as_owner())
        shutil.rmtree(self.folder, ignore_errors=True)

    def _execute(self, query: sql.Composed) -> None:
        with _connect(self.port) as connection:
            connection.execute(query)


def find_program(name: str) -> Path:
    """Where a server program is: on PATH or in Debian's folder, newest version first."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest_first = sorted(versions, key=lambda path: float(path.parts[-3]), reverse=True)
    if not newest_first:
        raise PostgresUnavailableError(f"PostgreSQL's {name} was not found; run scripts/system_packages.")
    return newest_first[0]


def start_server(owner_pid: int) -> PostgresServer:
    """Create and start an empty server, which goes away with the process that owns it."""
    folder = Path(tempfile.mkdtemp(prefix="atelier-postgres-"))
    if owner := _server_account():
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    _run("initdb", "-D", "data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", folder=folder)
    server = _start(folder)
    keeper = [sys.executable, "-c", _KEEPER, str(owner_pid), str(server.pid), str(folder)]
    _start_detached(keeper)
    return server


def _start(folder: Path) -> PostgresServer:
    failure = ""
    # A free port can be taken by someone else before the server listens on it.
    for _ in range(_START_ATTEMPTS):
        port = _free_port()
        configuration = folder / "data" / "postgresql.auto.conf"
        configuration.write_text(_CONFIGURATION.format(port=port, folder=folder))
        try:
            _run("pg_ctl", "start", "-D", "data", "-l", "log", "-w", "-t", "60", folder=folder)
        except PostgresUnavailableError as error:
            failure = str(error)
            continue
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        return PostgresServer(folder, pid, port)
    log = folder / "log"
    raise PostgresUnavailableError(f"{failure}\n{log.read_text() if log.exists() else ''}")


def _run(program: str, *arguments: str, folder: Path) -> None:
    # pg_ctl leaves its output open in the server it starts, so a pipe would never end.
    with (folder / f"{program}.out").open("w+") as output:
        done = subprocess.run(
            [str(find_program(program)), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **_as_owner(),
        )
        output.seek(0)
        if done.returncode != 0:
            raise PostgresUnavailableError(f"{program} failed: {output.read()}")


def _start_detached(command: list[str]) -> None:
    """Start a process that is nobody's child, so that nobody has to wait for it."""
    launcher = "import subprocess, sys; subprocess.Popen(sys.argv[1:], start_new_session=True)"
    subprocess.run(
        [sys.executable, "-c", launcher, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _server_account() -> pwd.struct_passwd | None:
    """The account that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresUnavailableError("PostgreSQL will not run as root, and there is no account postgres or nobody.")


def _as_owner() -> dict[str, Any]:
    account = _server_account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def _connect(port: int) -> Iterator[psycopg.Connection[Any]]:
    # "postgres" is the one database that is never a template, so staying connected is safe.
    with psycopg.connect(host="127.0.0.1", port=port, user=_USER, dbname="postgres", autocommit=True) as connection:
        yield connection
