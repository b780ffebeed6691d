"""Speech in RTP packets (RFC 3550): one task sends and fetches the packets of every call, every 20 ms.

Fetching at the same beat, not packet by packet, is what makes hundreds of streams cheap; instants of what
is heard are therefore exact to 20 ms.
"""

import asyncio
import random
import socket
import struct
import time
from collections.abc import Iterator
from itertools import repeat

from asterisk_config.lab.tones import FRAME_SAMPLES, FRAME_SECONDS, SILENT_FRAME, Hearing, Tone

LOOPBACK = "127.0.0.1"
HEADER = struct.Struct("!BBHII")
VERSION_BYTE = 0x80
ULAW = 0
FETCHED_MAX = 4  # packets of one stream at one beat
LATE_SECONDS_MAX = 0.2  # behind by more, the missed beats are left out instead of sent in a burst
REFUSALS_MAX = 25  # half a second of "nobody listens there": the far end died
PACKET_BYTES_MAX = 2048
GAP_SECONDS = 0.2  # without a packet is silence


class RtpStream:
    """One party's end of a call: says what it is given, and hears what comes."""

    __slots__ = (
        "_refusals",
        "_sequence",
        "_socket",
        "_source",
        "first_packet_at",
        "hearing",
        "is_cut",
        "last_packet_at",
        "packets_received",
        "packets_sent",
        "port",
        "refused_at",
        "speech",
    )

    def __init__(self, address: str = LOOPBACK) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        self.port: int = self._socket.getsockname()[1]
        self.speech: Iterator[bytes] | None = None  # packets to send; None: nothing at all
        self.hearing = Hearing()
        self.packets_received = 0
        self.packets_sent = 0
        self.first_packet_at: float | None = None  # seconds since the epoch, as the next
        self.last_packet_at: float | None = None
        self.refused_at: float | None = None  # since when nobody listens at the far end
        self.is_cut = False  # as without a network: nothing goes, what comes is lost
        self._source = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._refusals = 0

    def connect(self, place: tuple[str, int]) -> None:
        """Speak to, and listen to, one place only."""
        try:
            self._socket.connect(place)
        except OSError:  # a place that cannot be reached
            self._refusals = REFUSALS_MAX
            self.refused_at = time.time()

    def hears(self, now: float) -> Tone:
        """Who is heard at this moment."""
        if self.last_packet_at is None or now - self.last_packet_at > GAP_SECONDS:
            return Tone.SILENCE
        return self.hearing.now

    def close(self) -> None:
        """Give the port back."""
        self.speech = None
        self._socket.close()

    def beat(self, now: float) -> None:
        """Send one packet and fetch what came since the last beat."""
        speech = self.speech
        if speech is not None and self.refused_at is None and not self.is_cut:
            self._send(next(speech, SILENT_FRAME), now)
        for _ in range(FETCHED_MAX):
            try:
                packet = self._socket.recv(PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError:
                self._refuse(now)
                return
            self._refusals = 0
            if not self.is_cut:
                self._take(packet, now)

    def _send(self, frame: bytes, now: float) -> None:
        self._sequence += 1
        header = HEADER.pack(
            VERSION_BYTE,
            ULAW,
            self._sequence & 0xFFFF,
            (self._sequence * FRAME_SAMPLES) & 0xFFFFFFFF,
            self._source,
        )
        try:
            self._socket.send(header + frame)
        except BlockingIOError:
            return
        except OSError:
            self._refuse(now)
        else:
            self.packets_sent += 1

    def _refuse(self, now: float) -> None:
        """Nobody is there: Asterisk was killed, or the call is over and BYE on its way."""
        self._refusals += 1
        if self._refusals >= REFUSALS_MAX and self.refused_at is None:
            self.refused_at = now

    def _take(self, packet: bytes, now: float) -> None:
        if len(packet) <= HEADER.size or packet[0] >> 6 != 2 or packet[1] & 0x7F != ULAW:
            return
        self.packets_received += 1
        if self.last_packet_at is not None and now - self.last_packet_at > GAP_SECONDS:
            self.hearing.pause(self.last_packet_at)
        self.last_packet_at = now
        if self.first_packet_at is None:
            self.first_packet_at = now
        self.hearing.listen(packet[HEADER.size :], now)


class RtpPacer:
    """The beat of all streams of a process."""

    def __init__(self) -> None:
        self._streams: set[RtpStream] = set()

    def add(self, stream: RtpStream) -> None:
        """Let a stream take part."""
        self._streams.add(stream)

    def remove(self, stream: RtpStream) -> None:
        """Close a stream and forget it."""
        self._streams.discard(stream)
        stream.close()

    async def run(self) -> None:
        """Beat until cancelled."""
        due = time.monotonic()
        while True:
            due += FRAME_SECONDS
            late = time.monotonic() - due
            if late > LATE_SECONDS_MAX:
                due += late
            await asyncio.sleep(max(0.0, -late))
            now = time.time()
            for stream in tuple(self._streams):
                stream.beat(now)


def silence() -> Iterator[bytes]:
    """Packets without a sound, for ever."""
    return repeat(SILENT_FRAME)
