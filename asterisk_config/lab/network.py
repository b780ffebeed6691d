"""Where the laboratory listens: a private network where that may be had, free loopback ports in any case."""

import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, unique
from pathlib import Path

CLONE_NEWNET = 0x40000000  # sched.h
SIOCGIFFLAGS = 0x8913  # netdevice(7)
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
INTERFACE_REQUEST = struct.Struct("16sH22x")  # struct ifreq: name, flags
LOOPBACK = "127.0.0.1"
RTP_PORTS = 400  # two for each leg of a call
RTP_FIRST_LEAST = 20000
RTP_LAST_MOST = 32000  # below the ports that the kernel gives out by itself
OWN_NETWORK = Path("/proc/thread-self/ns/net")


@unique
class NetworkKind(Enum):
    """What surrounds the laboratory."""

    PRIVATE = "private"  # a network namespace with nothing in it but loopback
    MACHINE = "machine"  # this machine's own loopback


def enter_private_network() -> NetworkKind:
    """Move this thread, and every process it starts from now on, into a new private network if it may."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        if ctypes.get_errno() in {errno.EPERM, errno.ENOSYS, errno.EINVAL, errno.ENOSPC}:
            return NetworkKind.MACHINE
        raise OSError(ctypes.get_errno(), "a private network could not be made")
    _raise_loopback()
    return NetworkKind.PRIVATE


@contextmanager
def private_network() -> Iterator[NetworkKind]:
    """A private network, if it may be had, for as long as the block lasts; for this thread only."""
    with OWN_NETWORK.open() as before:
        kind = enter_private_network()
        try:
            yield kind
        finally:
            if kind is NetworkKind.PRIVATE:
                enter_network_of(before.fileno())


def enter_network_of(handle: int) -> None:
    """Move this thread into the network that an open handle stands for."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "the network could not be entered")


def free_ports(count: int, *, kind: socket.SocketKind) -> tuple[int, ...]:
    """Different ports that nobody listens on at this moment."""
    sockets = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(each.getsockname()[1] for each in sockets)
    finally:
        for each in sockets:
            each.close()


def free_rtp_ports(count: int, *, size: int = RTP_PORTS) -> tuple[tuple[int, int], ...]:
    """Ranges of ports for speech, first and last, each free at its first port; processes begin elsewhere."""
    ranges: list[tuple[int, int]] = []
    places = (RTP_LAST_MOST - RTP_FIRST_LEAST) // size
    for step in range(places):
        first = RTP_FIRST_LEAST + (os.getpid() + step) % places * size
        if _is_free(first):
            ranges.append((first, first + size - 1))
        if len(ranges) == count:
            break
    return tuple(ranges)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _raise_loopback() -> None:
    """Switch on the loopback interface, which is off in a new network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        asked = fcntl.ioctl(handle, SIOCGIFFLAGS, INTERFACE_REQUEST.pack(b"lo", 0))
        _, flags = INTERFACE_REQUEST.unpack(asked[: INTERFACE_REQUEST.size])
        fcntl.ioctl(handle, SIOCSIFFLAGS, INTERFACE_REQUEST.pack(b"lo", flags | IFF_UP))
