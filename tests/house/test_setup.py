"""The parts of the set-up that can be tested without installing anything."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup
from tools.setup import Checkout, SetupError, Step, carry_out, check_python_version, plan, steps_to_do


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout with lock files, whose environment looks usable."""
    for name in ("pyproject.toml", setup.DEPENDENCIES_LOCK, setup.TEST_DATA_LOCK):
        (tmp_path / name).write_text(name)
    made = Checkout(tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    return made


def names_to_do(checkout: Checkout, identity: str = "Python A") -> list[str]:
    """Names of the steps that a set-up would carry out now."""
    steps = plan(checkout, identity)
    return [steps[index].name for index in steps_to_do(steps, checkout.done())]


def mark_done(checkout: Checkout, identity: str = "Python A") -> None:
    """Stamp every step as done."""
    checkout.record({step.name: step.key for step in plan(checkout, identity)})


def everything_in_the_environment(checkout: Checkout) -> list[str]:
    """Names of the steps from the virtual environment on."""
    names = [step.name for step in plan(checkout, "Python A")]
    return names[names.index(setup.ENVIRONMENT_STEP) :]


def test_fresh_checkout_without_stamp_does_every_step(checkout: Checkout) -> None:
    """A new clone is set up from the first step to the last."""
    assert names_to_do(checkout) == [step.name for step in plan(checkout, "Python A")]


def test_second_run_without_change_does_no_step(checkout: Checkout) -> None:
    """When nothing has changed there is nothing to do."""
    mark_done(checkout)
    assert names_to_do(checkout) == []


def test_new_python_of_any_version_builds_the_environment_anew(checkout: Checkout) -> None:
    """An environment belongs to the Python it was made with."""
    mark_done(checkout)
    assert set(everything_in_the_environment(checkout)) <= set(names_to_do(checkout, "Python B"))


def test_checkout_moved_elsewhere_builds_the_environment_anew(checkout: Checkout, tmp_path: Path) -> None:
    """Programs in an environment hold its path."""
    mark_done(checkout)
    moved = Checkout(checkout.root.rename(tmp_path.parent / f"{tmp_path.name}-moved"))
    assert names_to_do(moved) == everything_in_the_environment(moved)


@pytest.mark.parametrize("lock", [setup.DEPENDENCIES_LOCK, setup.TEST_DATA_LOCK])
def test_changed_lock_of_any_kind_builds_the_environment_anew(checkout: Checkout, lock: str) -> None:
    """No package that left a lock file lingers in the environment."""
    mark_done(checkout)
    (checkout.root / lock).write_text("other versions")
    assert names_to_do(checkout) == everything_in_the_environment(checkout)


def test_changed_project_file_installs_only_paceline_again(checkout: Checkout) -> None:
    """New scripts or settings of the package need no new environment."""
    mark_done(checkout)
    (checkout.root / "pyproject.toml").write_text("another script")
    assert names_to_do(checkout) == ["Paceline itself"]


def test_changed_front_end_source_builds_only_the_front_end(checkout: Checkout) -> None:
    """The front end is built from its sources; what the build wrote is not one of them."""
    checkout.client.mkdir(parents=True)
    (checkout.client / "package.json").write_text("{}")
    mark_done(checkout)
    (checkout.client / "dist").mkdir()
    (checkout.client / "dist" / "bundle.js").write_text("built")
    assert names_to_do(checkout) == []
    (checkout.client / "desk.ts").write_text("export {}")
    assert names_to_do(checkout) == ["front end"]


def test_python_gone_beneath_the_environment_does_every_step(checkout: Checkout) -> None:
    """An environment whose Python was removed is no environment."""
    mark_done(checkout)
    checkout.python.unlink()
    checkout.python.symlink_to(checkout.root / "gone")
    assert names_to_do(checkout) == [step.name for step in plan(checkout, "Python A")]


def test_stamp_torn_or_foreign_does_every_step(checkout: Checkout) -> None:
    """A stamp that cannot be read proves nothing."""
    for text in ("{", '"a text"', ""):
        checkout.stamp.write_text(text)
        assert names_to_do(checkout) == [step.name for step in plan(checkout, "Python A")]


def interrupted() -> None:
    """A step during which somebody presses the interrupt key."""
    raise KeyboardInterrupt


def failing() -> None:
    """A step that ends by itself with an error."""
    raise SetupError("no network")


@pytest.mark.parametrize(
    ("action", "error", "is_torn"),
    [(interrupted, KeyboardInterrupt, True), (failing, SetupError, False)],
    ids=["killed", "failed"],
)
def test_install_step_cut_short_goes_on_from_the_right_place(
    checkout: Checkout, action: Callable[[], None], error: type[BaseException], is_torn: bool
) -> None:
    """After a kill inside an installation the environment is made anew; after a failure only that step is."""
    mark_done(checkout)
    done = checkout.done()
    steps = plan(checkout, "Python A")
    index = [step.name for step in steps].index("pinned dependencies")
    checkout.record({name: key for name, key in done.items() if name != steps[index].name})
    cut = [step._replace(action=action) if step is steps[index] else step for step in steps]
    with pytest.raises(error):
        carry_out(checkout, cut, [index])
    assert (setup.ENVIRONMENT_STEP in names_to_do(checkout)) is is_torn
    assert "pinned dependencies" in names_to_do(checkout)


def test_step_carried_out_prints_number_name_and_seconds(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each step has one progress line, and is stamped as done."""
    carry_out(checkout, [Step("front end", "key", lambda: "nothing to build yet")], [0])
    assert capsys.readouterr().out == "[1/1] front end ... nothing to build yet (0.0 s)\n"
    assert checkout.done() == {"front end": "key"}


def test_python_older_than_needed_is_refused_with_advice() -> None:
    """Somebody with an old Python is told which one to install and how to name it."""
    with pytest.raises(SetupError, match=r"3\.11 or newer; this is Python 3\.9\.2[^\0]*make setup PYTHON="):
        check_python_version((3, 9, 2))
    check_python_version((3, 11, 0))


def test_script_under_an_old_python_can_still_be_read() -> None:
    """The advice above reaches those who need it: no newer grammar in the script itself."""
    ast.parse(Path(setup.__file__).read_text(), feature_version=(3, 7))


def missing_package(*, is_there: bool) -> Callable[[Path], list[setup.Need]]:
    """What the operating system must provide: one package, there or not."""
    return lambda client: [setup.Need(is_there, "python3.11-venv", "virtual environments")]


def test_missing_debian_package_for_root_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Root has missing packages installed, without questions."""
    commands: list[list[str]] = []
    monkeypatch.setattr(setup, "needs", missing_package(is_there=False))
    monkeypatch.setattr(setup, "run", lambda command, **others: commands.append(list(command)))
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert setup.provide(tmp_path) == "installed python3.11-venv"
    assert [command[1] for command in commands] == ["update", "install"]
    assert commands[1][-1] == "python3.11-venv"


@pytest.mark.parametrize(
    ("installer", "advice"),
    [
        ("apt-get", "sudo apt-get install --yes python3.11-venv"),
        (None, "Install what your system calls these"),
    ],
)
def test_missing_debian_package_for_others_stops_with_the_line_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installer: str | None, advice: str
) -> None:
    """Whoever may not install packages is told what to run."""
    monkeypatch.setattr(setup, "needs", missing_package(is_there=False))
    monkeypatch.setattr("shutil.which", lambda name: installer)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupError, match=advice):
        setup.provide(tmp_path)


def test_browser_missing_for_others_stops_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever may not install packages can use the program all the same, and is told what tests want."""
    (tmp_path / "package.json").write_text("{}")
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "chromium (tests of the pages in a browser)" in setup.provide(tmp_path)


def test_node_too_old_or_absent_is_replaced_by_the_pinned_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The system's Node builds the front end if it is new enough, else the wheel's does."""
    node = tmp_path / "node"
    monkeypatch.setattr("shutil.which", lambda name: str(node) if name == "node" else "npm")
    for version, npm in (("v18.20.4", None), ("v20.0.0", ["npm"]), ("no version", None)):
        node.write_text(f"#!/bin/sh\necho {version}\n")
        node.chmod(0o755)
        assert setup.node_of_the_system() == npm
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert setup.node_of_the_system() is None


def test_front_end_present_needs_a_browser_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What tests the front end is asked for only when there is one."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert [need.package for need in setup.needs(tmp_path) if not need.is_there] == []
    (tmp_path / "package.json").write_text("{}")
    assert [need.package for need in setup.needs(tmp_path) if not need.is_there] == ["chromium"]


def test_command_that_fails_shows_the_end_of_its_output(tmp_path: Path) -> None:
    """A failed command is named with its code and its last words."""
    with pytest.raises(SetupError, match=r"code 3[^\0]*last words"):
        setup.run(["sh", "-c", "echo last words; exit 3"], tmp_path)
    with pytest.raises(SetupError, match="Could not start"):
        setup.run([tmp_path / "not-there"], tmp_path)


def test_front_end_absent_says_that_nothing_is_built(tmp_path: Path) -> None:
    """Until there is a front end, set-up says so."""
    assert setup.build_client(Checkout(tmp_path)) == "nothing to build yet"
