"""A stand-in for the safe-harbour message: a tone that tests can tell from silence."""

import math
import struct
import wave
from pathlib import Path

SAMPLES_PER_SECOND = 8000
TONE_HERTZ = 440.0
TONE_SECONDS = 1.0
AMPLITUDE = 8000  # of 32767


def write_message(sounds: Path, name: str) -> Path:
    """Write the message as a recording of that name below a folder of sounds."""
    path = sounds / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = int(TONE_SECONDS * SAMPLES_PER_SECOND)
    turn = 2.0 * math.pi * TONE_HERTZ / SAMPLES_PER_SECOND
    samples = [round(AMPLITUDE * math.sin(turn * sample)) for sample in range(count)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(struct.pack(f"<{count}h", *samples))
    return path
