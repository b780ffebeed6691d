"""The files for Docker: sound by the linters' word, closed by our own rules, and true to the project.

No Docker engine is needed, and none is asked: what only a build or a start would show is not shown here.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from packaging.requirements import Requirement

from asterisk_config.lab.packages import PACKAGES, SUITE
from tests.house.source_tree import ROOT, project_files, read_text
from tests.house.test_locks import ENTRY, configuration, words
from tools.checks import ROOMS

COMPOSE = "docker-compose.yml"
DOCKERFILES = ("docker/paceline/Dockerfile", "docker/asterisk/Dockerfile")
RUN_LOCK = "docker/requirements.lock"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
SECRET_WORDS = re.compile(r"password|secret|token", re.IGNORECASE)
GIVEN = {"PACELINE_SECRETS": "/srv/secrets", "PACELINE_SETTINGS": "/srv/settings"}


def tool(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a linter that stands beside our Python."""
    program = Path(sys.executable).parent / name
    return subprocess.run(
        [str(program), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )


def interpolated(text: str, given: Mapping[str, str]) -> str:
    """A compose file with its variables replaced, as `docker compose` does it."""

    def value(match: "re.Match[str]") -> str:
        name, kind, rest = match.groups()
        if name in given:
            return given[name]
        if kind == "-":
            return str(rest)
        raise LookupError(f"{name}: {rest}")

    return VARIABLE.sub(value, text)


def compose(text: str | None = None) -> dict[str, Any]:
    """The compose file as data."""
    data: dict[str, Any] = yaml.safe_load(interpolated(text or read_text(COMPOSE), GIVEN))
    return data


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def faults(data: dict[str, Any]) -> list[str]:
    """What is wrong with a compose file: its schema, then the names that services use of each other."""
    try:
        PyCompose.from_json(json.dumps(data)).validate()
    except ValueError as error:
        return [str(error)]
    found, names, volumes = [], data["services"].keys(), data["volumes"].keys()
    for name, service in data["services"].items():
        used = set(service.get("depends_on", {}))
        mode = str(service.get("network_mode", ""))
        used |= {mode.removeprefix("service:")} if mode.startswith("service:") else set()
        found += [f"{name}: no service {other}" for other in sorted(used - names)]
        mounted = {volume.split(":")[0] for volume in service.get("volumes", ())}
        found += [f"{name}: no volume {each}" for each in sorted(mounted - volumes) if "/" not in each]
    return found


def test_compose_file_fits_its_schema_and_its_own_names() -> None:
    """What `docker compose config` would refuse is refused here."""
    assert faults(compose()) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("command: [nats]", "comand: [nats]"),
        ("condition: service_healthy", "condition: healthy"),
        ("networks: [inside, outside]", "networks: [insides]"),
        ("secrets: [nats_password]", "secrets: [nats_passwort]"),
        ('- "home:/var', '- "hom:/var'),
        ("interval: 5s", "interval: often"),
        ("postgres: {condition", "postgre: {condition"),
        ('"service:telephony"', '"service:telefony"'),
    ],
)
def test_slip_in_the_compose_file_is_found(right: str, wrong: str) -> None:
    """The check can fail, at every place where names and words matter."""
    text = read_text(COMPOSE)
    assert right in text
    assert faults(compose(text.replace(right, wrong, 1)))


@pytest.mark.parametrize("name", GIVEN)
def test_variable_without_which_nothing_works_must_be_set(name: str) -> None:
    """There is no default for a secret or a setting: compose itself refuses, and says where to read on."""
    uses = [kind for used, kind, _ in VARIABLE.findall(read_text(COMPOSE)) if used == name]
    assert set(uses) == {"?"}
    with pytest.raises(LookupError, match=rf"{name}: set it to the folder"):
        interpolated(read_text(COMPOSE), {key: GIVEN[key] for key in GIVEN if key != name})


def test_linters_find_nothing_in_the_docker_files() -> None:
    """hadolint, compose-lint and shellcheck each know faults that nobody thinks of."""
    scripts = [path for path in project_files() if path.startswith("docker/") and path.endswith(".sh")]
    assert len(scripts) == 3
    for ended in (
        tool("hadolint", *DOCKERFILES),
        tool("shellcheck", *scripts),
        tool("compose-lint", "check", COMPOSE),
    ):
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_service_of_any_kind_is_closed_and_bounded() -> None:
    """No root, no way to more rights, nothing writable but what is named, no end of memory or processes."""
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert str(service["user"]).split(":")[0] not in ("", "0", "root"), name
        assert service.get("healthcheck"), name
        limits = service["deploy"]["resources"]["limits"]
        assert {"memory", "cpus", "pids"} <= limits.keys(), name
        assert "privileged" not in service, name


def test_secret_of_any_service_comes_out_of_a_file() -> None:
    """No value of a password stands in the file, in an image or in a container's configuration."""
    for name, service in services().items():
        for key, value in service.get("environment", {}).items():
            if SECRET_WORDS.search(key):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert str(value).startswith("/run/secrets/"), f"{name}: {key}"
    for secret in compose()["secrets"].values():
        assert secret["file"].startswith(GIVEN["PACELINE_SECRETS"])
    for path in DOCKERFILES:
        assert not SECRET_WORDS.search(read_text(path)), path


def test_only_telephony_is_published_and_by_default_on_loopback() -> None:
    """Database and bus have no way out; who opens SIP to others says so."""
    published = {name: service.get("ports", []) for name, service in services().items()}
    assert [name for name, ports in published.items() if ports] == ["telephony"]
    assert all(port.startswith("127.0.0.1:") and port.endswith("/udp") for port in published["telephony"])
    assert compose()["networks"]["inside"]["internal"] is True
    for name in ("postgres", "nats"):
        assert services()[name]["networks"] == ["inside"]


def test_image_of_paceline_has_every_room_and_nothing_but_what_is_needed() -> None:
    """A new room is not forgotten; the packages are the locked ones, without those for tests."""
    dockerfile = read_text("docker/paceline/Dockerfile")
    copied = re.findall(r"^COPY (\w+) /opt/paceline/(\w+)$", dockerfile, re.MULTILINE)
    assert sorted(source for source, _ in copied) == sorted(ROOMS)
    assert all(source == target for source, target in copied)
    sent = set(read_text(".dockerignore").split())
    assert sent >= {f"!{room}" for room in (*ROOMS, "docker")}
    assert "--require-hashes" in dockerfile
    locked = {(name, version) for name, version, _ in ENTRY.findall(read_text("requirements.lock"))}
    run = ENTRY.findall(read_text(RUN_LOCK))
    assert {(name, version) for name, version, _ in run} <= locked
    assert all(hashes for _, _, hashes in run)
    needed = {Requirement(line).name.lower() for line in words(configuration("project")["dependencies"])}
    assert needed <= {name for name, _, _ in run}
    assert "pytest" not in {name for name, _, _ in run}


def test_image_of_asterisk_has_the_packages_of_the_laboratory() -> None:
    """What the tests run is what the container runs."""
    dockerfile = read_text("docker/asterisk/Dockerfile")
    assert f"FROM debian:{SUITE}-slim" in dockerfile
    for package in PACKAGES:
        assert re.search(rf"(?<!\S){re.escape(package)}(?!\S)", dockerfile), package
