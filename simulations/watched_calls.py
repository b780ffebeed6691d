"""Judges the life of every attempt: from its dial, through its answer and its fate, to its one end.

Each open attempt has one watch: the instant by which it must have left the phase it is in.
"""

import heapq

from dialer.core import commands, events
from dialer.core.outcomes import EndReason
from dialer.core.settings import CampaignSettings, EngineSettings, MachineAction
from dialer.messages import AttemptId
from rules.abandon_ledger import AbandonClass, ClockStart, LedgerEntry, abandon_class
from rules.detection import DetectionVerdict
from simulations.invariants import Alarm
from simulations.shadow_books import Phase, ShadowAttempt, ShadowBooks, ShadowCampaign
from simulations.watched_agents import WatchedAgents

TOLERANCE_SECONDS = 0.05  # an engine that is driven in virtual time is never late at all
BRIDGE_SECONDS = 0.3  # of the law's time that detection must leave for the bridge
HANG_UPS_MAX = 3  # orders to hang up before the engine gives up on the network's word


class WatchedCalls:
    """Judges attempts; their pages stand in the books."""

    __slots__ = ("_agents", "_alarm", "_books", "_sequence", "_settings", "_watches")

    def __init__(
        self, books: ShadowBooks, agents: WatchedAgents, settings: EngineSettings, alarm: Alarm
    ) -> None:
        """Take the books to read and to keep, and the engine's own time limits."""
        self._books = books
        self._agents = agents
        self._settings = settings
        self._alarm = alarm
        self._watches: list[tuple[float, int, ShadowAttempt, int]] = []
        self._sequence = 0

    # --- watches -----------------------------------------------------------------------------------------

    def _expect(self, attempt: ShadowAttempt, phase: Phase, until: float) -> None:
        """Move an attempt into a phase that it must have left at `until`."""
        attempt.phase = phase
        self._sequence += 1
        attempt.watch = self._sequence
        entry = (until + TOLERANCE_SECONDS, self._sequence, attempt, self._sequence)
        heapq.heappush(self._watches, entry)

    def judge_overdue(self, now: float) -> None:
        """Judge every watch that has run out."""
        watches = self._watches
        while watches and watches[0][0] < now:
            due_at, _, attempt, watch = heapq.heappop(watches)
            if attempt.watch != watch or attempt.phase is Phase.ENDED:
                continue
            name = "wait_within_limit" if attempt.phase is Phase.ANSWERED else "nothing_waits_forever"
            detail = f"{attempt.attempt_id} is still {attempt.phase.name.lower()}, due at {due_at:.3f}"
            self._alarm.violated(name, detail, now)

    @property
    def next_due_at(self) -> float:
        """Give the instant of the next watch."""
        return self._watches[0][0] if self._watches else float("inf")

    # --- beginnings and answers --------------------------------------------------------------------------

    def begin(self, attempt: ShadowAttempt, ring_timeout_seconds: float, now: float) -> None:
        """Watch an attempt that was just dialed."""
        self._expect(attempt, Phase.DIALED, now + ring_timeout_seconds + self._settings.dial_grace_seconds)

    def caller_arrived(self, attempt: ShadowAttempt, now: float) -> None:
        """Watch a caller."""
        attempt.is_inbound = True
        self._answer(attempt, now)
        self._count_caller(attempt)

    def answered(self, event: events.CallAnswered, now: float) -> None:
        """Hear of an answer; one that a hang-up had crossed needs no fate."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is None or attempt.answered_at is not None:
            return
        if attempt.phase is Phase.HANGING_UP:
            attempt.answered_at = now
            attempt.verdict = DetectionVerdict.NOT_DETECTED
            attempt.may_hang_up = True
        elif attempt.phase is Phase.DIALED:
            self._answer(attempt, now)

    def _answer(self, attempt: ShadowAttempt, now: float) -> None:
        settings = attempt.campaign.settings
        attempt.answered_at = now
        detects = settings.answer_detection and attempt.for_agent is None and not attempt.is_inbound
        attempt.is_detecting = detects
        if not detects:
            attempt.verdict = DetectionVerdict.NOT_DETECTED
        self._expect_fate(attempt, now)

    def _expect_fate(self, attempt: ShadowAttempt, now: float) -> None:
        """Watch somebody who waits for detection, an agent or the message."""
        settings = attempt.campaign.settings
        assert attempt.answered_at is not None
        if attempt.is_inbound or attempt.bridged_at is not None or attempt.is_from_before:
            due_at = now + max(settings.inbound_wait_seconds_max, settings.connect_limit_seconds)
        else:
            start = settings.policy_pack.abandon_definition.clock_start
            heard = {
                ClockStart.ANSWER: None,
                ClockStart.GREETING_END: attempt.greeting_ended_at,
                ClockStart.VERDICT: attempt.verdict_at,
            }[start]
            due_at = (attempt.answered_at if heard is None else heard) + settings.connect_limit_seconds
        if attempt.is_detecting:
            due_at = max(due_at, attempt.answered_at + _detection_seconds_max(settings))
        self._expect(attempt, Phase.ANSWERED, max(due_at, now))

    def classified(self, event: events.AnswerClassified, now: float) -> None:
        """Hear the detector, if it is still listened to."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is None or attempt.phase is not Phase.ANSWERED:
            return
        self.detection_timed_out(attempt, now)
        if not attempt.is_detecting:
            return
        self._classify(attempt, event.verdict, now)

    def _classify(self, attempt: ShadowAttempt, verdict: DetectionVerdict, now: float) -> None:
        attempt.is_detecting = False
        attempt.verdict = verdict
        attempt.verdict_at = now
        action = attempt.campaign.settings.machine_action
        if verdict is not DetectionVerdict.MACHINE or action is MachineAction.ROUTE:
            self._expect_fate(attempt, now)
            return
        attempt.may_hang_up = True
        beep_seconds = self._settings.beep_seconds_max if action is MachineAction.LEAVE_MESSAGE else 0.0
        self._expect(attempt, Phase.BEEP, now + beep_seconds)

    def detection_timed_out(self, attempt: ShadowAttempt, now: float) -> None:
        """Note that the engine did not wait for the detector any longer: the party counts as a person."""
        if not attempt.is_detecting or attempt.answered_at is None:
            return
        limit_at = attempt.answered_at + _detection_seconds_max(attempt.campaign.settings)
        if now >= limit_at:
            attempt.is_detecting = False
            attempt.verdict = DetectionVerdict.UNSURE
            attempt.verdict_at = limit_at

    def greeting_ended(self, event: events.GreetingEnded, now: float) -> None:
        """Hear the end of a greeting, while a clock may depend on it."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is None or attempt.greeting_ended_at is not None or attempt.bridged_at is not None:
            return
        if attempt.phase in (Phase.ANSWERED, Phase.CONNECTING):
            attempt.greeting_ended_at = now
            if attempt.phase is Phase.ANSWERED:
                self._expect_fate(attempt, now)

    # --- agents ------------------------------------------------------------------------------------------

    def connect(self, command: commands.ConnectToAgent, now: float) -> None:
        """Judge an offer."""
        attempt = self.open_attempt(command, now)
        if attempt is None:
            return
        self.detection_timed_out(attempt, now)
        if attempt.offered_at is None:
            attempt.offered_at = now
        self._agents.assign(self._books.agent(command.agent_id), attempt, now)
        self._uncount_caller(attempt)
        self._expect(attempt, Phase.CONNECTING, now + self._settings.connect_confirm_seconds)

    def connected(self, event: events.CallConnected, now: float) -> None:
        """Hear that client and agent hear each other."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is None or attempt.phase is not Phase.CONNECTING or attempt.agent is None:
            return
        if attempt.agent.agent_id == event.agent_id:
            attempt.is_bridged = True
            attempt.phase = Phase.TALKING
            attempt.watch = 0
            if attempt.bridged_at is None:
                attempt.bridged_at = now
            self._agents.touched.add(attempt.agent)

    def release_agent(self, command: commands.ReleaseAgent, now: float) -> None:
        """Note that the client is without an agent again, unless a third party is with him."""
        attempt = self.open_attempt(command, now)
        if attempt is None:
            return
        self._agents.part(attempt)
        if attempt.is_three_way:
            self._expect(attempt, Phase.TALKING, now + self._settings.transfer_seconds_max)
        else:
            self._expect_fate(attempt, now)
            self._count_caller(attempt)

    def join(self, command: commands.JoinParties, now: float) -> None:
        """Note a three-way call."""
        attempt = self.open_attempt(command, now)
        if attempt is not None:
            attempt.is_three_way = True

    def drop_third_party(self, command: commands.DropThirdParty, now: float) -> None:
        """Note the end of a third party."""
        attempt = self.open_attempt(command, now)
        if attempt is not None:
            attempt.is_three_way = False

    def third_party_ended(self, event: events.ThirdPartyEnded, now: float) -> None:
        """Hear that a third party is gone."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is not None:
            attempt.is_three_way = False

    def agent_hung_up(self, event: events.AgentHungUp, now: float) -> None:
        """Hear that an agent wants the end: he may, whatever the client's fate."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is not None:
            attempt.may_hang_up = True

    def _count_caller(self, attempt: ShadowAttempt) -> None:
        if attempt.is_inbound and not attempt.is_waiting_caller:
            attempt.is_waiting_caller = True
            attempt.campaign.callers_waiting += 1

    def _uncount_caller(self, attempt: ShadowAttempt) -> None:
        if attempt.is_waiting_caller:
            attempt.is_waiting_caller = False
            attempt.campaign.callers_waiting -= 1

    # --- messages and ends -------------------------------------------------------------------------------

    def play(
        self,
        command: commands.PlaySafeHarbourMessage
        | commands.LeaveVoicemailMessage
        | commands.PlayCampaignMessage,
        now: float,
    ) -> None:
        """Note a message."""
        attempt = self.open_attempt(command, now)
        if attempt is None:
            return
        self.detection_timed_out(attempt, now)
        attempt.message_started_at = now
        self._uncount_caller(attempt)
        self._expect(attempt, Phase.MESSAGE, now + self._settings.message_seconds_max)

    def message_ended(self, event: events.MessageEnded, now: float) -> None:
        """Hear that a message is over."""
        attempt = self._books.attempts.get(event.attempt_id)
        if attempt is not None and attempt.phase is Phase.MESSAGE:
            attempt.message_ended_at = now

    def hang_up(self, command: commands.HangUp, now: float) -> None:
        """Judge a hang-up: nobody who is owed a fate may be hung up on."""
        attempt = self._books.attempts.get(command.attempt_id)
        if attempt is None:
            return
        if attempt.phase is not Phase.HANGING_UP:
            self._judge_fate(attempt, now)
            seconds = HANG_UPS_MAX * self._settings.hang_up_confirm_seconds
            self._expect(attempt, Phase.HANGING_UP, now + seconds)
        self._agents.part(attempt)
        self._uncount_caller(attempt)

    def call_ended(self, attempt_id: AttemptId) -> None:
        """Hear that a leg is gone: the client's doing, unless the end was ordered."""
        attempt = self._books.attempts.get(attempt_id)
        if attempt is not None and attempt.phase is not Phase.HANGING_UP:
            attempt.client_left = True

    def end(self, command: commands.RecordAttemptEnded, now: float) -> ShadowAttempt | None:
        """Judge an attempt's end; gives its page, which is closed with it."""
        attempt = self._books.attempts.pop(command.attempt_id, None)
        if attempt is None:
            detail = f"{command.attempt_id} ends ({command.reason.value}), and is not in progress"
            self._alarm.violated("attempt_ends_once", detail, now)
            return None
        if command.reason is not EndReason.NODE_LOST:
            self._judge_fate(attempt, now)
        attempt.phase = Phase.ENDED
        self._agents.part(attempt)
        self._uncount_caller(attempt)
        if not attempt.is_from_before:
            self._judge_entry(attempt, command.entry, now)
        return attempt

    def _judge_fate(self, attempt: ShadowAttempt, now: float) -> None:
        has_fate = (
            attempt.answered_at is None
            or attempt.bridged_at is not None
            or attempt.message_started_at is not None
            or attempt.client_left
            or attempt.may_hang_up
            or attempt.is_from_before
        )
        if not has_fate:
            detail = f"{attempt.attempt_id} was answered at {attempt.answered_at} and got nobody"
            self._alarm.violated("live_answer_has_fate", detail, now)

    def _judge_entry(self, attempt: ShadowAttempt, entry: LedgerEntry | None, now: float) -> None:
        """Compare a ledger entry with what was heard of."""
        if attempt.answered_at is None or attempt.is_inbound or attempt.is_broadcast:
            if entry is not None:
                self._alarm.violated("ledger_agrees", f"{attempt.attempt_id} should have no entry", now)
            return
        if entry is None:
            self._alarm.violated("ledger_agrees", f"{attempt.attempt_id} was answered: no entry", now)
            return
        self.detection_timed_out(attempt, now)
        verdict = attempt.verdict or DetectionVerdict.NOT_DETECTED
        for name, heard in (
            ("answered_at", attempt.answered_at),
            ("bridged_at", attempt.bridged_at),
            ("offered_at", attempt.offered_at),
            ("greeting_ended_at", attempt.greeting_ended_at),
            ("message_started_at", attempt.message_started_at),
            ("verdict", verdict),
        ):
            written = getattr(entry, name)
            # A greeting that ends after the bridge is of no account, and is not followed here.
            is_of_no_account = (
                name == "greeting_ended_at" and heard is None and attempt.bridged_at is not None
            )
            if written != heard and not is_of_no_account:
                detail = f"{attempt.attempt_id}: {name} is {written} in the ledger and was {heard}"
                self._alarm.violated("ledger_agrees", detail, now)
        self._count_class(attempt, entry)

    @staticmethod
    def _count_class(attempt: ShadowAttempt, entry: LedgerEntry) -> None:
        campaign = attempt.campaign
        kind = abandon_class(entry, campaign.settings.policy_pack.abandon_definition)
        campaign.connected += kind is AbandonClass.CONNECTED
        campaign.abandoned += kind is AbandonClass.ABANDONED

    def campaign_stopped(self, campaign: ShadowCampaign) -> None:
        """Hear that a campaign was stopped: what rings may be hung up, answered or not."""
        for attempt in self._books.attempts.values():
            if attempt.campaign is campaign and attempt.phase is Phase.DIALED:
                attempt.may_hang_up = True

    def restored(self, attempt: ShadowAttempt, live: events.LiveAttempt, now: float) -> None:
        """Go on with an attempt that a new engine was told of."""
        attempt.is_from_before = True
        attempt.is_detecting = False
        attempt.is_three_way = False
        attempt.answered_at = live.answered_at
        settings = self._settings
        if not live.is_up:
            self._expect(attempt, Phase.HANGING_UP, now)
        elif attempt.is_bridged:
            attempt.phase, attempt.watch = Phase.TALKING, 0
            attempt.bridged_at = live.bridged_at
        elif live.answered_at is None:
            rings = attempt.campaign.settings.ring_timeout_seconds + settings.dial_grace_seconds
            self._expect(attempt, Phase.DIALED, max(now, live.dialed_at + rings))
        elif live.has_message:
            self._expect(attempt, Phase.MESSAGE, now + settings.message_seconds_max)
        elif live.verdict is DetectionVerdict.MACHINE:
            seconds = settings.beep_seconds_max + settings.message_seconds_max
            self._expect(attempt, Phase.BEEP, now + seconds)
        else:
            self._expect_fate(attempt, now)

    def forget(self, attempt: ShadowAttempt) -> None:
        """Close the page of an attempt that died unheard of."""
        attempt.phase = Phase.ENDED
        self._uncount_caller(attempt)

    def names_live(self, command: commands.NetworkCommand, now: float) -> None:
        """Judge a command of which nothing else follows."""
        self.open_attempt(command, now)

    def open_attempt(self, command: commands.NetworkCommand, now: float) -> ShadowAttempt | None:
        """Judge that a command names an attempt in progress, and give it."""
        attempt = self._books.attempts.get(command.attempt_id)
        if attempt is None:
            detail = f"{type(command).__name__} names {command.attempt_id}, which is not in progress"
            self._alarm.violated("command_names_live_attempt", detail, now)
        return attempt


def _detection_seconds_max(settings: CampaignSettings) -> float:
    """Give how long detection may last, s: the law's clock may run, and an agent must still come in time."""
    if settings.policy_pack.abandon_definition.clock_start is ClockStart.VERDICT:
        return settings.detection_seconds_max
    in_time = max(0.0, settings.connect_limit_seconds - BRIDGE_SECONDS)
    return min(settings.detection_seconds_max, in_time)
