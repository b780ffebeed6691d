"""The pacing methods by name. A new method is one module and one entry here."""

from pacing.agent_dials import ManualPacer, PreviewPacer
from pacing.agentless import AgentlessPacer
from pacing.erlang import ErlangPacer
from pacing.errors import UnknownMethodError
from pacing.pacer import Pacer
from pacing.peers.dial_gap import ManualGapPacer
from pacing.peers.expected_value import ExpectedValuePacer
from pacing.peers.gain_correction import GainCorrectionPacer
from pacing.peers.gated_level import GatedLevelPacer
from pacing.peers.impact import ImpactReplayPacer
from pacing.peers.issabel import IssabelPacer
from pacing.peers.ratio_with_stop import RatioWithStopPacer
from pacing.peers.target_abandon import TargetAbandonPacer
from pacing.peers.vicidial import (
    VicidialAveragePacer,
    VicidialHardLimitPacer,
    VicidialRatioPacer,
    VicidialTaperedPacer,
)
from pacing.peers.wombat import WombatBoostPacer
from pacing.predictive import PredictivePacer
from pacing.progressive import ProgressivePacer
from pacing.ratio import RatioPacer
from pacing.settings import SettingRanges, read_settings, read_terms

PACERS: dict[str, type[Pacer]] = {
    pacer.method: pacer
    for pacer in (
        ManualPacer,
        PreviewPacer,
        ProgressivePacer,
        RatioPacer,
        ErlangPacer,
        PredictivePacer,
        AgentlessPacer,
        ManualGapPacer,
        VicidialRatioPacer,
        VicidialHardLimitPacer,
        VicidialTaperedPacer,
        VicidialAveragePacer,
        IssabelPacer,
        WombatBoostPacer,
        RatioWithStopPacer,
        ImpactReplayPacer,
        GatedLevelPacer,
        GainCorrectionPacer,
        TargetAbandonPacer,
        ExpectedValuePacer,
    )
}


def list_methods() -> tuple[str, ...]:
    """Names of the pacing methods: ours in the order of their power, then the peers.

    >>> "progressive" in list_methods()
    True
    """
    return tuple(PACERS)


def list_peers() -> tuple[str, ...]:
    """Names of those methods that are other dialers' algorithms, here to be compared with.

    >>> "issabel" in list_peers(), "predictive" in list_peers()
    (True, False)
    """
    return tuple(name for name, pacer in PACERS.items() if pacer.is_peer)


def setting_ranges(method: str) -> SettingRanges:
    """The settings of a method with default, range and meaning; raises UnknownMethodError."""
    return _get_pacer_class(method).setting_ranges


def create_pacer(
    method: str,
    *,
    abandon_limit_ratio: float = 0.03,
    connect_limit_seconds: float = 2.0,
    ring_timeout_seconds: float = 22.0,
    lines_max: int | None = None,
    seed: int = 0,
    **settings: object,
) -> Pacer:
    """A pacer of that method.

    `abandon_limit_ratio` in 0..1; the two durations in seconds; `lines_max` caps all lines of this pacer
    at once (ringing, waiting, talking); `seed` is for methods that draw numbers.
    The settings of each method: `setting_ranges`.
    Raises UnknownMethodError, UnknownSettingError, FigureError.

    >>> from pacing import PacingInputs
    >>> create_pacer("ratio", lines_per_agent=2.0).decide(PacingInputs(
    ...     now=0.0, agents_idle=2, agents_logged_in=5, calls_waiting=0, talk_ages_seconds=[60.0, 12.0],
    ...     wrap_up_ages_seconds=[3.0], ring_ages_seconds=[4.0])).lines
    3
    """
    pacer_class = _get_pacer_class(method)
    terms = read_terms(
        abandon_limit_ratio=abandon_limit_ratio,
        connect_limit_seconds=connect_limit_seconds,
        ring_timeout_seconds=ring_timeout_seconds,
        lines_max=lines_max,
        seed=seed,
    )
    return pacer_class(terms, read_settings(method, pacer_class.setting_ranges, settings))


def _get_pacer_class(method: str) -> type[Pacer]:
    if not isinstance(method, str) or method not in PACERS:
        raise UnknownMethodError(method, PACERS)
    return PACERS[method]
