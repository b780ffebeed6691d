"""Check a folder of Asterisk's files without starting Asterisk: can they be read, is what they name there?

Asterisk itself is forgiving: an endpoint whose aor is missing loads and fails at the first call.
`running_check` then asks the real program.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from asterisk_config.config_file import Item, Section, read_config
from asterisk_config.errors import UnreadableFileError
from asterisk_config.findings import Finding
from asterisk_config.modules import ALWAYS
from asterisk_config.renderer import file_names
from asterisk_config.second_reader import differing_line
from asterisk_config.setting_checks import SECRET_LENGTH_MIN

Files = Mapping[str, tuple[Section, ...]]
RENDER_AGAIN = "run `paceline asterisk render` again"
CORRECT_NAME = "correct the name, or add what it names"
# Which kind of section each reference of pjsip.conf leads to, by the kind it stands in.
PJSIP_REFERENCES = {
    ("endpoint", "aors"): "aor",
    ("endpoint", "auth"): "auth",
    ("endpoint", "outbound_auth"): "auth",
    ("endpoint", "transport"): "transport",
    ("identify", "endpoint"): "endpoint",
    ("registration", "outbound_auth"): "auth",
    ("registration", "transport"): "transport",
}
PJSIP_TYPES = frozenset(
    {"acl", "aor", "auth", "endpoint", "global", "identify", "registration", "system", "transport"}
)
SECRETS = (("ari.conf", "password"), ("manager.conf", "secret"), ("pjsip.conf", "password"))
JUMP = re.compile(r"\b(?:Goto|GotoIf)\(.*?(?:^|[(?:])([A-Za-z][\w-]*),[\w-]+,[\w-]+\)$")
PLAYBACK = re.compile(r"\bPlayback\(([\w/-]+)")
KEPT_SECTIONS = frozenset({"general", "globals"})


def read_folder(folder: Path) -> dict[str, str]:
    """Texts of the folder's configuration files by name; files that are no text are left out."""
    texts = {}
    for path in sorted(folder.glob("*.conf")):
        try:
            texts[path.name] = path.read_text()
        except (OSError, UnicodeDecodeError):
            continue
    return texts


def check_files(texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """All that is wrong with the files, in their order."""
    findings = [
        Finding(file=name, line=0, expected="a file that can be read", came="none", fix=RENDER_AGAIN)
        for name in file_names()
        if name not in texts
    ]
    files: dict[str, tuple[Section, ...]] = {}
    for name, text in texts.items():
        try:
            files[name] = read_config(name, text)
        except UnreadableFileError as error:
            findings.append(
                Finding(
                    file=name, line=error.line, expected=error.expected, came=error.came, fix=RENDER_AGAIN
                )
            )
        else:
            findings += _second_reading(name, text, files[name])
    for check in CHECKS:
        findings += check(files)
    return tuple(sorted(findings))


def check_recordings(texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """Recordings that the dialplan plays and this machine does not have; asks the file system.

    A machine without Asterisk's folder of recordings cannot say, and finds nothing.
    """
    folders = [
        Path(section.find_value("astdatadir")) / "sounds"
        for section in read_config("asterisk.conf", texts["asterisk.conf"])
        if section.name == "directories"
    ]
    if not folders or not folders[0].is_dir():
        return ()
    items = (
        item for section in read_config("extensions.conf", texts["extensions.conf"]) for item in section.items
    )
    plays = ((item, found[1]) for item in items if (found := PLAYBACK.search(item.value)))
    return tuple(
        Finding(
            file="extensions.conf",
            line=item.line,
            expected=f"a recording {name} below {folders[0] / 'en'}",
            came="none",
            fix="record it and put it there; until then people hear a tone",
        )
        for item, name in plays
        if not list(folders[0].glob(f"en/{name}.*"))
    )


def _second_reading(name: str, text: str, sections: tuple[Section, ...]) -> Iterator[Finding]:
    line = differing_line(text, sections)
    if line is not None:
        yield Finding(
            file=name,
            line=line,
            expected="a line that two parsers read alike",
            came="one that pyst2 reads otherwise",
            fix=RENDER_AGAIN,
        )


def _modules(files: Files) -> Iterator[Finding]:
    """Modules are named one by one, and none that we need is missing."""
    sections = [section for section in files.get("modules.conf", ()) if section.name == "modules"]
    if not sections:
        return
    section = sections[0]
    if section.find_value("autoload") != "no":
        yield Finding(
            file="modules.conf",
            line=section.line,
            expected="autoload = no",
            came=f"autoload = {section.find_value('autoload') or 'nothing'}",
            fix="set it to no: what is not named shall not run",
        )
    loaded = {item.value.removesuffix(".so") for item in section.items if item.name == "load"}
    for name in sorted({name for group in ALWAYS.values() for name in group.split()} - loaded):
        yield Finding(
            file="modules.conf",
            line=section.line,
            expected=f"load = {name}.so",
            came="no such line",
            fix="add it, calls fail without",
        )


def _pjsip_references(files: Files) -> Iterator[Finding]:
    """Each name in pjsip.conf leads to a section of the right kind, each context to the dialplan."""
    sections = files.get("pjsip.conf", ())
    known = {(section.find_value("type"), section.name) for section in sections}
    contexts = {section.name for section in files.get("extensions.conf", ())} - KEPT_SECTIONS
    for section in sections:
        kind = section.find_value("type")
        if kind not in PJSIP_TYPES:
            yield Finding(
                file="pjsip.conf",
                line=section.line,
                expected=f"a type among {', '.join(sorted(PJSIP_TYPES))}",
                came=kind or "none",
                fix=CORRECT_NAME,
            )
        for item in section.items:
            target = PJSIP_REFERENCES.get((kind, item.name))
            names = [name.strip() for name in item.value.split(",")] if target else []
            yield from (
                _undefined("pjsip.conf", item, f"{item.name} that is a [section] of type {target}", name)
                for name in names
                if (target, name) not in known
            )
            if (kind, item.name) == ("endpoint", "context") and item.value not in contexts:
                yield _undefined("pjsip.conf", item, "a context of extensions.conf", item.value)


def _closed_doors(files: Files) -> Iterator[Finding]:
    """No endpoint is open to strangers: each asks for a secret or is known by its address."""
    sections = files.get("pjsip.conf", ())
    identified = {
        section.find_value("endpoint") for section in sections if section.find_value("type") == "identify"
    }
    for section in sections:
        if section.find_value("type") != "endpoint":
            continue
        is_closed = bool(section.find_value("auth")) or section.name in identified
        if not is_closed or section.name == "anonymous":
            yield Finding(
                file="pjsip.conf",
                line=section.line,
                expected="an endpoint with auth, or with a section of type identify",
                came=f"[{section.name}] with neither",
                fix="add one, strangers could call through it",
            )


def _secrets(files: Files) -> Iterator[Finding]:
    """Each secret is long enough; none is shown."""
    for file, name in SECRETS:
        for section in files.get(file, ()):
            item = section.find(name)
            if item is not None and len(item.value) < SECRET_LENGTH_MIN:
                yield Finding(
                    file=file,
                    line=item.line,
                    expected=f"a secret of {SECRET_LENGTH_MIN} characters or more",
                    came=f"{len(item.value)}",
                    fix="set a new one, by `paceline asterisk render`",
                )


def _dialplan(files: Files) -> Iterator[Finding]:
    """Each jump and each include of the dialplan leads to a context that is there."""
    sections = files.get("extensions.conf", ())
    contexts = {section.name for section in sections} - KEPT_SECTIONS
    for section in sections:
        for item in section.items:
            jump = JUMP.search(item.value) if item.name in {"exten", "same"} else None
            target = jump[1] if jump else item.value if item.name == "include" else None
            if target is not None and target not in contexts:
                yield _undefined("extensions.conf", item, "a context of this file", target)


def _ari_references(files: Files) -> Iterator[Finding]:
    """An outbound connection names a client and a user that are there."""
    clients = {section.name for section in files.get("websocket_client.conf", ())}
    users = {section.name for section in files.get("ari.conf", ()) if section.find_value("type") == "user"}
    targets = {
        "websocket_client_id": (clients, "a section of websocket_client.conf"),
        "local_ari_user": (users, "a section of type user"),
    }
    for section in files.get("ari.conf", ()):
        for item in section.items:
            known, expected = targets.get(item.name, (frozenset((item.value,)), ""))
            if item.value not in known:
                yield _undefined("ari.conf", item, expected, item.value)


def _undefined(file: str, item: Item, expected: str, came: str) -> Finding:
    return Finding(file=file, line=item.line, expected=expected, came=f"{came!r}", fix=CORRECT_NAME)


CHECKS: tuple[Callable[[Files], Iterator[Finding]], ...] = (
    _modules,
    _pjsip_references,
    _closed_doors,
    _secrets,
    _dialplan,
    _ari_references,
)
