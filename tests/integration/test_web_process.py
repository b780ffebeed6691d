"""The web process as people start it: under `serve`, beside it, with TLS, and the commands for users."""

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.child_process import LIVENESS_VARIABLE
from tests.acceptance.running_console import RunningConsole, running_console
from tests.integration.served_home import ROOT, environment
from tests.integration.server_folder import server_folder


@pytest.fixture(scope="module")
def certificate() -> Iterator[Path]:
    """A certificate made on request, and its key beside it."""
    with server_folder() as home:
        assert paceline(home, "web", "certificate", "--host", "calls.example.com").returncode == 0
        yield home / "web" / "certificate.pem"


@pytest.fixture(scope="module")
def console(certificate: Path) -> Iterator[RunningConsole]:
    """Pages with a certificate of their own making, watched over by a pipe as `serve` does."""
    reading, writing = os.pipe()
    settings = {
        "PACELINE_WEB_CERTIFICATE": str(certificate),
        "PACELINE_WEB_CERTIFICATE_KEY": str(certificate.with_name("certificate-key.pem")),
        LIVENESS_VARIABLE: str(writing),
    }
    try:
        with running_console(settings, kept_open=(writing,)) as console:
            assert os.read(reading, 1) == b"."
            os.set_blocking(reading, False)
            yield console
    finally:
        os.close(reading)
        os.close(writing)


def paceline(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on a home."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_pages_over_tls_are_served_under_the_printed_address(
    console: RunningConsole, certificate: Path
) -> None:
    """The certificate is for this machine, and the headers are those of a secure site."""
    assert console.origin.startswith("https://localhost:")
    context = ssl.create_default_context(cafile=str(certificate))
    with urllib.request.urlopen(f"{console.origin}/sign-in", context=context, timeout=10) as page:
        assert page.status == 200
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert page.headers["Server"] == "Paceline"


def test_user_commands_beside_the_pages_make_disable_and_reset(console: RunningConsole) -> None:
    """Each says what it did; links are for the pages that run, and names that are unknown are refused."""
    link = console.paceline("user", "create", "Ida", "--role", "supervisor").split()[-1]
    assert "/set-up/" in link
    listed = json.loads(console.paceline("user", "list", "--json"))
    assert [(user["sign_in_name"], user["roles"], user["has_password"]) for user in listed] == [
        ("ida", ["supervisor"], False)
    ]
    assert console.paceline("user", "reset-password", "ida").split()[-1] != link
    refused = paceline(console.home, "user", "disable", "ida")
    assert refused.returncode == 1
    assert "no other active administrator" in refused.stderr
    console.paceline("user", "create", "eva", "--role", "administrator")
    console.paceline("user", "disable", "ida")
    assert "disabled" in console.paceline("user", "list")
    console.paceline("user", "enable", "ida")
    for words in (("disable", "nobody"), ("create", "eva")):
        answer = paceline(console.home, "user", *words)
        assert (answer.returncode, "Traceback" in answer.stderr) == (1, False)


def test_port_that_is_taken_or_open_to_others_is_refused_in_one_line(console: RunningConsole) -> None:
    """The web process says which setting to change, and ends."""
    port = console.origin.rpartition(":")[2]
    for variables, named in (
        ({"PACELINE_WEB_PORT": port}, "PACELINE_WEB_PORT"),
        ({"PACELINE_WEB_HOST": "0.0.0.0", "PACELINE_WEB_PORT": "0"}, "paceline web certificate"),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "app", "web"],
            cwd=ROOT,
            env={**environment(console.home), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
        assert named in ended.stderr
