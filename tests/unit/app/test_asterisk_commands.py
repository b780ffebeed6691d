"""`paceline asterisk`: shows before it overwrites, and ends with an exit code that says what happened."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.command_line import paceline

SETTINGS = "settings.toml"


def run(*words: str | Path, typed: str = "") -> tuple[int, str]:
    """Exit code and everything that a command said."""
    ended = CliRunner().invoke(paceline, ["asterisk", *map(str, words)], input=typed)
    return ended.exit_code, ended.output


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """A folder with files rendered from fresh settings."""
    assert run("settings", tmp_path / SETTINGS)[0] == 0
    assert run("render", tmp_path / "etc", "--settings", tmp_path / SETTINGS)[0] == 0
    return tmp_path / "etc"


def change_settings(rendered: Path) -> None:
    """Move ARI to another port."""
    path = rendered.parent / SETTINGS
    path.write_text("http_port = 18088\n" + path.read_text())


def test_first_settings_render_into_files_that_verify(rendered: Path) -> None:
    """Settings, render and verify lead a newcomer to files with nothing wrong."""
    assert ((rendered.parent / SETTINGS).stat().st_mode & 0o777) == 0o600
    code, said = run("verify", rendered, "--no-start")
    assert (code, "Nothing wrong found." in said) == (0, True)


def test_second_settings_over_the_first_are_refused(rendered: Path) -> None:
    """Secrets that are in use are not overwritten."""
    before = (rendered.parent / SETTINGS).read_text()
    assert run("settings", rendered.parent / SETTINGS)[0] == 2
    assert (rendered.parent / SETTINGS).read_text() == before


@pytest.mark.parametrize(("typed", "port"), [("n\n", "8088"), ("y\n", "18088")], ids=["no", "yes"])
def test_rendering_over_other_files_shows_them_and_asks(rendered: Path, typed: str, port: str) -> None:
    """The difference is on the screen before the question, and no means no."""
    change_settings(rendered)
    code, said = run("render", rendered, "--settings", rendered.parent / SETTINGS, typed=typed)
    assert "-bindport = 8088" in said
    assert "+bindport = 18088" in said
    assert code == (0 if typed == "y\n" else 1)
    assert f"bindport = {port}\n" in (rendered / "http.conf").read_text()


def test_rendering_without_changes_says_so(rendered: Path) -> None:
    """Nothing is asked where nothing changes."""
    code, said = run("render", rendered, "--settings", rendered.parent / SETTINGS)
    assert (code, said.startswith("Nothing to change")) == (0, True)


def test_verifying_broken_files_tells_the_place_and_fails(rendered: Path) -> None:
    """A finding is told by file and line, and the exit code says that there is one."""
    path = rendered / "modules.conf"
    path.write_text(path.read_text().replace("autoload = no", "autoload = yes"))
    code, said = run("verify", rendered)
    assert code == 1
    assert "modules.conf:4: expected autoload = no" in said
    assert "Asterisk not started" in said


def test_rendering_poor_settings_tells_the_setting_and_writes_nothing(tmp_path: Path) -> None:
    """An error of the settings is one line, not a traceback."""
    (tmp_path / SETTINGS).write_text(
        '[ari]\nname = "engine"\npassword = "short"\n[ami]\nname = "w"\npassword = "x"\n'
    )
    code, said = run("render", tmp_path / "etc", "--settings", tmp_path / SETTINGS)
    assert code == 2
    assert said.startswith("ari.password: expected a secret")
    assert not (tmp_path / "etc").exists()
