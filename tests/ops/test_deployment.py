"""`Dockerfile` and `compose.yaml` are valid and work, as far as a test without Docker can show.

The tests take the image's steps one by one: its packages, its files, its user, its read-only file system, its commands
and its health checks. They neither pull the named images nor run compose.
"""

import asyncio
import contextlib
import filecmp
import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from ruamel.yaml import YAML

from ops.commands import build_web
from ops.embedded import postgres
from settings import ROOT, VERSION, Settings
from tests.build_cache import cached, tree
from tests.builders import REGISTER
from tests.programs import unavailable
from tests.running import free_port, until
from tests.servers import Servers, administer, passable

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
USER = 10001
UNREACHABLE = ("Could not find a version", "NewConnectionError", "Temporary failure", "Read timed out")


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "Dockerfile"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        ["compose-lint", "check", "--fail-on", "low", "compose.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_the_linters_find_nothing(command: list[str]) -> None:
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    if command[0] == "hadolint":
        assert done.stdout == ""


def pinned(lock: str) -> dict[str, set[str]]:
    """The hashes of each requirement, by its name, version and marker."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if line[:1].strip() and not line.startswith("#"):
            requirement = line.rstrip(" \\")
            found[requirement] = set()
        elif "--hash=" in line:
            found[requirement].add(line.strip(" \\"))
    return found


def test_the_image_has_the_packages_of_the_lock_that_it_needs_and_no_other() -> None:
    everything, image = pinned("requirements.lock"), pinned("requirements.server.lock")

    def by_version(lock: dict[str, set[str]]) -> dict[str, set[str]]:
        return {requirement.partition(" ;")[0]: hashes for requirement, hashes in lock.items()}

    assert by_version(image).items() <= by_version(everything).items(), "generate both locks again: see pyproject.toml"
    names = {requirement.partition("==")[0] for requirement in image}

    def wanted(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[>=]", requirement)[0] for requirement in requirements}

    extras = PROJECT["project"]["optional-dependencies"]
    assert wanted(PROJECT["project"]["dependencies"]) <= names
    assert not names & (wanted([*extras["dev"], *extras["embedded"]]) - {"httpx"})


def test_the_programs_for_backups_are_those_of_the_servers_major_version() -> None:
    """They come from PostgreSQL's own packages, with a key that Debian signs. The test does not download them."""
    (server,) = {
        service["image"].partition(":")[2].partition(".")[0]
        for service in COMPOSE["services"].values()
        if service["image"].startswith("postgres:")
    }
    stage = DOCKERFILE[DOCKERFILE.index(" AS kist\n") :]
    assert re.findall(r"postgresql-client-(\d+)=(\d+)\.", stage) == [(server, server)]
    assert re.search(r"COPY --from=postgresql-key \S+ (\S+)", stage)[1] in stage[stage.index("signed-by=") :]  # type: ignore[index]


def test_only_who_changes_tables_knows_the_owners_password() -> None:
    told = {name for name, service in COMPOSE["services"].items() if "OWNER_PASSWORD" in json.dumps(service)}
    assert told == {"migrate", "kist", "roles"}
    superusers = {name for name, service in COMPOSE["services"].items() if "POSTGRES_PASSWORD" in json.dumps(service)}
    assert superusers == {"postgres", "roles"}


def test_every_image_is_pinned_and_ours_has_the_version_of_the_project() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in COMPOSE["services"].values()]
    for image in images:
        assert re.search(r":v?\d+\.\d+|:bookworm-\d{8}", image), image
    version = PROJECT["project"]["version"]
    assert version == VERSION
    assert f'org.opencontainers.image.version="{version}"' in DOCKERFILE
    ours = {service["image"] for service in COMPOSE["services"].values() if service["image"].startswith("kist:")}
    assert ours == {f"kist:{version}"}


def test_every_service_is_bounded_watched_and_closed() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory", "pids"}, name
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["logging"]["options"]["max-size"], name
        once = service.get("restart") == "no"
        assert service["healthcheck"].get("disable", False) == once, name
        assert once or service["restart"] == "unless-stopped", name
    published = {name for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"api"}
    assert COMPOSE["networks"]["inside"]["internal"]


def test_what_is_secret_has_to_be_given() -> None:
    given = re.findall(r"\$\{(\w+)(:[?-])([^}]*)\}", (ROOT / "compose.yaml").read_text())
    secrets = {(name, how) for name, how, _ in given if re.search(r"PASSWORD|_KEY$", name)}
    assert secrets == {
        (name, ":?")
        for name in (
            "POSTGRES_PASSWORD",
            "OWNER_PASSWORD",
            "APPLICATION_PASSWORD",
            "READER_PASSWORD",
            "VALKEY_PASSWORD",
            "KIST_SIGNING_KEY",
            "KIST_AADHAAR_DIGEST_KEY",
            "KIST_AADHAAR_CIPHER_KEY",
        )
    }
    assert all(value == "" for name, how, value in given if name.endswith("_KEYS"))
    told = {name for name in COMPOSE["x-kist"]["environment"] if name.startswith("KIST_")}
    assert told <= {f"KIST_{name.upper()}" for name in Settings.model_fields}


def _apart() -> dict[str, Any]:
    """The arguments that start a process as another user. Only root may do so."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


def _interpreter() -> str:
    """A Python of this version that another user may run. The one in root's own folder is not."""
    own = Path(os.path.realpath(sys.executable))
    found = (own, Path(f"/usr/bin/python3.{sys.version_info.minor}"))
    passable = [
        path
        for path in found
        if path.exists() and (os.geteuid() or all(way.stat().st_mode & 0o001 for way in path.parents))
    ]
    return str(passable[0]) if passable else unavailable(f"{own} cannot be run by another user")


class Image(NamedTuple):
    """The contents of the image: its environment of packages, its files, and its writable folder."""

    python: Path
    files: Path
    scratch: Path

    def start(self, settings: Settings, *words: str, **more: object) -> "subprocess.Popen[str]":
        """Start its entry point with another command, as its user, with its variables and these settings."""
        variables = dict(re.findall(r"(\w+)=(\S+)", re.findall(r"^ENV (.*)", DOCKERFILE, re.MULTILINE)[0]))
        # The package postgresql-client is not installed here: the embedded server's programs replace its own.
        variables["PATH"] = f"{self.python.parent}:{postgres.PROGRAMS}:/usr/bin:/bin"
        variables |= {"KIST_HOME": str(self.scratch / "kist"), "TMPDIR": str(self.scratch), "HOME": str(self.scratch)}
        variables |= {
            "KIST_DATABASE_URL": settings.database_url,
            "KIST_DATABASE_OWNER_URL": settings.database_owner_url,
            "KIST_REDIS_URL": settings.redis_url,
            "KIST_QUEUE": settings.queue,
            "KIST_METRICS_PORT": "0",
        }
        for name in ("signing_key", "aadhaar_digest_key", "aadhaar_cipher_key"):
            variables[f"KIST_{name.upper()}"] = getattr(settings, name).get_secret_value()
        entry = json.loads(re.findall(r"^ENTRYPOINT (.*cli.*)", DOCKERFILE, re.MULTILINE)[0])
        command = [word.replace("/app", str(self.files)) for word in entry]
        return subprocess.Popen(
            [str(self.python), *command[1:], *words],
            env=variables | {name: str(value) for name, value in more.items()},
            cwd=self.scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **_apart(),
        )

    def run(self, settings: Settings, *words: str) -> str:
        process = self.start(settings, *words)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def is_healthy(self, check: list[str], port: int) -> bool:
        """Run a health check as it is written, at another port."""
        assert check[0] in {"CMD", "python"}
        command = [word.replace(":8000", f":{port}").replace(":9100", f":{port}") for word in check if word != "CMD"]
        return subprocess.run([self.python, *command[1:]], capture_output=True, check=False).returncode == 0


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def copied(files: Path) -> None:
    """Copy the files that COPY takes: .dockerignore ignores everything except the files that it names."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    junk = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    for name in (line[1:] for line in lines if line[0] == "!"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, files / name, ignore=shutil.ignore_patterns(*junk))
        else:
            (files / name).parent.mkdir(exist_ok=True)
            shutil.copy(source, files / name)


def front_end_of(files: Path) -> Path:
    """The output of the stage that builds the front end, from the files that it copies."""
    (step,) = re.findall(r"^RUN (npm ci.*)", DOCKERFILE, re.MULTILINE)
    node = build_web.node()

    def make(folder: Path) -> None:
        for name in ("web", "docs"):
            shutil.copytree(files / name, folder / name)
        shutil.copy(files / "schema.graphql", folder)
        for part in step.split("&&"):
            words = [*build_web.npm(node), *shlex.split(part)[1:]]
            done = subprocess.run(
                words, cwd=folder / "web", env=build_web.variables(node), capture_output=True, text=True, check=False
            )
            if any(reason in done.stderr for reason in build_web.UNREACHABLE):
                unavailable("the registry of npm cannot be reached from here")
            assert done.returncode == 0, done.stderr
        shutil.rmtree(folder / "web" / "node_modules")

    copied = [part for name in ("web", "docs") for part in tree(files / name)]
    sources = [step.encode(), str(node).encode(), (files / "schema.graphql").read_bytes(), *copied]
    return cached("image-front-end", sources, make) / "web" / "dist"


def copy_bytecode(packages: Path) -> None:
    """Copy the bytecode of this environment for equal sources. Compiling is most of an installation's work."""
    for source in packages.rglob("*.py"):
        own = Path(sysconfig.get_path("purelib")) / source.relative_to(packages)
        own_bytecode = Path(importlib.util.cache_from_source(str(own)))
        if own_bytecode.exists() and filecmp.cmp(own, source, shallow=False):
            # Bytecode names the time of its source.
            os.utime(source, ns=(own.stat().st_atime_ns, own.stat().st_mtime_ns))
            bytecode = Path(importlib.util.cache_from_source(str(source)))
            bytecode.parent.mkdir(exist_ok=True)
            shutil.copy(own_bytecode, bytecode)


def python_of() -> Path:
    """The Python of the image's environment of packages. Other users may run it, and only ours may change it."""
    (step,) = re.findall(r"^RUN (python -m venv.*)", DOCKERFILE, re.MULTILINE)
    interpreter = _interpreter()

    def make(folder: Path) -> None:
        for part in step.split("&&"):
            # The image's own Python has pip. Here only the interpreter of the tests has it.
            python = sys.executable if "pip" in part.split() else interpreter
            words = [python if word == "python" else word for word in shlex.split(part)]
            words = [re.sub(r"^/venv", str(folder / "venv"), word) for word in words]
            words = [re.sub(r"^/requirements", f"{ROOT}/requirements", word) for word in words]
            if "pip" in words:
                # pip's cache has the packages of this environment, and their bytecode is copied below.
                words = [word for word in words if word != "--no-cache-dir"] + ["--no-compile"]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode and any(reason in done.stderr for reason in UNREACHABLE):
                unavailable("the registry of Python's packages cannot be reached from here")
            assert done.returncode == 0, done.stderr
        (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
        copy_bytecode(packages)
        # Some packages have files for other versions of Python.
        subprocess.run([folder / "venv" / "bin" / "python", "-m", "compileall", "-qq", packages], check=False)

    lock = (ROOT / "requirements.server.lock").read_bytes()
    return cached("image-packages", [step.encode(), interpreter.encode(), lock], make) / "venv" / "bin" / "python"


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    """An image from the Dockerfile's own steps, in folders that its user may read and not write."""
    passable(tmp_path)
    tmp_path.chmod(0o755)
    files, scratch = (tmp_path / name for name in ("app", "tmp"))
    python_of_it = python_of()
    files.mkdir()
    copied(files)
    shutil.copytree(front_end_of(files), files / "web" / "dist")
    (compile_,) = re.findall(r"^RUN (\[.*compileall.*\])", DOCKERFILE, re.MULTILINE)
    subprocess.run([python_of_it, *json.loads(compile_)[1:]], cwd=files, check=True)
    for path in everything_in(files):
        path.chmod(0o555 if path.is_dir() else 0o444)
    scratch.mkdir()
    scratch.chmod(0o777)
    yield Image(python_of_it, files, scratch)
    for path in everything_in(files):
        path.chmod(0o755)


@contextlib.asynccontextmanager
async def by_tcp(socket: str) -> AsyncIterator[str]:
    """The address of a port that leads to an embedded server, because only its own user may use its socket."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(2**16):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))

    relay = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield f"127.0.0.1:{relay.sockets[0].getsockname()[1]}"
    relay.close()


def socket_of(database_url: str) -> str:
    """The socket of the embedded PostgreSQL."""
    place = {name: values[0] for name, values in parse_qs(urlsplit(database_url).query).items()}
    return f"{place['host']}/.s.PGSQL.{place['port']}"


@pytest.mark.timeout(900)
async def test_the_image_works_without_root_and_without_writing(
    image: Image, settings: Settings, servers: Servers
) -> None:
    name = f"image_{settings.queue}"
    await administer(servers, f"CREATE DATABASE {name} OWNER kist_owner")
    before = everything_in(image.files)
    ports = {part: free_port() for part in ("api", "worker", "scheduler")}
    sockets = socket_of(servers.database_url), urlsplit(servers.redis_url).path
    async with by_tcp(sockets[0]) as postgresql, by_tcp(sockets[1]) as valkey:
        urls = {
            "database_url": f"postgresql://kist_application@{postgresql}/{name}?sslmode=disable",
            "database_owner_url": f"postgresql://kist_owner@{postgresql}/{name}?sslmode=disable",
            "redis_url": f"redis://{valkey}/0",
        }
        given = settings.model_copy(update={**urls, "sandbox": False})
        assert "migrations applied" in await asyncio.to_thread(image.run, given, "migrate")
        with contextlib.ExitStack() as running:
            parts = {}
            for part, port in ports.items():
                own = {"KIST_PORT": port} if part == "api" else {"KIST_METRICS_PORT": port}
                parts[part] = running.enter_context(image.start(given, part, **own))
                running.callback(parts[part].kill)

            async def well(part: str, check: list[str]) -> None:
                await until(lambda: asyncio.to_thread(image.is_healthy, check, ports[part]), seconds=60)

            (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*urlopen.*\])", DOCKERFILE, re.MULTILINE)
            await well("api", json.loads(check))
            for part in ports:
                await well(part, COMPOSE["services"][part]["healthcheck"]["test"])
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['api']}", timeout=30) as http:
                assert [(await http.get(path)).status_code for path in ("/", "/app", "/icon.svg")] == [200, 200, 200]
                person = {"name": "Asha", "email": "asha@kist.test", "aadhaarId": "234123412346"}
                body = {"query": REGISTER, "variables": {"input": person}}
                token = (await http.post("/graphql", json=body)).json()["data"]["registerUser"]["accessToken"]

                async def scored() -> bool:
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = await http.post("/graphql", json={"query": "{ me { creditScore } }"}, headers=headers)
                    return answer.json()["data"]["me"]["creditScore"] is not None

                await until(scored)
            assert "does not contain the keys" in await asyncio.to_thread(
                image.run, given, "backup", str(image.scratch / "book.dump")
            )
            assert "everything agrees" in await asyncio.to_thread(image.run, given, "verify")
            for process in parts.values():
                process.send_signal(signal.SIGTERM)
            for part, process in parts.items():
                said, _ = await asyncio.to_thread(process.communicate, timeout=60)
                assert (part, process.returncode, "Traceback" in said) == (part, 0, False), said
    assert everything_in(image.files) == before
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")
