"""What the documents keep to: true names, links that lead somewhere, a first screen that tells enough."""

import ast
import re

from tests.house.source_tree import ROOT, identifiers, project_files, python_modules, read_text
from tools.checks import ROOMS

README_LINES_MAX = 10
README_SCREEN_LINES = 50
# Rooms whose parts have rules of their own.
ROOM_PARTS = (
    "benchmarks",
    "crm_core/engine",
    "crm_core/processes",
    "dialer/adapters",
    "dialer/core",
    "dialer/messages",
    "docs/decisions",
    "pacing/peers",
    "rules/conditions",
    "tests",
    "tools",
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
# A word as programs write them; anything else between backticks is a file or a command line.
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
TWO_SENTENCES = re.compile(r"[a-z)`\"][.?!] +[A-Z]")  # not after a digit: "1. Item" is a list
DECISION_NAME = re.compile(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md")
DECISION_PARTS = ("## Context", "## Decision", "## Consequences")


def documents() -> list[str]:
    """Paths of all documents."""
    return [path for path in project_files() if path.endswith(".md")]


def prose_lines(text: str) -> list[str]:
    """Lines of a document outside code blocks and tables."""
    blocks = text.split("```")[0::2]
    return [line for block in blocks for line in block.splitlines() if not line.startswith("|")]


def defined_names() -> set[str]:
    """Every name that the code defines, and every text that is a member of an enumeration."""
    names = {name for module in python_modules() for name, line in identifiers(module.tree)}
    modules = {part for module in python_modules() for part in module.path.removesuffix(".py").split("/")}
    members = {member for module in python_modules() for member in member_values(module.tree)}
    return names | modules | members


def member_values(tree: ast.Module) -> set[str]:
    """Texts that classes give to their members, as enumerations do."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    values = (inner.value for node in classes for inner in node.body if isinstance(inner, ast.Assign))
    return {
        value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def folder_rules() -> list[str]:
    """Paths of the documents that state a folder's rule."""
    return [path for path in documents() if path.endswith("/README.md") and path != "docs/README.md"]


def test_room_of_the_house_states_its_rule() -> None:
    """Each room has a document that says what belongs into it."""
    expected = {f"{folder}/README.md" for folder in (*ROOMS, *ROOM_PARTS)}
    missing = expected - set(documents())
    assert not missing


def test_folder_rule_of_any_folder_stays_short() -> None:
    """A folder's rule can be read in ten lines."""
    lines = {path: len(read_text(path).splitlines()) for path in folder_rules()}
    assert not {path: count for path, count in lines.items() if count > README_LINES_MAX}


def test_glossary_term_marked_as_code_exists_in_code() -> None:
    """What the glossary writes as code is the name of something in the code."""
    marked = {term for term in CODE.findall(read_text("GLOSSARY.md")) if IDENTIFIER.fullmatch(term)}
    parts = {part for term in marked for part in term.split(".")}
    assert parts
    unknown = parts - defined_names()
    assert not unknown


def test_link_in_any_document_leads_somewhere() -> None:
    """Each relative link names a file or folder of the project."""
    broken = [
        f"{path} -> {target}"
        for path in documents()
        for target in LINK.findall(read_text(path))
        if "://" not in target
        and not target.startswith("#")
        and not ((ROOT / path).parent / target.split("#")[0]).exists()
    ]
    assert not broken


def test_line_of_any_document_holds_one_sentence() -> None:
    """Each sentence has its own line, so that a change shows as one."""
    crowded = [
        f"{path}: {line}"
        for path in documents()
        for line in prose_lines(read_text(path))
        if TWO_SENTENCES.search(CODE.sub("`x`", line))
    ]
    assert not crowded


def test_first_screen_of_the_readme_tells_enough() -> None:
    """A sentence, a picture, the two commands and where to look stand on the first screen, in this order."""
    screen = "\n".join(read_text("README.md").splitlines()[:README_SCREEN_LINES])
    sentence = screen.splitlines()[2]
    parts = ("```text", "make demo", "make test", "## Where to look", "| --- |")
    places = [screen.find(part) for part in parts]
    assert sentence.endswith(".")
    assert -1 not in places
    assert places == sorted(places)


def test_contributing_guide_starts_with_the_one_command() -> None:
    """The first thing a contributor reads is the command to run."""
    assert "make test" in "\n".join(read_text("CONTRIBUTING.md").splitlines()[:6])


def test_decision_record_of_any_number_follows_the_template() -> None:
    """Decisions are numbered without gaps, and each gives context, decision and consequences."""
    records = [path for path in documents() if path.startswith("docs/decisions/0")]
    numbers = sorted(match[1] for match in map(DECISION_NAME.fullmatch, records) if match)
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    assert not [path for path in records for part in DECISION_PARTS if part not in read_text(path)]
