"""Start the real Asterisk on a folder of files and ask it what came of them.

It runs in a private network where the machine allows it, with folders of its own for everything it writes,
so a running Asterisk of the same machine is left alone.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from asterisk_config.config_file import read_config
from asterisk_config.errors import AsteriskStartError
from asterisk_config.findings import Finding
from asterisk_config.lab.instance import AsteriskInstance, folders_in
from asterisk_config.lab.network import private_network
from asterisk_config.lab.program import AsteriskProgram

COMPLAINT = re.compile(r"^\[[^\]]*\] (WARNING|ERROR)\[\d+\][^ ]* (.*)$")
NAMED_FILE = re.compile(r"[\w.-]+\.conf")
NAMED_LINE = re.compile(r"\bline (\d+)")
# Asterisk's names of the folders in asterisk.conf, and ours.
FOLDERS = {
    "astetcdir": "configuration",
    "astmoddir": "modules",
    "astvarlibdir": "database",
    "astdatadir": "data",
    "astspooldir": "spool",
    "astrundir": "run",
    "astlogdir": "log",
    "astcachedir": "cache",
}


def check_running(texts: Mapping[str, str], program: AsteriskProgram) -> tuple[Finding, ...]:
    """What the real Asterisk finds wrong with the files; the files must have passed `check_files`."""
    # A short path: the control socket's name has to fit into 107 bytes.
    with tempfile.TemporaryDirectory(prefix="paceline-") as name, private_network():
        root = Path(name)
        moved = moved_texts(texts, root, program)
        instance = AsteriskInstance(name="verify", root=root, program=program, texts=moved)
        try:
            instance.start()
            return (
                *_missing_modules(instance, texts),
                *_missing_endpoints(instance, texts),
                *_complaints(instance),
            )
        except AsteriskStartError as error:
            return (
                Finding(
                    file="asterisk.conf",
                    line=0,
                    expected="an Asterisk that starts and answers",
                    came=str(error),
                    fix="mend what it complains about",
                ),
            )
        finally:
            instance.stop()


def moved_texts(texts: Mapping[str, str], root: Path, program: AsteriskProgram) -> dict[str, str]:
    """The same files with every folder below another root."""
    folders = folders_in(root, program)
    sections = read_config("asterisk.conf", texts["asterisk.conf"])
    places = {
        item.value: getattr(folders, FOLDERS[item.name])
        for section in sections
        for item in section.items
        if item.name in FOLDERS
    }
    # Longest first, as one folder may lie in another; one pass, so that nothing is moved twice.
    ordered = sorted(places, key=len, reverse=True)
    pattern = re.compile("|".join(rf"{re.escape(place)}(?![\w.@+-])" for place in ordered))
    return {name: pattern.sub(lambda found: places[found[0]], text) for name, text in texts.items()}


def _missing_modules(instance: AsteriskInstance, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Modules that are to be loaded and do not run."""
    shown = instance.console("module show").splitlines()
    running = {line.split()[0] for line in shown if " Running " in line}
    for section in read_config("modules.conf", texts["modules.conf"]):
        for item in section.items:
            if item.name == "load" and item.value not in running:
                yield Finding(
                    file="modules.conf",
                    line=item.line,
                    expected=f"{item.value} running",
                    came="not running",
                    fix="install the package that holds it, or mend its own configuration file",
                )


def _missing_endpoints(instance: AsteriskInstance, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Endpoints that Asterisk did not take."""
    shown = instance.console("pjsip show endpoints")
    known = {name.split("/")[0] for name in re.findall(r"Endpoint:\s+(\S+)", shown)}
    for section in read_config("pjsip.conf", texts["pjsip.conf"]):
        if section.find_value("type") == "endpoint" and section.name not in known:
            yield Finding(
                file="pjsip.conf",
                line=section.line,
                expected=f"endpoint {section.name} known to Asterisk",
                came="not among its endpoints",
                fix="mend the section, its log says why",
            )


def _complaints(instance: AsteriskInstance) -> Iterator[Finding]:
    """What Asterisk wrote as a warning or an error."""
    for line in instance.log.read_text(errors="replace").splitlines():
        found = COMPLAINT.match(line)
        if found is None:
            continue
        file, place = NAMED_FILE.search(found[2]), NAMED_LINE.search(found[2])
        yield Finding(
            file=file[0] if file else "messages.log",
            line=int(place[1]) if place else 0,
            expected="no complaint of Asterisk",
            came=found[2],
            fix="mend what it names",
        )
