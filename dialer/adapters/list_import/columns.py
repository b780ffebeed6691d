"""Which columns of a list mean what: told by the person, else recognised by header and content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dialer.adapters.list_import.faults import ListFileUnusable
from dialer.adapters.list_import.table_shape import looks_like_number

NUMBERS_MAX = 10  # of one lead
NUMBER_RATIO_MIN = 0.6  # of the filled cells of a column that is taken for numbers by its content
NUMBER_WORDS = frozenset(
    """
    phone telephone tel mobile cell cellphone handset msisdn landline telefon telefono telefonnummer handy
    handynummer mobil mobilnummer rufnummer festnetz cellulare recapito movil celular portable fixe
    telephonenumber phonenumber numerotelefono
    """.split()  # noqa: SIM905 - a list of thirty quoted words hides the words
)
NOT_NUMBER_WORDS = frozenset(
    {"type", "kind", "date", "provider", "carrier", "opt", "consent", "country", "ext"}
)


class Role(Enum):
    """What a column can mean to the dialer; all others are kept beside the lead by their headers."""

    NUMBER = "number"  # a telephone number; several columns: tried in their order
    PRIORITY = "priority"  # 0 to 8, larger first
    OWNER = "owner"  # the agent who knows the party
    SKILL = "skill"  # only agents with this skill may take the call
    LIVE_PROBABILITY = "live_probability"  # score of the next attempt, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row things stand; all are indexes from 0."""

    headers: tuple[str, ...]  # of all columns
    numbers: tuple[int, ...]  # telephone numbers, in the order in which they are tried
    roles: Mapping[Role, int] = field(default_factory=dict)  # the other roles that a column has

    @property
    def fields(self) -> tuple[int, ...]:
        """The columns that are kept beside the lead."""
        used = {*self.numbers, *self.roles.values()}
        return tuple(index for index in range(len(self.headers)) if index not in used)


def choose_columns(
    headers: tuple[str, ...], sample: Sequence[Sequence[str]], told: Sequence[tuple[str, str]]
) -> Columns:
    """The columns by what the person told (`role`, `header or #position`), else by header, else by content.

    Raises:
        ListFileUnusable: a role or header is not there, or no column holds numbers.
    """
    numbers: list[int] = []
    roles: dict[Role, int] = {}
    for word, header in told:
        role = _role(word)
        index = _index(headers, header)
        if role is Role.NUMBER:
            numbers.append(index)
        elif role in roles:
            raise ListFileUnusable(f"--map {word}=… is given twice: one column can be the {word}")
        else:
            roles[role] = index
    taken = {*numbers, *roles.values()}
    if not numbers:
        numbers = [index for index in _by_header(headers) if index not in taken]
    if not numbers:
        numbers = [index for index in _by_content(headers, sample) if index not in taken]
    if not 1 <= len(numbers) <= NUMBERS_MAX:
        there = ", ".join(headers[:20])
        raise ListFileUnusable(
            f"expected 1 to {NUMBERS_MAX} columns with telephone numbers, found {len(numbers)}: "
            f"say which with --map number=HEADER; there are {there}"
        )
    return Columns(headers=headers, numbers=tuple(dict.fromkeys(numbers)), roles=roles)


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise ListFileUnusable(f"--map {word}=…: expected one of {known}") from None


def _index(headers: tuple[str, ...], header: str) -> int:
    position = re.fullmatch(r"#(\d{1,6})", header)
    if position is not None and 1 <= int(position[1]) <= len(headers):
        return int(position[1]) - 1
    found = [index for index, each in enumerate(headers) if each.casefold() == header.strip().casefold()]
    again = [each for each in headers if re.fullmatch(re.escape(header) + r" \(\d+\)", each, re.IGNORECASE)]
    if len(found) == 1 and again:
        raise ListFileUnusable(
            f"header {header!r} stands over several columns: name one by its place, such as #{found[0] + 1}"
        )
    if not found:
        raise ListFileUnusable(f"no column is called {header!r}; there are {', '.join(headers[:20])}")
    return found[0]


def _by_header(headers: tuple[str, ...]) -> list[int]:
    words = [set(re.findall(r"[^\W\d_]+", _parted(header).casefold())) for header in headers]
    return [index for index, each in enumerate(words) if each & NUMBER_WORDS and not each & NOT_NUMBER_WORDS]


def _parted(header: str) -> str:
    """A header with its humps apart: "phoneType" is two words, "TELEFONO" is one."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)


def _by_content(headers: tuple[str, ...], sample: Sequence[Sequence[str]]) -> list[int]:
    found: list[int] = []
    for index in range(len(headers)):
        cells = [row[index] for row in sample if index < len(row) and row[index].strip()]
        if cells and sum(map(looks_like_number, cells)) >= NUMBER_RATIO_MIN * len(cells):
            found.append(index)
    return found
