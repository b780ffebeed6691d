"""Who speaks is told from the sound alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from asterisk_config.lab.tones import (
    AGENT_HERTZ,
    BEEP_HERTZ,
    CLIENT_HERTZ,
    FRAME_SECONDS,
    FRAMES_BETWEEN_CHECKS,
    FRAMES_TO_BELIEVE,
    MESSAGE_HERTZ,
    SILENT_FRAME,
    Hearing,
    Tone,
    classify,
    decode,
    encode,
    tone_frames,
)

HERTZ = {
    Tone.AGENT: AGENT_HERTZ,
    Tone.CLIENT: CLIENT_HERTZ,
    Tone.MESSAGE: MESSAGE_HERTZ,
    Tone.OTHER: BEEP_HERTZ,
}
LASTING = 2 * FRAMES_TO_BELIEVE + FRAMES_BETWEEN_CHECKS  # packets after which a change is surely noticed
SPEECH = st.lists(
    st.tuples(st.sampled_from(sorted(Tone, key=str)), st.integers(LASTING, 60), st.integers(0, 49)),
    max_size=6,
)


def frame_of(tone: Tone, place: int) -> bytes:
    """A packet of somebody's speech."""
    return SILENT_FRAME if tone is Tone.SILENCE else tone_frames(HERTZ[tone])[place % 50]


@given(st.integers(min_value=-32768, max_value=32767))
def test_sample_of_any_size_comes_back_nearly_the_same(sample: int) -> None:
    """Mu-law errs by less than one part in sixteen, as G.711's steps do."""
    assert abs(decode(encode(sample)) - sample) <= max(8, abs(sample) / 16)


@given(SPEECH)
def test_listener_of_any_speech_knows_who_spoke_in_which_order(speech: list[tuple[Tone, int, int]]) -> None:
    """Everybody who speaks long enough is noticed, in order, from about his first packet; nobody else is."""
    hearing = Hearing()
    expected: list[tuple[Tone, float]] = []
    beat = 0
    for tone, frames, start in speech:
        if tone is not (expected[-1][0] if expected else Tone.SILENCE):
            expected.append((tone, beat * FRAME_SECONDS))
        for place in range(frames):
            hearing.listen(frame_of(tone, start + place), beat * FRAME_SECONDS)
            beat += 1
    assert [tone for _, tone in hearing.changes] == [tone for tone, _ in expected]
    for (at, _), (_, began_at) in zip(hearing.changes, expected, strict=True):
        assert began_at <= at <= began_at + FRAMES_BETWEEN_CHECKS * FRAME_SECONDS
    assert set(hearing.heard) == {tone for tone, _ in expected} - {Tone.SILENCE}


def test_frame_of_noise_or_of_two_voices_is_something_else() -> None:
    """What is loud and has no frequency of ours is nobody's."""
    lots = random.Random(1)
    noise = bytes(encode(lots.randint(-8000, 8000)) for _ in range(160))
    assert classify(noise) is Tone.OTHER
    assert classify(tone_frames(BEEP_HERTZ)[0]) is Tone.OTHER


def test_noise_of_a_quiet_line_is_silence() -> None:
    """Samples of some hundredths are no sound."""
    assert classify(bytes(encode(place % 40 - 20) for place in range(160))) is Tone.SILENCE
    assert classify(b"") is Tone.SILENCE


def test_first_instant_of_a_tone_in_the_midst_of_another_is_its_own() -> None:
    """A message that an agent breaks into is told from him, each with his own beginning."""
    hearing = Hearing()
    for beat in range(50):
        hearing.listen(frame_of(Tone.MESSAGE, beat), beat * FRAME_SECONDS)
    for beat in range(50, 100):
        hearing.listen(frame_of(Tone.AGENT, beat), beat * FRAME_SECONDS)
    assert set(hearing.heard) == {Tone.MESSAGE, Tone.AGENT}
    assert hearing.heard[Tone.MESSAGE] == 0.0
    assert 1.0 <= hearing.heard[Tone.AGENT] <= 1.0 + FRAMES_BETWEEN_CHECKS * FRAME_SECONDS


def test_pause_without_packets_is_silence_since_the_last_one() -> None:
    """The same voice after a pause is heard anew."""
    hearing = Hearing()
    for beat in range(5):
        hearing.listen(frame_of(Tone.CLIENT, beat), beat * FRAME_SECONDS)
    hearing.pause(0.08)
    for beat in range(100, 105):
        hearing.listen(frame_of(Tone.CLIENT, beat), beat * FRAME_SECONDS)
    assert list(hearing.changes) == [(0.0, Tone.CLIENT), (0.08, Tone.SILENCE), (2.0, Tone.CLIENT)]
