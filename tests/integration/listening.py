"""What a process listens on, read from the kernel."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

TCP_LISTENING = "0A"  # proc(5), net/tcp
UDP_UNCONNECTED = "07"
IPV4_DIGITS = 8
WORD_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One socket that strangers could send to."""

    protocol: str
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.address.is_loopback


def listeners_of(process_id: int) -> list[Listener]:
    """Listening TCP and unconnected UDP sockets of a process."""
    handles = Path(f"/proc/{process_id}/fd")
    targets = [os.readlink(handle) for handle in handles.iterdir() if handle.is_symlink()]
    inodes = {
        target.removeprefix("socket:[").removesuffix("]")
        for target in targets
        if target.startswith("socket:[")
    }
    found = []
    for protocol, state in (("tcp", TCP_LISTENING), ("udp", UDP_UNCONNECTED)):
        for table in (protocol, f"{protocol}6"):
            lines = Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]
            for words in map(str.split, lines):
                if words[9] in inodes and words[3] == state:
                    address, port = words[1].split(":")
                    found.append(Listener(protocol=protocol, address=parsed(address), port=int(port, 16)))
    return found


def parsed(digits: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address as the kernel writes it: words of four bytes, each in the machine's own order.

    >>> parsed("0100007F")
    IPv4Address('127.0.0.1')
    """
    raw = bytes.fromhex(digits)
    ordered = b"".join(raw[start : start + WORD_BYTES][::-1] for start in range(0, len(raw), WORD_BYTES))
    return ipaddress.IPv4Address(ordered) if len(digits) == IPV4_DIGITS else ipaddress.IPv6Address(ordered)
