"""Every rule of one policy pack that can forbid a call, asked in one place.

The engine takes the first refusal, a page that explains a lead takes all of them: both ask here,
so that they cannot disagree. Nothing but verdicts that still hold is remembered.
"""

from collections.abc import Iterator, Sequence

from rules.attempt_caps import CapScope, attempt_cap_refusal
from rules.calling_hours import CallingHoursCache
from rules.policy_pack import PolicyPack
from rules.refusals import Refusal, RefusalReason
from rules.rest_after_abandon import rest_after_abandon_refusal


class DialRules:
    """Asks the rules of one policy pack; keep one for each pack, for its cache."""

    def __init__(self, policy_pack: PolicyPack) -> None:
        self.policy_pack = policy_pack
        self._hours = CallingHoursCache(policy_pack.calling_hours)

    def refusal(
        self,
        *,
        zones: tuple[str, ...],
        now_at: float,
        number_attempts_at: Sequence[float] = (),
        lead_attempts_at: Sequence[float] = (),
        abandoned_at: float | None = None,
    ) -> Refusal | None:
        """Return the first rule that forbids the call at `now_at`, None if all allow it.

        All instants are POSIX seconds. `zones` are the IANA zones that the called party may be in,
        `..._attempts_at` earlier attempts to the number and to the lead, `abandoned_at` the latest
        abandoned call to the number. A missing or unknown zone is a refusal, not an error.
        """
        return next(self._refusals(zones, now_at, number_attempts_at, lead_attempts_at, abandoned_at), None)

    def refusals(
        self,
        *,
        zones: tuple[str, ...],
        now_at: float,
        number_attempts_at: Sequence[float] = (),
        lead_attempts_at: Sequence[float] = (),
        abandoned_at: float | None = None,
    ) -> tuple[Refusal, ...]:
        """Return every rule that forbids the call, in the order asked; arguments as for `refusal`."""
        return tuple(self._refusals(zones, now_at, number_attempts_at, lead_attempts_at, abandoned_at))

    def _refusals(
        self,
        zones: tuple[str, ...],
        now_at: float,
        number_attempts_at: Sequence[float],
        lead_attempts_at: Sequence[float],
        abandoned_at: float | None,
    ) -> Iterator[Refusal]:
        pack = self.policy_pack
        hours_refusal = self._hours.refusal(zones, now_at)
        if hours_refusal is not None:
            yield hours_refusal
            if hours_refusal.reason is RefusalReason.ZONE_UNKNOWN:
                # Caps per local calendar day cannot be judged; the call is forbidden anyway.
                zones = ("UTC",)
        rest_seconds, rest_source = pack.rest_after_abandon_seconds, pack.rest_after_abandon_source
        rest_refusal = rest_after_abandon_refusal(rest_seconds, abandoned_at, now_at, rest_source)
        if rest_refusal is not None:
            yield rest_refusal
        for scope, attempts_at in (
            (CapScope.NUMBER, number_attempts_at),
            (CapScope.LEAD, lead_attempts_at),
        ):
            cap_refusal = attempt_cap_refusal(pack.attempt_caps, scope, attempts_at, now_at, zones)
            if cap_refusal is not None:
                yield cap_refusal
