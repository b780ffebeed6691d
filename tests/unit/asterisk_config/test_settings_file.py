"""Settings out of a TOML file: every wrong entry is named, and secrets may live elsewhere."""

from pathlib import Path

import pytest

from asterisk_config.errors import InvalidSettingError, SettingsFileError
from asterisk_config.settings import AsteriskSettings, Codec, Phone
from asterisk_config.settings_file import read_settings, write_settings
from tests.unit.asterisk_config.sample_settings import SECRETS, full_settings, least_settings

LEAST = f"""
[ari]
name = "engine"
password = "{SECRETS[0]}"
[ami]
name = "watch"
password = "{SECRETS[1]}"
"""
FULL = """
[[trunks]]
name = "carrier"
host = "sip.example.net"
networks = ["203.0.113.0/24"]
qualify_seconds = 60
[trunks.registration]
user_name = "account"
password = {file = "SECRET_FILE"}
[[agents]]
name = "agent1"
phone = "webrtc"
codecs = ["opus", "ulaw"]
password = {env = "AGENT_SECRET"}
[amd]
greeting_seconds_max = 2
"""


def test_file_with_everything_gives_the_settings_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables, lists, choices and secrets from elsewhere all arrive."""
    (tmp_path / "secret").write_text(f"{SECRETS[3]}\n")
    monkeypatch.setenv("AGENT_SECRET", SECRETS[4])
    path = tmp_path / "settings.toml"
    path.write_text(LEAST + FULL.replace("SECRET_FILE", str(tmp_path / "secret")))
    settings = read_settings(path)
    (trunk,), (agent,) = settings.trunks, settings.agents
    assert trunk.qualify_seconds == 60
    assert trunk.registration is not None
    assert trunk.registration.password == SECRETS[3]
    assert (agent.phone, agent.codecs, agent.password) == (Phone.WEBRTC, (Codec.OPUS, Codec.ULAW), SECRETS[4])
    assert settings.amd.greeting_seconds_max == 2.0
    assert settings.http_address == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "settings.toml.ari: expected a value"),
        ("x = ", "expected TOML"),
        ("colour = 'red'\n" + LEAST, "settings.toml.colour: expected one of"),
        ("http_port = 'x'\n" + LEAST, "settings.toml.http_port: expected a value of type int"),
        ("http_port = true\n" + LEAST, "settings.toml.http_port: expected a value of type int"),
        ("trunks = 5\n" + LEAST, "settings.toml.trunks: expected a list"),
        ("rtp = 5\n" + LEAST, "settings.toml.rtp: expected a table"),
        (
            LEAST + "[[agents]]\nphone = 'fax'\nname = 'a'\npassword = 'x'\n",
            "agents[0].phone: expected one of",
        ),
        (LEAST + "[[agents]]\nphone = 'sip'\nname = 'a'\n", "agents[0].password: expected a value, got none"),
        (LEAST.replace(f'"{SECRETS[1]}"', '{env = "NOT_SET_ANYWHERE"}'), "expected a variable NOT_SET"),
        (LEAST.replace(f'"{SECRETS[1]}"', '{file = "not/there"}'), "expected a file not/there"),
        (LEAST.replace(f'"{SECRETS[1]}"', '{vault = "x"}'), "expected a text, {file"),
        (LEAST.replace(f'"{SECRETS[1]}"', "12345678901234"), "expected a text, {file"),
    ],
    ids=str,
)
def test_file_with_a_wrong_entry_is_refused_by_its_place(tmp_path: Path, text: str, message: str) -> None:
    """The message names the entry, what was expected and what came, and no secret."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsFileError) as caught:
        read_settings(path)
    assert message in str(caught.value)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A mistyped path is named."""
    with pytest.raises(SettingsFileError, match=r"nowhere\.toml: expected a file"):
        read_settings(tmp_path / "nowhere.toml")


def test_file_without_a_password_is_refused_by_the_setting(tmp_path: Path) -> None:
    """An empty secret is no secret, wherever it comes from."""
    path = tmp_path / "settings.toml"
    path.write_text(LEAST.replace(SECRETS[0], ""))
    with pytest.raises(InvalidSettingError, match="expected a secret"):
        read_settings(path)


@pytest.mark.parametrize("settings", [least_settings(), full_settings()], ids=["least", "full"])
def test_settings_that_were_written_are_read_as_they_were(tmp_path: Path, settings: AsteriskSettings) -> None:
    """Writing and reading are each other's inverse, and the file is its owner's alone."""
    path = tmp_path / "asterisk.toml"
    write_settings(path, settings)
    assert read_settings(path) == settings
    assert path.stat().st_mode & 0o077 == 0
