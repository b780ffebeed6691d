"""What the engine is told about the house: engine, trunks and campaigns; all ranges are checked here.

Settings are values: a change is a new object in a new event (`CampaignConfigured`, `TrunkConfigured`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from dialer.core.errors import SettingsError
from dialer.core.outcomes import Outcome
from dialer.messages import CampaignId, NodeId, TrunkId
from pacing import Pacer, PacingError, create_pacer
from rules.policy_packs import PolicyPack, get_policy_pack


class MachineAction(Enum):
    """What happens to a call that a machine answered."""

    HANG_UP = "hang_up"  # end it
    LEAVE_MESSAGE = "leave_message"  # wait for the beep, play the campaign's message, end it
    ROUTE = "route"  # to an agent, as if a person had answered


class Detector(Enum):
    """Who says whether a person or a machine answered."""

    SPEECH = "speech"  # `answer_judge`, by what the node hears
    APP_AMD = "app_amd"  # Asterisk's own application


class RoutingOrder(Enum):
    """Which of the idle agents takes an answered call, where skill, owner and callback leave a choice."""

    LONGEST_IDLE = "longest_idle"  # who has been idle longest since his last call
    FAIR_IDLE = "fair_idle"  # who has been idle longest in his whole session


class RecordingRule(Enum):
    """Which talks of a campaign are recorded."""

    NONE = "none"  # none
    ALL = "all"  # all, from the moment client and agent are connected
    WITH_CONSENT = "with_consent"  # from the moment at which the agent notes that the client agreed


class PreviewTimeoutAction(Enum):
    """What happens when an agent neither accepts nor skips a preview in time."""

    DIAL = "dial"  # the lead is dialed
    SKIP = "skip"  # the lead is released, and the agent gets the next one
    PAUSE = "pause"  # the lead is released, and the agent is paused


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """What follows one outcome or disposition."""

    delay_seconds: float = 3600.0  # from the end of the attempt to the next one
    attempts_max: int = 6  # attempts of the lead in all; then it is closed
    is_final: bool = False  # True: the lead is closed at once
    tries_next_number: bool = True  # a number of the lead not yet tried in this round is dialed first


DEFAULT_RETRY_RULES: Mapping[str, RetryRule] = {
    Outcome.NO_ANSWER.value: RetryRule(delay_seconds=3600.0),
    Outcome.BUSY.value: RetryRule(delay_seconds=300.0, tries_next_number=False),
    Outcome.CONGESTION.value: RetryRule(delay_seconds=120.0, attempts_max=10, tries_next_number=False),
    Outcome.INVALID_NUMBER.value: RetryRule(is_final=True),
    Outcome.REJECTED.value: RetryRule(delay_seconds=86400.0, attempts_max=3),
    Outcome.MACHINE.value: RetryRule(delay_seconds=7200.0),
    Outcome.FAX.value: RetryRule(is_final=True),
    # A person whom no agent met: only an agent's guarantee may call again soon (Ofcom: 72 hours).
    Outcome.LIVE.value: RetryRule(delay_seconds=72 * 3600.0, tries_next_number=False),
    Outcome.FAILED.value: RetryRule(delay_seconds=600.0, attempts_max=10, tries_next_number=False),
}
"""Rules by outcome for a campaign that names none; dispositions not listed close the lead."""


def _require(is_allowed: bool, name: str, value: object, allowed: str) -> None:
    if not is_allowed:
        raise SettingsError(f"{name} is {value!r}; allowed: {allowed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What holds for the whole engine."""

    epoch: str  # prefix of the attempt ids of this engine start; the runner never uses one twice
    decision_interval_seconds: float = 1.0  # between two pacing decisions of one campaign
    small_team_agents_max: int = 10  # up to this many agents a decision also follows each event
    decision_record_seconds: float = 10.0  # a decision without lines or news is recorded this rarely
    dial_grace_seconds: float = 8.0  # beyond the ring timeout, before we give up waiting for the network
    connect_confirm_seconds: float = 4.0  # for CallConnected after ConnectToAgent
    hang_up_confirm_seconds: float = 6.0  # for CallEnded after HangUp
    call_check_seconds: float = 60.0  # a talk not heard of for this long is checked
    message_seconds_max: float = 90.0  # for MessageEnded
    beep_seconds_max: float = 40.0  # for BeepHeard; then the message is left anyway
    transfer_seconds_max: float = 4 * 3600.0  # client and third party alone, before we hang up
    agent_absence_seconds_max: float = 60.0  # a vanished agent is logged out after this
    lead_request_seconds: float = 5.0  # for LeadsReserved; then the request is repeated
    lead_pause_seconds: float = 10.0  # after an empty answer

    def __post_init__(self) -> None:
        """Refuse what could stall or flood the engine."""
        _require(bool(self.epoch), "epoch", self.epoch, "a non-empty text, never used before")
        interval = self.decision_interval_seconds
        _require(0.0 < interval <= 1.0, "decision_interval_seconds", interval, "above 0, at most 1")
        for name in _ENGINE_DURATIONS:
            value = getattr(self, name)
            _require(0.0 < value < 86400.0, name, value, "above 0, below 86400 seconds")


_ENGINE_DURATIONS = (
    "decision_record_seconds",
    "dial_grace_seconds",
    "connect_confirm_seconds",
    "hang_up_confirm_seconds",
    "call_check_seconds",
    "message_seconds_max",
    "beep_seconds_max",
    "transfer_seconds_max",
    "agent_absence_seconds_max",
    "lead_request_seconds",
    "lead_pause_seconds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkSettings:
    """A route to a carrier, on one node, with the limits of the contract."""

    trunk_id: TrunkId
    node_id: NodeId
    channels_max: int  # attempts in progress at once
    calls_per_second_max: float  # in any one second; below 1: one per 1/x seconds

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        _require(0 <= self.channels_max <= 100_000, "channels_max", self.channels_max, "0 to 100000")
        rate = self.calls_per_second_max
        _require(0.0 < rate <= 10_000.0, "calls_per_second_max", rate, "above 0, at most 10000")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSettings:
    """What is dialed, how, and under which law."""

    campaign_id: CampaignId
    trunk_ids: tuple[TrunkId, ...]  # tried in this order
    caller_id_number: str = ""  # E.164, shown to the called party
    pacing_method: str = "predictive"  # a name of `pacing.list_methods()`
    pacing_settings: Mapping[str, float] = field(default_factory=dict)  # further arguments of create_pacer
    pacing_seed: int = 0
    policy_pack: PolicyPack = field(default_factory=lambda: get_policy_pack("strict_generic"))
    abandon_limit_ratio: float = 0.03
    connect_limit_seconds: float = 2.0  # an answered client waits at most this long for an agent
    ring_timeout_seconds: float = 22.0
    lines_max: int | None = None  # attempts of the campaign in progress at once
    answer_detection: bool = False  # answering-machine detection on
    detection_seconds_max: float = 4.0  # without a verdict by then the answer counts as a person's
    detector: Detector = Detector.SPEECH
    person_greeting_seconds_max: float = 2.0  # who speaks longer is a machine; app_amd's `greeting` is 1.5
    speech_silence_seconds: float = 0.5  # so much silence ends a greeting; app_amd waits 0.8
    word_seconds_min: float = 0.1  # a shorter sound is a noise; app_amd's `min_word_length`
    message_silence_seconds: float = 1.5  # so much silence after greeting and beep, then the message begins
    machine_action: MachineAction = MachineAction.HANG_UP
    routing_order: RoutingOrder = RoutingOrder.LONGEST_IDLE
    preview_seconds_max: float = 60.0
    preview_timeout_action: PreviewTimeoutAction = PreviewTimeoutAction.SKIP
    wrap_up_seconds_max: float = 120.0
    callback_fallback_seconds: float = 900.0  # an agent's own callback is anyone's after this
    inbound_wait_seconds_max: float = 120.0  # then the message, then hung up
    inbound_agents_reserved: int = 0  # idle agents that outbound does not dial for
    blended_campaign_ids: tuple[
        CampaignId, ...
    ] = ()  # campaigns whose waiting inbound calls stop our dialing
    hopper_leads_min: int = 20
    hopper_seconds: float = 120.0  # the hopper holds what is dialed in this time
    ramp_seconds: float = 20.0  # after a group's return, lines grow to the full decision in this time
    retry_rules: Mapping[str, RetryRule] = field(default_factory=lambda: DEFAULT_RETRY_RULES)
    recording: RecordingRule = RecordingRule.NONE
    recording_days: int = 90  # a recording is deleted after so many

    def __post_init__(self) -> None:
        """Refuse figures outside their range, naming each."""
        ratio = self.abandon_limit_ratio
        _require(0.0 < ratio < 1.0, "abandon_limit_ratio", ratio, "above 0, below 1")
        _require(
            self.ring_timeout_seconds >= self.policy_pack.ring_seconds_min,
            "ring_timeout_seconds",
            self.ring_timeout_seconds,
            f"at least {self.policy_pack.ring_seconds_min} (policy pack {self.policy_pack.name})",
        )
        for name, lowest, highest in _CAMPAIGN_RANGES:
            value = getattr(self, name)
            _require(value is None or lowest <= value <= highest, name, value, f"{lowest} to {highest}")
        try:
            pacer_for(self)
        except PacingError as error:
            raise SettingsError(f"pacing_method or pacing_settings cannot be used: {error}") from error


def pacer_for(settings: CampaignSettings) -> Pacer:
    """Give a new pacer of the campaign's method; raises PacingError where its settings cannot be used."""
    return create_pacer(
        settings.pacing_method,
        abandon_limit_ratio=settings.abandon_limit_ratio,
        connect_limit_seconds=settings.connect_limit_seconds,
        ring_timeout_seconds=settings.ring_timeout_seconds,
        lines_max=settings.lines_max,
        seed=settings.pacing_seed,
        **settings.pacing_settings,
    )


_CAMPAIGN_RANGES: tuple[tuple[str, float, float], ...] = (
    ("connect_limit_seconds", 0.0, 60.0),
    ("ring_timeout_seconds", 1.0, 120.0),
    ("lines_max", 0, 100_000),
    ("detection_seconds_max", 0.1, 30.0),
    ("person_greeting_seconds_max", 0.2, 30.0),
    ("speech_silence_seconds", 0.1, 5.0),
    ("word_seconds_min", 0.0, 1.0),
    ("message_silence_seconds", 0.1, 30.0),
    ("preview_seconds_max", 1.0, 3600.0),
    ("wrap_up_seconds_max", 0.1, 86400.0),
    ("callback_fallback_seconds", 0.0, 30 * 86400.0),
    ("inbound_wait_seconds_max", 0.0, 86400.0),
    ("inbound_agents_reserved", 0, 100_000),
    ("hopper_leads_min", 1, 100_000),
    ("hopper_seconds", 1.0, 3600.0),
    ("ramp_seconds", 0.0, 3600.0),
    ("recording_days", 1, 3650),
)
