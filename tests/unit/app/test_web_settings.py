"""Settings of the web server, and the certificate made on request."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import SettingError
from app.self_signed import make_pair
from app.web_process import tls_context
from app.web_settings import read_web_settings, web_folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own."""
    return {"PACELINE_HOME": str(tmp_path)}


@pytest.mark.parametrize(
    "variables",
    [
        {"PACELINE_WEB_HOST": "0.0.0.0"},
        {"PACELINE_WEB_HOST": "::"},
        {"PACELINE_WEB_HOST": "calls.example.com", "PACELINE_WEB_ORIGIN": "http://localhost"},
        {"PACELINE_WEB_ORIGIN": "http://calls.example.com"},
        {"PACELINE_WEB_ORIGIN": "https://calls.example.com/path"},
        {"PACELINE_WEB_ORIGIN": "calls.example.com"},
        {"PACELINE_WEB_PORT": "70000"},
        {"PACELINE_WEB_CERTIFICATE": "only-one.pem"},
    ],
)
def test_setting_that_would_send_passwords_in_the_clear_is_refused(
    environment: dict[str, str], variables: dict[str, str]
) -> None:
    """Plain HTTP is for this machine only; what cannot be used says so at the start."""
    with pytest.raises(SettingError, match="PACELINE_WEB"):
        read_web_settings({**environment, **variables})


def test_settings_by_default_are_for_this_machine(environment: dict[str, str]) -> None:
    """Nothing is open to others until somebody says so."""
    settings = read_web_settings(environment)
    assert (settings.host, settings.is_secure) == ("127.0.0.1", False)
    assert settings.address(8080) == "http://localhost:8080"


def test_proxy_with_tls_before_it_makes_the_site_secure(environment: dict[str, str]) -> None:
    """Its address is what people are told, and cookies are for TLS only."""
    settings = read_web_settings(
        {**environment, "PACELINE_WEB_HOST": "0.0.0.0", "PACELINE_WEB_ORIGIN": "https://Calls.example.com/"}
    )
    assert settings.is_secure
    assert settings.address(8080) == "https://calls.example.com"


def test_certificate_made_on_request_is_used_by_itself(environment: dict[str, str]) -> None:
    """It is for the hosts named, its key for the owner only, and it is not written over."""
    folder = web_folder(environment)
    make_pair(folder, ["calls.example.com", "192.0.2.7"], datetime.now(UTC))
    settings = read_web_settings({**environment, "PACELINE_WEB_HOST": "192.0.2.7"})
    context = tls_context(settings)
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert settings.key is not None
    assert settings.key.stat().st_mode & 0o077 == 0
    assert settings.address(443) == "https://192.0.2.7:443"
    with pytest.raises(SettingError, match="already"):
        make_pair(folder, ["localhost"], datetime.now(UTC))


def test_certificate_that_cannot_be_read_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    """The message says which file."""
    (tmp_path / "bad.pem").write_text("no certificate")
    settings = read_web_settings(
        {
            **environment,
            "PACELINE_WEB_CERTIFICATE": str(tmp_path / "bad.pem"),
            "PACELINE_WEB_CERTIFICATE_KEY": str(tmp_path / "bad.pem"),
        }
    )
    with pytest.raises(SettingError, match=r"bad\.pem"):
        tls_context(settings)
