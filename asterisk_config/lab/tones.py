"""Tones in mu-law: what each party of the laboratory says, and how a listener tells who speaks.

Everybody has a frequency of his own, so a packet of 20 ms tells whom it is from: one bin of a discrete
Fourier transform for each frequency, which is what Goertzel's algorithm computes (Goertzel 1958).
"""

import math
from collections import deque
from enum import Enum, unique
from functools import cache
from operator import mul

from asterisk_config.lab.safe_harbour import SAMPLES_PER_SECOND, TONE_HERTZ

MESSAGE_HERTZ = TONE_HERTZ
AGENT_HERTZ = 700.0
CLIENT_HERTZ = 1000.0
BEEP_HERTZ = 1400.0  # of an answering machine
FRAME_SAMPLES = 160  # 20 ms
FRAME_SECONDS = FRAME_SAMPLES / SAMPLES_PER_SECOND
AMPLITUDE = 8000  # of 32767
SILENT_FRAME = b"\xff" * FRAME_SAMPLES
TONE_ENERGY_RATIO_MIN = 0.5  # of a frame's energy; a clean tone has nearly all of it at its frequency
SOUND_AMPLITUDE_MIN = 512  # of 32767; noise on a line is far below
FRAMES_TO_BELIEVE = 3
FRAMES_BETWEEN_CHECKS = 10  # once it is known who speaks
CHANGES_KEPT = 1000
BIAS = 0x84  # of G.711 mu-law
CLIP = 32635


@unique
class Tone(Enum):
    """What is heard."""

    SILENCE = "silence"
    MESSAGE = "message"  # the safe-harbour message
    AGENT = "agent"
    CLIENT = "client"
    OTHER = "other"  # loud, and none of these: speech, music, two at a time


def encode(sample: int) -> int:
    """A 16-bit sample in mu-law (ITU-T G.711).

    >>> encode(0), encode(32767), encode(-32767)
    (255, 128, 0)
    """
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), CLIP) + BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF


def decode(byte: int) -> int:
    """The 16-bit sample of a mu-law byte.

    >>> decode(255), decode(128), decode(0)
    (0, 32124, -32124)
    """
    bits = ~byte & 0xFF
    magnitude = ((((bits & 0x0F) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS
    return -magnitude if bits & 0x80 else magnitude


SAMPLES = tuple(decode(byte) for byte in range(256))
LOUDNESS = bytes(min(abs(sample) >> 7, 255) for sample in SAMPLES)
SOUND_LOUDNESS_MIN = SOUND_AMPLITUDE_MIN >> 7


@cache
def tone_frames(hertz: float) -> tuple[bytes, ...]:
    """One second of a tone, in packets; a whole frequency repeats without a click."""
    turn = 2.0 * math.pi * hertz / SAMPLES_PER_SECOND
    second = bytes(encode(round(AMPLITUDE * math.sin(turn * place))) for place in range(SAMPLES_PER_SECOND))
    return tuple(second[start : start + FRAME_SAMPLES] for start in range(0, len(second), FRAME_SAMPLES))


def _waves(hertz: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    turn = 2.0 * math.pi * hertz / SAMPLES_PER_SECOND
    places = range(FRAME_SAMPLES)
    return tuple(math.cos(turn * place) for place in places), tuple(
        math.sin(turn * place) for place in places
    )


WAVES = {
    Tone.AGENT: _waves(AGENT_HERTZ),
    Tone.CLIENT: _waves(CLIENT_HERTZ),
    Tone.MESSAGE: _waves(MESSAGE_HERTZ),
}


def is_sound(frame: bytes) -> bool:
    """Whether a frame is more than the silence that Asterisk sends; cheap enough for every packet."""
    return bool(frame) and max(frame.translate(LOUDNESS)) >= SOUND_LOUDNESS_MIN


def classify(frame: bytes) -> Tone:
    """What a frame of mu-law speech is.

    >>> classify(tone_frames(700.0)[0]).value, classify(SILENT_FRAME).value
    ('agent', 'silence')
    """
    if not is_sound(frame):
        return Tone.SILENCE
    samples = [SAMPLES[byte] for byte in frame[:FRAME_SAMPLES]]
    energy = sum(map(mul, samples, samples)) * len(samples) / 2.0  # of a pure tone, in its bin
    for tone, (cosines, sines) in WAVES.items():
        found = sum(map(mul, samples, cosines)) ** 2 + sum(map(mul, samples, sines)) ** 2
        if found >= TONE_ENERGY_RATIO_MIN * energy:
            return tone
    return Tone.OTHER


class Hearing:
    """What one listener has heard so far, fed packet by packet.

    Every packet is looked at for loudness; who speaks is judged on the first packets of a sound, and from
    then on now and again, which keeps a hundred calls at some percent of a processor.
    """

    __slots__ = ("_count", "_due", "_since", "_tone", "changes", "first_sound_at", "heard", "now")

    def __init__(self) -> None:
        self.first_sound_at: float | None = None  # of any kind, seconds since the epoch
        self.now = Tone.SILENCE
        self.heard: dict[Tone, float] = {}  # each kind with its first instant
        self.changes: deque[tuple[float, Tone]] = deque(maxlen=CHANGES_KEPT)
        self._tone = Tone.SILENCE  # believed once it came often enough
        self._since = 0.0
        self._count = 0
        self._due = 0  # packets until the next judgement

    def listen(self, frame: bytes, at: float) -> None:
        """Take the next packet's speech and its instant."""
        if not is_sound(frame):
            self._take(Tone.SILENCE, at)
            self._due = 0
            return
        if self.first_sound_at is None:
            self.first_sound_at = at
        self._due -= 1
        if self._due <= 0:
            self._take(classify(frame), at)

    def pause(self, at: float) -> None:
        """Note that nothing at all has come since an instant: Asterisk sends nothing to a lone party."""
        self._tone, self._count, self._due = Tone.SILENCE, 0, 0
        if self.now is not Tone.SILENCE:
            self.now = Tone.SILENCE
            self.changes.append((at, Tone.SILENCE))

    def _take(self, tone: Tone, at: float) -> None:
        if tone is not self._tone:
            self._tone, self._since, self._count = tone, at, 0
        self._count += 1
        if self._count < FRAMES_TO_BELIEVE:
            self._due = 1
            return
        self._due = FRAMES_BETWEEN_CHECKS
        if tone is not self.now:
            self.now = tone
            self.changes.append((self._since, tone))
            if tone is not Tone.SILENCE:
                self.heard.setdefault(tone, self._since)
