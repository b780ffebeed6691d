"""What the answering-machine detector can say of an answered call.

The detector is often wrong, in both directions; this word is its opinion, never a fact.
"""

from enum import Enum


class DetectionVerdict(Enum):
    """The opinion of the answering-machine detector on who answered."""

    HUMAN = "human"  # A person answered.
    MACHINE = "machine"  # A voicemail, an announcement or a fax answered.
    UNSURE = "unsure"  # It listened and could not tell; rules treat the party as a person.
    NOT_DETECTED = "not_detected"  # No detector ran, or the call ended before it spoke.
