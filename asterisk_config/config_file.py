"""Read Asterisk's configuration files: sections, and `name = value` lines with their places.

The grammar is the part of Asterisk's own (main/config.c) that rendered files use. Templates, additions
to sections and included files are refused by name, since a file with them is not one that we wrote.
"""

import re
from dataclasses import dataclass

from asterisk_config.errors import UnreadableFileError

HEADER = re.compile(r"\[([^\[\]]+)\](.*)")
COMMENT = re.compile(r"(?<!\\);.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One `name = value` line."""

    name: str
    value: str
    line: int  # counted from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A `[name]` line and what follows it; a file may have several of one name."""

    name: str
    line: int  # counted from 1
    items: tuple[Item, ...]

    def find(self, name: str) -> Item | None:
        """The last item of a name, which is the one that counts; None where there is none."""
        return next((item for item in reversed(self.items) if item.name == name), None)

    def find_value(self, name: str) -> str:
        """The value of an item, empty where there is none."""
        item = self.find(name)
        return item.value if item is not None else ""


def read_config(path: str, text: str) -> tuple[Section, ...]:
    r"""Sections of a file in their order; raises `UnreadableFileError` with the place.

    >>> read_config("a.conf", "[a]\nb = c\\;d ; why\n")[0].items
    (Item(name='b', value='c;d', line=2),)
    """
    sections: list[tuple[str, int, list[Item]]] = []
    # Asterisk ends lines at line feeds only; splitlines() would also end them at a form feed.
    for number, raw in enumerate(text.split("\n"), start=1):
        if raw.lstrip().startswith(";--"):
            raise _unreadable(path, number, "no block comments", raw)
        line = COMMENT.sub("", raw).strip().replace("\\;", ";")
        if not line:
            continue
        if line.startswith("["):
            sections.append((_section_name(path, number, line), number, []))
        elif sections:
            sections[-1][2].append(_item(path, number, line))
        else:
            raise _unreadable(path, number, "a [section] before the first line", line)
    return tuple(Section(name=name, line=line, items=tuple(items)) for name, line, items in sections)


def _section_name(path: str, number: int, line: str) -> str:
    header = HEADER.fullmatch(line)
    if header is None or header[2].strip():
        raise _unreadable(path, number, "[name] alone, no template or addition", line)
    return header[1]


def _item(path: str, number: int, line: str) -> Item:
    if line.startswith("#"):
        raise _unreadable(path, number, "no included or executed files", line)
    name, equals, value = line.partition("=")
    if not equals or not name.strip() or name.rstrip().endswith("+"):
        raise _unreadable(path, number, "name = value", line)
    # `=>` is an older way to write `=`.
    return Item(name=name.strip(), value=value.removeprefix(">").strip(), line=number)


def _unreadable(path: str, line: int, expected: str, came: str) -> UnreadableFileError:
    # What stands there may hold a secret; its first word tells enough to find it.
    return UnreadableFileError(path=path, line=line, expected=expected, came=came.strip().split("=")[0][:40])
