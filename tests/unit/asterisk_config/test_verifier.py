"""The verifier names file, line, what was expected, what came and the fix, for every planted fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk_config.config_file import read_config
from asterisk_config.errors import UnreadableFileError
from asterisk_config.renderer import render
from asterisk_config.second_reader import differing_line
from asterisk_config.verifier import check_files
from tests.unit.asterisk_config.sample_settings import SECRETS, full_settings

NAMES = st.text(alphabet="abcxyz_-0189", min_size=1, max_size=8)
VALUES = st.text(alphabet="abc =>/:.,()$[]{};\\ 019", max_size=20).map(str.strip)


@pytest.mark.parametrize(
    ("file", "before", "after", "expected"),
    [
        ("pjsip.conf", "aors = by-address", "aors = nowhere", "type aor"),
        ("pjsip.conf", "auth = agent1", "auth = nobody", "type auth"),
        ("pjsip.conf", "outbound_auth = by-registration", "outbound_auth = nobody", "type auth"),
        ("pjsip.conf", "transport = transport-udp", "transport = transport-tcp", "type transport"),
        ("pjsip.conf", "endpoint = by-address", "endpoint = by-name", "type endpoint"),
        ("pjsip.conf", "context = from-trunk", "context = from-nowhere", "a context of extensions.conf"),
        ("pjsip.conf", "type = identify", "type = identity", "a type among"),
        ("pjsip.conf", "auth = agent2\n", "\n", "an endpoint with auth"),
        ("modules.conf", "autoload = no", "autoload = yes", "autoload = no"),
        ("modules.conf", "load = chan_bridge_media.so\n", "", "load = chan_bridge_media.so"),
        ("extensions.conf", "?safe-harbour,s,1", "?unsafe-harbour,s,1", "a context of this file"),
        ("ari.conf", "local_ari_user = engine", "local_ari_user = motor", "a section of type user"),
        (
            "ari.conf",
            "websocket_client_id = paceline-engine",
            "websocket_client_id = x",
            "websocket_client.conf",
        ),
        ("ari.conf", f"password = {SECRETS[0]}", "password = short", "a secret of 12"),
        ("manager.conf", f"secret = {SECRETS[1]}", "secret =", "a secret of 12"),
        ("rtp.conf", "[general]", "[general](!)", "no template"),
        ("rtp.conf", "strictrtp = yes", "#include other.conf", "no included"),
        ("rtp.conf", "strictrtp = yes", "strictrtp", "name = value"),
        ("rtp.conf", "[general]\n", "", "a [section] before the first line"),
    ],
)
def test_fault_in_any_file_is_found_at_its_line(file: str, before: str, after: str, expected: str) -> None:
    """The first finding names the place of the fault and what was expected there."""
    texts = render(full_settings())
    place = texts[file].index(before)
    texts[file] = texts[file].replace(before, after, 1)
    finding = next(finding for finding in check_files(texts) if expected in finding.expected)
    assert finding.file == file
    line = texts[file][:place].count("\n") + 1
    # A section as a whole is named by its first line.
    assert finding.line == line or texts[file].split("\n")[finding.line - 1].startswith("[")
    assert finding.fix
    assert not [secret for secret in SECRETS if secret in str(finding)]


def test_file_that_is_missing_is_found() -> None:
    """Asterisk would start without it, on other defaults."""
    texts = render(full_settings())
    del texts["cdr.conf"]
    assert [(finding.file, finding.came) for finding in check_files(texts)] == [("cdr.conf", "none")]


@given(st.lists(st.tuples(NAMES, st.lists(st.tuples(NAMES, VALUES), max_size=4)), max_size=4))
def test_file_of_any_values_is_read_back_as_written(content: list[tuple[str, list[tuple[str, str]]]]) -> None:
    """Sections, names and values come back in order, with the lines they stand on."""
    lines = []
    for section, items in content:
        lines.append(f"[{section}]")
        lines += [f"{name} = {value.replace(';', chr(92) + ';')} ; {name}" for name, value in items]
    sections = read_config("a.conf", "\n".join(lines))
    read = [(each.name, [(item.name, item.value) for item in each.items]) for each in sections]
    assert read == content
    assert all(lines[item.line - 1].startswith(item.name) for each in sections for item in each.items)


def test_message_about_an_unreadable_line_holds_no_secret() -> None:
    """A broken line may be a broken secret."""
    with pytest.raises(UnreadableFileError) as caught:
        read_config("a.conf", "[a]\npassword += hidden-value")
    assert "hidden" not in str(caught.value)


def test_line_that_the_second_reader_reads_otherwise_is_found() -> None:
    """Where two parsers differ, the first such line is told."""
    text = "[a]\nb = c\n"
    assert differing_line(text, read_config("a.conf", text)) is None
    assert differing_line(text, read_config("a.conf", "[a]\nb = d\n")) == 2
