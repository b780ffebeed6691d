"""Person or machine: judged by how long the answering party speaks before it is silent.

A person says a short greeting and waits; a machine's greeting goes on. A party of whom nothing is heard, or
whose speech could not be judged by the deadline, counts as a person: nobody real is taken for a machine for
being slow. Pure: told what was heard and when, it says the verdict, or when it will have one.
The idea of judging by the greeting's length, and the shortest word, are those of Asterisk's app_amd
(`greeting`, `min_word_length` in amd.conf); its counting of words is not used.
"""

from dialer.core.settings import CampaignSettings
from rules.detection import DetectionVerdict


class AnswerJudge:
    """Listens to one answered call until there is a verdict; instants are seconds on the engine's clock."""

    __slots__ = ("_settings", "_silent_limit_at", "_speaking_limit_at", "_speaking_since")

    def __init__(self, settings: CampaignSettings, silent_limit_at: float, speaking_limit_at: float) -> None:
        """Begin with silence; there is a verdict by one limit or the other, as the party is then."""
        self._settings = settings
        self._silent_limit_at = silent_limit_at
        self._speaking_limit_at = speaking_limit_at
        self._speaking_since: float | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether the party speaks now."""
        return self._speaking_since is not None

    def speech_started(self, at: float) -> None:
        """Hear that the party speaks; told again while it speaks, that changes nothing."""
        if self._speaking_since is None:
            self._speaking_since = at

    def speech_ended(self, seconds: float) -> DetectionVerdict | None:
        """Hear that the party has been silent after `seconds` of speech; None: that was only a noise."""
        self._speaking_since = None
        if is_noise(seconds, self._settings):
            return None
        is_short = seconds <= self._settings.person_greeting_seconds_max
        return DetectionVerdict.HUMAN if is_short else DetectionVerdict.MACHINE

    @property
    def decides_at(self) -> float:
        """The instant at which there is a verdict if nothing more is heard."""
        at = self._too_long_at()
        return self._silent_limit_at if at is None else min(at, self._speaking_limit_at)

    def verdict_at_deadline(self) -> DetectionVerdict:
        """The verdict at `decides_at`: a machine speaks still; whoever else it is may be a person."""
        at = self._too_long_at()
        is_unsure = at is None or at > self._speaking_limit_at
        return DetectionVerdict.UNSURE if is_unsure else DetectionVerdict.MACHINE

    def _too_long_at(self) -> float | None:
        """When the greeting that is being heard has been too long for a person's, its silence included.

        The end of speech is told only after its silence: a greeting just short enough is not cut off by it.
        """
        if self._speaking_since is None:
            return None
        settings = self._settings
        return self._speaking_since + settings.person_greeting_seconds_max + settings.speech_silence_seconds


def is_noise(seconds: float, settings: CampaignSettings) -> bool:
    """Whether a sound is too short for a word: a click on the line."""
    return seconds < settings.word_seconds_min
