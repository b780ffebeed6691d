"""SIP messages as text: read what comes, write what goes (RFC 3261, as far as a telephone needs it).

Whatever comes in, nothing is raised: a datagram that is no SIP message is None.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

VERSION = "SIP/2.0"
HEADERS_MAX = 100
LONG_NAMES = {  # RFC 3261 section 7.3.3
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "s": "subject",
    "k": "supported",
}
NEEDED = ("via", "from", "to", "call-id", "cseq")
METHOD = re.compile(r"[A-Z]{1,32}")
URI_IN_BRACKETS = re.compile(r"<([^<>]+)>")
USER = re.compile(r"sips?:([^@;?]+)@")
TAG = re.compile(r";\s*tag\s*=\s*([^\s;,>]+)")
BRANCH = re.compile(r";\s*branch\s*=\s*([^\s;,>]+)")
SEQUENCE = re.compile(r"([0-9]{1,10})\s+([A-Z]{1,32})")
SPEECH = re.compile(r"^m=audio ([0-9]{1,5}) RTP/AVP((?: [0-9]{1,3})+)\s*$", re.MULTILINE)
PLACE = re.compile(r"^c=IN IP4 ([0-9.]{7,15})\s*$", re.MULTILINE)
ULAW_PAYLOAD = "0"  # RFC 3551
PORT_MAX = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class SipMessage:
    """A request or an answer."""

    method: str = ""  # of a request, in capitals; "" of an answer
    uri: str = ""  # of a request
    status: int = 0  # of an answer, 100 to 699; 0 of a request
    headers: tuple[tuple[str, str], ...]  # names in small letters and whole, in the order they came
    body: str = ""  # a description of the speech, or nothing

    def header(self, name: str) -> str:
        """The first header of a name, "" if there is none."""
        return next((value for each, value in self.headers if each == name), "")

    def headers_of(self, name: str) -> tuple[str, ...]:
        """Every header of a name."""
        return tuple(value for each, value in self.headers if each == name)

    @property
    def call_id(self) -> str:
        """What all messages of a call have in common."""
        return self.header("call-id")

    @property
    def sequence(self) -> tuple[int, str]:
        """Number and method that an answer belongs to."""
        found = SEQUENCE.match(self.header("cseq"))
        return (int(found[1]), found[2]) if found else (0, "")

    @property
    def branch(self) -> str:
        """The name of the transaction, in the uppermost Via."""
        return _found(BRANCH, self.header("via"))

    @property
    def from_tag(self) -> str:
        """Who asked, as a tag."""
        return _tag(self.header("from"))

    @property
    def to_tag(self) -> str:
        """Who was asked, as a tag; "" before the first answer."""
        return _tag(self.header("to"))

    @property
    def user(self) -> str:
        """The number or name that a request is for.

        >>> SipMessage(uri="sip:+15551000@127.0.0.1:5060", headers=()).user
        '+15551000'
        """
        return _found(USER, self.uri)

    @property
    def caller(self) -> str:
        """The number or name of who asked."""
        return _found(USER, self.header("from"))

    @property
    def contact_uri(self) -> str:
        """Where the sender wants later requests of the call."""
        return _found(URI_IN_BRACKETS, self.header("contact"))

    @property
    def speech_place(self) -> tuple[str, int] | None:
        """Where the sender listens for mu-law speech; None where it says nothing of the kind."""
        stream, place = SPEECH.search(self.body), PLACE.search(self.body)
        if stream is None or place is None or ULAW_PAYLOAD not in stream[2].split():
            return None
        try:
            address, port = str(IPv4Address(place[1])), int(stream[1])
        except AddressValueError:
            return None
        return (address, port) if 0 < port <= PORT_MAX else None


def parse(datagram: bytes) -> SipMessage | None:
    """The message in a datagram; None if it is not a whole and readable one.

    >>> parse(b"hello") is None
    True
    """
    head, _, body = datagram.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = _headers(lines)
    if headers is None:
        return None
    kept = dict(reversed(headers))  # the first of each name
    if not all(kept.get(name) for name in NEEDED) or SEQUENCE.match(kept["cseq"]) is None:
        return None
    length = kept.get("content-length", str(len(body)))
    if not (length.isascii() and length.isdecimal() and len(length) < 6 and int(length) <= len(body)):
        return None
    return _message(first, tuple(headers), body[: int(length)])


def request(method: str, uri: str, headers: Sequence[tuple[str, str]], body: str = "") -> bytes:
    """A request, ready to send."""
    return _text(f"{method} {uri} {VERSION}", headers, body)


def answer(
    asked: SipMessage,
    status: int,
    *,
    tag: str = "",
    headers: Sequence[tuple[str, str]] = (),
    body: str = "",
) -> bytes:
    """An answer to a request (RFC 3261 section 8.2.6); the tag is added where the request has none."""
    to = asked.header("to")
    if tag and not asked.to_tag:
        to = f"{to};tag={tag}"
    copied = [("Via", value) for value in asked.headers_of("via")]
    copied += [("From", asked.header("from")), ("To", to)]
    copied += [("Call-ID", asked.call_id), ("CSeq", asked.header("cseq"))]
    return _text(f"{VERSION} {status} {REASONS.get(status, 'Status')}", [*copied, *headers], body)


def speech_offer(address: str, port: int, name: str = "lab") -> str:
    """A description of mu-law speech in 20 ms packets (RFC 4566)."""
    lines = (
        "v=0",
        f"o={name} 1 1 IN IP4 {address}",
        "s=-",
        f"c=IN IP4 {address}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {ULAW_PAYLOAD}",
        "a=rtpmap:0 PCMU/8000",
        "a=ptime:20",
        "a=sendrecv",
    )
    return "\r\n".join(lines) + "\r\n"


REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    501: "Not Implemented",
    503: "Service Unavailable",
    603: "Decline",
}


def _message(first: str, headers: tuple[tuple[str, str], ...], body: str) -> SipMessage | None:
    words = first.split(" ", 2)
    if len(words) < 2:
        return None
    if words[0] == VERSION:
        is_status = words[1].isascii() and words[1].isdecimal() and len(words[1]) == 3
        if not is_status or not 100 <= int(words[1]) <= 699:
            return None
        return SipMessage(status=int(words[1]), headers=headers, body=body)
    if len(words) < 3 or words[2] != VERSION or METHOD.fullmatch(words[0]) is None or not words[1]:
        return None
    message = SipMessage(method=words[0], uri=words[1], headers=headers, body=body)
    return message if message.sequence[1] == message.method else None


def _headers(lines: Sequence[str]) -> list[tuple[str, str]] | None:
    if len(lines) > HEADERS_MAX:
        return None
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:  # a header that goes on (RFC 3261 section 7.3.1)
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or not name or "\n" in line or "\r" in line:
            return None
        headers.append((LONG_NAMES.get(name, name), value.strip()))
    return headers


def _text(first: str, headers: Sequence[tuple[str, str]], body: str) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if body and not any(name == "Content-Type" for name, _ in headers):
        lines.append("Content-Type: application/sdp")
    lines.append(f"Content-Length: {len(body.encode('latin-1'))}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def _tag(header: str) -> str:
    """The tag behind the address: a name in quotes may look like one."""
    return _found(TAG, header.rpartition(">")[2])


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
