"""Rendered files: complete, safe by default, and no value can say more than itself."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asterisk_config.config_file import read_config
from asterisk_config.errors import InvalidSettingError, WriteError
from asterisk_config.renderer import config_value, file_names, plan_changes, render, write_changes
from asterisk_config.settings import AriUser, AsteriskSettings, Registration, Trunk
from asterisk_config.verifier import check_files
from tests.unit.asterisk_config.sample_settings import SECRETS, full_settings, least_settings

# Marks that mean something to Asterisk, mixed with any others.
HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(";\\=>[](){}$#,!+\"'\r\n\t\v\f\x00\x85\u2028 "), st.characters())
)
HOSTILE_SECRETS = st.one_of(
    HOSTILE,
    st.text(alphabet=";\\=>[]{}$#,!+\"' abcdefgh", min_size=12, max_size=40),
    HOSTILE.map("abcdefghijkl".__add__),
)
# Short texts, many of which come past all checks but one.
NEARLY_GOOD = st.one_of(st.text(alphabet="ab1.\n\r];-", max_size=6), HOSTILE)
BIND = re.compile(r"^(?:bind|bindaddr) = (\S+)$", re.MULTILINE)


def with_trunk(name: str, host: str, network: str, user_name: str) -> AsteriskSettings:
    """Settings whose trunk is made of given texts."""
    registration = Registration(user_name=user_name, password=SECRETS[3])
    trunk = Trunk(name=name, host=host, networks=(network,), registration=registration)
    return AsteriskSettings(ari=full_settings().ari, ami=full_settings().ami, trunks=(trunk,))


@given(HOSTILE_SECRETS)
def test_secret_of_any_text_is_refused_or_read_back_exactly(secret: str) -> None:
    """No secret, however odd, becomes another value, another line or another section."""
    try:
        texts = render(least_settings(ari_password=secret))
    except InvalidSettingError:
        return
    sections = read_config("ari.conf", texts["ari.conf"])
    usual = read_config("ari.conf", render(least_settings())["ari.conf"])
    assert [section.name for section in sections] == [section.name for section in usual]
    assert [len(section.items) for section in sections] == [len(section.items) for section in usual]
    assert sections[1].find_value("password") == secret


@given(NEARLY_GOOD, NEARLY_GOOD, NEARLY_GOOD, NEARLY_GOOD)
@example("t\nt", "h\nh", "192.0.2.1\n1", "u\nu")
def test_trunk_of_any_texts_is_refused_or_leaves_the_files_sound(
    name: str, host: str, network: str, user_name: str
) -> None:
    """A trunk's texts become its own values and nothing else."""
    for words in (
        (name, "h", "192.0.2.1", "u"),
        ("t", host, "192.0.2.1", "u"),
        ("t", "h", network, "u"),
        ("t", "h", "192.0.2.1", user_name),
    ):
        try:
            texts = render(with_trunk(*words))
        except InvalidSettingError:
            continue
        usual = render(with_trunk("t", "h", "192.0.2.1", "u"))
        assert {file: text.count("\n") for file, text in texts.items()} == {
            file: text.count("\n") for file, text in usual.items()
        }
        assert check_files(texts) == ()


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\x00b", "a\u2028b", " a", "a ", "", 1.5, None])
def test_value_that_would_not_stay_a_value_is_refused(value: object) -> None:
    """Whatever comes past the settings' own checks stops at the last gate."""
    with pytest.raises(InvalidSettingError, match="rendered value"):
        config_value(value)


def test_rendering_of_full_settings_has_every_file_and_no_finding() -> None:
    """All files are there, and the verifier finds nothing wrong with them."""
    texts = render(full_settings())
    assert tuple(texts) == file_names()
    assert {"asterisk.conf", "modules.conf", "pjsip.conf", "extensions.conf", "ari.conf"} <= set(texts)
    assert check_files(texts) == ()


def test_rendering_of_the_same_settings_is_the_same() -> None:
    """A second rendering changes nothing, so a difference is always a change of settings."""
    assert render(full_settings()) == render(full_settings())


def test_rendering_by_default_listens_on_loopback_only() -> None:
    """Whoever sets nothing opens nothing."""
    bound = [address for text in render(least_settings()).values() for address in BIND.findall(text)]
    assert len(bound) == 3
    assert all(address.startswith("127.0.0.1") for address in bound)


def test_webrtc_modules_without_a_browser_agent_are_not_loaded() -> None:
    """What nobody uses does not run."""
    assert "res_srtp" not in render(least_settings())["modules.conf"]
    assert "res_srtp" in render(full_settings())["modules.conf"]


def test_monitoring_user_of_rendered_files_may_not_place_calls() -> None:
    """AMI is for health and recordings; its library sends unanswered originates again."""
    (user,) = (
        section
        for section in read_config("m", render(full_settings())["manager.conf"])
        if section.name == "watch"
    )
    assert not {"originate", "all", "command", "config"} & set(user.find_value("write").split(","))


def test_writing_into_a_new_folder_leaves_files_for_owner_and_group(tmp_path: Path) -> None:
    """Files with secrets are not readable for everybody."""
    folder = tmp_path / "etc"
    written = write_changes(plan_changes(folder, render(full_settings())))
    assert {path.name for path in written} == set(file_names())
    assert sorted(path.name for path in folder.iterdir()) == sorted(file_names())
    assert {path.stat().st_mode & 0o777 for path in written} == {0o640}


def test_writing_the_same_files_again_changes_nothing(tmp_path: Path) -> None:
    """Only what differs is replaced."""
    texts = render(full_settings())
    write_changes(plan_changes(tmp_path, texts))
    assert write_changes(plan_changes(tmp_path, texts)) == ()


def test_difference_of_a_changed_secret_shows_the_change_but_no_secret(tmp_path: Path) -> None:
    """A person sees that the secret changes, and a screen shows neither the old nor the new one."""
    write_changes(plan_changes(tmp_path, render(least_settings())))
    other = AriUser(name="engine", password="another-secret-1")
    changes = plan_changes(tmp_path, render(AsteriskSettings(ari=other, ami=least_settings().ami)))
    (change,) = (change for change in changes if change.is_change)
    assert change.path.name == "ari.conf"
    assert "(not shown)" in change.difference
    assert SECRETS[0] not in change.difference
    assert "another" not in change.difference


def test_folder_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    """A file where a folder is wanted ends in a named error."""
    blocked = tmp_path / "etc"
    blocked.write_text("not a folder")
    changes = plan_changes(blocked / "inner", render(least_settings()))
    with pytest.raises(WriteError, match="nothing was changed"):
        write_changes(changes)
    assert blocked.read_text() == "not a folder"
