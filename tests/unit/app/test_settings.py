"""Settings out of the environment: what is not set, what is, and what cannot be used."""

from pathlib import Path

import pytest

from app.errors import SettingError
from app.settings import PORT_DEFAULT, read_database_settings


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
