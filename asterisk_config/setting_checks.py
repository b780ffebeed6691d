"""What a value must be before it may stand in one of Asterisk's files.

Asterisk's files are lines of `name = value`: a line break in a value starts a new line, and `;` a comment.
So a value is printable text on one line, and a name is made of letters, digits and a few marks.
Nothing here is silently mended: what does not fit is refused by name.
"""

import ipaddress
import re
from collections.abc import Iterable

from asterisk_config.errors import InvalidSettingError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
HOST_LENGTH_MAX = 253  # RFC 1035, 2.3.4, less the closing dot
PATH = re.compile(r"(?:/[A-Za-z0-9_.+@-]+)+")
SOUND = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
ENTITY_ID = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
SECRET_LENGTH_MIN = 12
SECRET_LENGTH_MAX = 128
SECRET_DIFFERENT_MIN = 5  # different characters; "aaaaaaaaaaaa" is long, and no secret
# Sections that Asterisk or we use; a trunk, agent or user of that name would change their meaning.
RESERVED_NAMES = frozenset({"acl", "general", "global", "globals", "system", "transport-udp", "transport-ws"})


def shown(value: object) -> str:
    """A refused value as a message may show it: short, and without line breaks."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def is_plain_text(text: str) -> bool:
    """Whether a text is printable, on one line, and loses nothing at its ends.

    >>> is_plain_text("a b;c"), is_plain_text("a\\nb"), is_plain_text(" a"), is_plain_text("")
    (True, False, False, False)
    """
    return bool(text) and text.isprintable() and text == text.strip()


def require(is_right: bool, *, field: str, expected: str, came: object) -> None:
    """Refuse a setting that is not right; raises `InvalidSettingError`."""
    if not is_right:
        raise InvalidSettingError(field=field, expected=expected, came=shown(came))


def require_name(value: str, field: str) -> None:
    """Accept names of trunks, agents, users and the application."""
    require(
        NAME.fullmatch(value) is not None,
        field=field,
        expected="a letter, then up to 39 letters, digits, - or _",
        came=value,
    )
    is_free = value.lower() not in RESERVED_NAMES
    require(is_free, field=field, expected="a name that Asterisk does not use itself", came=value)


def require_host(value: str, field: str) -> None:
    """Accept an address or a name of a host."""
    labels = value.removesuffix(".").split(".")
    is_name = len(value) <= HOST_LENGTH_MAX and all(HOST_LABEL.fullmatch(label) for label in labels)
    # A name of digits and dots only is a mistyped address.
    is_name = is_name and not labels[-1].isdigit()
    require(is_name or is_address(value), field=field, expected="a host name or an IP address", came=value)


def is_address(value: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value  # a scope is free text behind an address


def require_address(value: str, field: str) -> None:
    """Accept the address of an interface to listen on."""
    require(is_address(value), field=field, expected="an IP address", came=value)


def require_networks(values: Iterable[str], field: str) -> None:
    """Accept addresses and networks such as `203.0.113.0/24`; the network of everything is refused."""
    for value in values:
        try:
            network = ipaddress.ip_network(value)
        except ValueError:
            network = None
        require(
            network is not None and "%" not in value,
            field=field,
            expected="an IP address or a network such as 203.0.113.0/24",
            came=value,
        )
        is_open = network is not None and network.prefixlen == 0
        require(not is_open, field=field, expected="a network smaller than everything", came=value)


def require_range(value: float, least: float, most: float, field: str) -> None:
    """Accept numbers between two limits, both included."""
    require(least <= value <= most, field=field, expected=f"{least:g} to {most:g}", came=value)


def require_port(value: int, field: str) -> None:
    """Accept ports that need no rights of the system."""
    require_range(value, 1024, 65535, field)


def require_remote_port(value: int, field: str) -> None:
    """Accept any port of another machine."""
    require_range(value, 1, 65535, field)


def require_secret(value: str, field: str) -> None:
    """Accept secrets that are long, varied and fit on a line; the message never holds the value."""
    if not value:
        came = "none"
    elif len(value) < SECRET_LENGTH_MIN or len(value) > SECRET_LENGTH_MAX:
        came = f"{len(value)} characters"
    elif len(set(value)) < SECRET_DIFFERENT_MIN:
        came = f"only {len(set(value))} different characters"
    elif not is_plain_text(value) or not value.isascii():
        came = "characters outside printable ASCII, or a space at an end"
    else:
        return
    raise InvalidSettingError(
        field=field,
        expected=f"a secret of {SECRET_LENGTH_MIN} to {SECRET_LENGTH_MAX} printable ASCII characters, "
        f"at least {SECRET_DIFFERENT_MIN} of them different",
        came=came,
    )


def require_path(value: str, field: str) -> None:
    """Accept absolute paths of plain characters."""
    is_right = PATH.fullmatch(value) is not None and "/../" not in f"{value}/"
    require(is_right, field=field, expected="an absolute path of letters, digits and _.+@-", came=value)


def require_sound(value: str, field: str) -> None:
    """Accept the name of a recording, without its ending."""
    is_right = SOUND.fullmatch(value) is not None
    require(is_right, field=field, expected="a sound's name such as folder/name, without ending", came=value)


def require_different(values: Iterable[str], field: str) -> None:
    """Refuse a name that is there twice."""
    names = list(values)
    twice = sorted({name for name in names if names.count(name) > 1})
    require(not twice, field=field, expected="each name once", came=twice)
