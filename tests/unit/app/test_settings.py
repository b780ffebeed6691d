"""Settings out of the environment: what is not set, what is, and what cannot be used."""

from pathlib import Path

import pytest

from app.errors import SettingError
from app.settings import (
    KEYS,
    PORT_DEFAULT,
    read_bus_settings,
    read_database_settings,
    read_log_settings,
    read_observing_settings,
    read_serve_settings,
)


def test_environment_with_nothing_set_means_the_embedded_server() -> None:
    """Without a setting everything has its place under one home folder."""
    settings = read_database_settings({"PACELINE_HOME": "/srv/paceline"})
    assert (settings.url, settings.binaries, settings.user) == (None, None, None)
    assert settings.port == PORT_DEFAULT
    assert settings.folder == Path("/srv/paceline/postgres")
    assert settings.is_durable


def test_environment_with_an_url_means_that_server() -> None:
    """A configured server goes before the embedded one."""
    url = "postgresql://somebody@database.example/paceline"
    assert read_database_settings({"DATABASE_URL": url}).url == url


@pytest.mark.parametrize("port", ["many", "-1", "65536", "1e3", "²"])
def test_port_that_is_none_is_refused_by_name(port: str) -> None:
    """The message names the setting, what was expected and what came."""
    with pytest.raises(SettingError, match=r"PACELINE_POSTGRES_PORT: expected 0 .any. to 65535, got"):
        read_database_settings({"PACELINE_POSTGRES_PORT": port})


def test_url_of_another_database_is_refused_without_its_password() -> None:
    """Only its beginning is repeated: the rest may hold a password."""
    with pytest.raises(SettingError, match="DATABASE_URL") as caught:
        read_database_settings({"DATABASE_URL": "mysql://root:hush@localhost/x"})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://bus.example", "nats://one.example,amqp://hush@two.example", "hush:hush@bus.example"]
)
def test_url_of_another_bus_is_refused_without_its_password(url: str) -> None:
    """Every server of a list is looked at, and nothing but its beginning is repeated."""
    with pytest.raises(SettingError, match="NATS_URL: expected nats"):
        read_bus_settings({"NATS_URL": url})


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "five", "1e2", "601", "1.2.3"])
def test_time_that_is_none_is_refused_by_name(seconds: str) -> None:
    """A watchdog that never bites, or always, is a mistake in writing."""
    with pytest.raises(SettingError, match="PACELINE_HUNG_SECONDS_MAX: expected 1 to 600 seconds"):
        read_serve_settings({"PACELINE_HUNG_SECONDS_MAX": seconds})


def test_form_and_level_of_the_log_are_chosen_by_name() -> None:
    """What is not known is refused with what is."""
    assert read_log_settings({"PACELINE_LOG": "console", "PACELINE_LOG_LEVEL": "debug"}).level == "DEBUG"
    for name, value in (("PACELINE_LOG", "xml"), ("PACELINE_LOG_LEVEL", "LOUD")):
        with pytest.raises(SettingError, match=f"{name}: expected .*{value}"):
            read_log_settings({name: value})


def test_file_of_the_home_folder_stands_behind_the_environment(tmp_path: Path) -> None:
    """What the environment says goes first; the rest may stand in the file, as text or number."""
    (tmp_path / "paceline.toml").write_text("nats_port = 5000\nmetrics_port = 6000\nhung_seconds_max = 7.5\n")
    environment = {"PACELINE_HOME": str(tmp_path), "PACELINE_METRICS_PORT": "6001"}
    assert read_bus_settings(environment).port == 5000
    assert read_observing_settings(environment).port == 6001
    assert read_serve_settings(environment).hung_seconds_max == 7.5
    assert read_log_settings(environment).form == "json"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("natsport = 1", r"'natsport' is not known; expected one of .*nats_port"),
        ("nats_port = [1]", "nats_port: expected a text or a number"),
        ("nats_port = ", "cannot be read"),
        ("nats_port = 70000", "PACELINE_NATS_PORT: expected"),
    ],
)
def test_file_that_cannot_be_used_is_named_with_the_place(tmp_path: Path, text: str, match: str) -> None:
    """A slip in the file is found at the start, not at the first call."""
    (tmp_path / "paceline.toml").write_text(text)
    with pytest.raises(SettingError, match=match):
        read_bus_settings({"PACELINE_HOME": str(tmp_path)})


def test_file_with_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """A URL may hold a password, so its file is for its owner only."""
    file = tmp_path / "paceline.toml"
    file.write_text('database_url = "postgresql://paceline:hush@db.example/paceline"\n')
    file.chmod(0o644)
    environment = {"PACELINE_HOME": str(tmp_path)}
    with pytest.raises(SettingError, match="chmod 600") as caught:
        read_database_settings(environment)
    assert "hush" not in str(caught.value)
    file.chmod(0o600)
    assert read_database_settings(environment).url == "postgresql://paceline:hush@db.example/paceline"


def test_key_of_the_file_is_the_variable_in_small_letters() -> None:
    """Who knows one of the names knows the other."""
    for key, variable in KEYS.items():
        assert variable.lower().removeprefix("paceline_") == key


def test_document_of_the_settings_names_each_of_them() -> None:
    """Whoever looks for a setting finds it there, and nothing that is none."""
    text = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert named == {*KEYS.values(), "PACELINE_HOME"}
