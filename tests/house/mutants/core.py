"""Planted faults of the deciding engine: who is called, connected, released, counted, and what ends."""

from tests.house.mutants.mutant import Mutant

TESTS = "tests/unit/dialer/core"
ROUGH = "tests/simulation/test_rough_days.py"
TABLES = f"{TESTS}/test_tables.py"
MODES = f"{TESTS}/test_dial_modes.py"
ANSWERED = f"{TESTS}/test_answered_calls.py"
HOPPER = f"{TESTS}/test_hopper.py"
ROUTING = f"{TESTS}/test_routing.py"
CALLBACKS = f"{TESTS}/test_callbacks.py"
TALKS = f"{TESTS}/test_talks.py"
WRAP_UP = f"{TESTS}/test_wrap_up.py"
LEAVING = f"{TESTS}/test_agents_leaving.py"
CAMPAIGNS = f"{TESTS}/test_campaigns.py"
NODES = f"{TESTS}/test_nodes.py"
RESTART = f"{TESTS}/test_restart.py"
JUDGE = f"{TESTS}/test_answer_judge.py"

MUTANTS: tuple[Mutant, ...] = (
    # --- property tests ---------------------------------------------------------------------------------
    Mutant(
        name="core: an agent who is offered a call keeps his place in line",
        catches=f"{ROUGH}::test_any_day_keeps_every_promise_and_ends_everything",
        path="dialer/core/connecting.py",
        before="    agent.move(AgentTrigger.OFFERED, world.now)\n    world.switchboard.leave(agent)\n",
        after="    agent.move(AgentTrigger.OFFERED, world.now)\n",
    ),
    Mutant(
        name="core: a channel is never given back",
        catches=f"{ROUGH}::test_any_day_keeps_every_promise_and_ends_everything",
        path="dialer/core/trunks.py",
        before="        self.channels_used -= 1\n",
        after="        self.channels_used -= 0\n",
    ),
    Mutant(
        name="core: an attempt's id carries an address in memory",
        catches=f"{ROUGH}::test_any_day_lived_twice_gives_the_same_commands",
        path="dialer/core/world.py",
        before='return AttemptId(f"{self.settings.epoch}-{self.attempts_begun}")',
        after='return AttemptId(f"{self.settings.epoch}-{self.attempts_begun}-{id(self)}")',
    ),
    Mutant(
        name="core: a restored attempt holds no channel",
        catches=f"{ROUGH}::test_any_day_with_a_restart_keeps_every_promise",
        path="dialer/core/restoring.py",
        before="        trunk.channels_used += 1\n",
        after="        trunk.channels_used += 0\n",
    ),
    # --- person or machine ------------------------------------------------------------------------------
    Mutant(
        name="core: who speaks at the deadline is a machine",
        catches=f"{JUDGE}::test_any_greeting_is_judged_in_time_and_a_short_one_is_never_a_machines",
        path="dialer/core/answer_judge.py",
        before="is_unsure = at is None or at > self._speaking_limit_at",
        after="is_unsure = at is None",
    ),
    Mutant(
        name="core: a machine is waited for until the deadline",
        catches=f"{JUDGE}::test_any_long_greeting_is_a_machines_before_it_is_over",
        path="dialer/core/answer_judge.py",
        before="else min(at, self._speaking_limit_at)",
        after="else self._speaking_limit_at",
    ),
    Mutant(
        name="core: a click on the line is a greeting",
        catches=f"{JUDGE}::test_any_noises_do_not_count_as_speech",
        path="dialer/core/answer_judge.py",
        before="return seconds < settings.word_seconds_min",
        after="return seconds < 0.0",
    ),
    Mutant(
        name="core: a silent party is listened to beyond the law's limit",
        catches=f"{JUDGE}::test_anybody_taken_for_a_person_is_offered_within_the_limit",
        path="dialer/core/detecting.py",
        before="if settings.policy_pack.abandon_definition.clock_start is not ClockStart.VERDICT:",
        after="if settings.policy_pack.abandon_definition.clock_start is ClockStart.VERDICT:",
    ),
    Mutant(
        name="core: the message is played over the machine's beep",
        catches=f"{JUDGE}::test_message_begins_when_greeting_and_beep_are_over",
        path="dialer/core/detecting.py",
        before="        world.deadlines.set(attempt, attempt.message_due_by)\n    elif",
        after="        pass\n    elif",
    ),
    # --- nodes ------------------------------------------------------------------------------------------
    Mutant(
        name="core: an agent takes the waiting call of another node",
        catches=f"{ROUGH}::test_any_day_keeps_every_promise_and_ends_everything",
        path="dialer/core/agent_session.py",
        before="return self.node_id is None or self.node_id == node_id",
        after="return True",
    ),
    # --- tables -----------------------------------------------------------------------------------------
    Mutant(
        name="core: a call in a three-way talk cannot be left",
        catches=f"{TABLES}::test_every_attempt_can_be_hung_up_until_it_is",
        path="dialer/core/call_attempt.py",
        before="for state in _S if state not in (_S.HANGING_UP, _S.ENDED)},",
        after="for state in _S if state not in (_S.HANGING_UP, _S.ENDED, _S.THREE_WAY)},",
    ),
    Mutant(
        name="core: nothing leads to a three-way talk",
        catches=f"{TABLES}::test_attempt_table_reaches_every_state_and_ends_in_one",
        path="dialer/core/call_attempt.py",
        before="    (_S.CONSULTING, _T.JOINED): _S.THREE_WAY,\n",
        after="    (_S.CONSULTING, _T.JOINED): _S.TALKING,\n",
    ),
    Mutant(
        name="core: an agent's move that does not exist changes his state",
        catches=f"{TABLES}::test_illegal_move_of_an_agent_raises_and_changes_nothing",
        path="dialer/core/agent_session.py",
        before="        if following is None:\n            raise",
        after="        if following is None:\n            self.state_since = now\n            raise",
    ),
    Mutant(
        name="core: an event has no handler",
        catches=f"{TABLES}::test_handlers_cover_every_event_once",
        path="dialer/core/engine.py",
        before="    events.TrunkReturned: house_flow.trunk_returned,\n",
        after="",
    ),
    Mutant(
        name="core: an answer is heard a second time while the detector listens",
        catches=f"{TABLES}::test_event_in_any_state_is_heard_or_counted_and_changes_nothing[detecting]",
        path="dialer/core/engine.py",
        before="elif attempt.state not in HEARD_IN[kind]:",
        after="elif attempt.state not in HEARD_IN[kind] and attempt.state is not AttemptState.DETECTING:",
    ),
    Mutant(
        name="core: a message that never ends has no deadline",
        catches=f"{TABLES}::test_silence_from_any_state_on_ends_the_call_or_is_asked_about[playing_message]",
        path="dialer/core/detecting.py",
        before="    world.deadlines.set(attempt, world.now + world.settings.message_seconds_max)\n",
        after="    world.deadlines.cancel(attempt)\n",
    ),
    Mutant(
        name="core: a wrap-up has no limit",
        catches=f"{TABLES}::test_silence_from_any_waiting_state_of_an_agent_on_frees_him[wrapping_up]",
        path="dialer/core/ending.py",
        before="    world.deadlines.set(agent, world.now + attempt.campaign.settings.wrap_up_seconds_max)\n",
        after="",
    ),
    Mutant(
        name="core: the diagrams leave the agents' calls out",
        catches=f"{TESTS}/test_state_diagrams.py::test_document_with_the_diagrams_is_what_the_tables_give",
        path="dialer/core/agent_session.py",
        before="    (_S.RESERVED, _T.OFFERED): _S.RINGING,\n",
        after="",
    ),
    # --- answered calls ---------------------------------------------------------------------------------
    Mutant(
        name="core: a greeting stretches every law's clock",
        catches=f"{ANSWERED}::test_clock_from_the_answer_runs_from_off_hook",
        path="dialer/core/connecting.py",
        before="        case ClockStart.ANSWER:\n            pass\n",
        after="        case ClockStart.ANSWER:\n            started_at = attempt.greeting_ended_at\n",
    ),
    Mutant(
        name="core: an abandoned person is hung up on without the message",
        catches=f"{ANSWERED}::test_answered_call_without_ready_agent_hears_the_message_after_two_seconds",
        path="dialer/core/connecting.py",
        before="    world.outbox.append(PlaySafeHarbourMessage(attempt_id=attempt.attempt_id))\n",
        after="",
    ),
    Mutant(
        name="core: a doubt of the detector is a machine",
        catches=f"{ANSWERED}::test_verdict_that_is_no_machine_goes_to_an_agent",
        path="dialer/core/detecting.py",
        before="if verdict is not DetectionVerdict.MACHINE or",
        after="if verdict is DetectionVerdict.HUMAN or",
    ),
    Mutant(
        name="core: a person who answers during the hang-up is nobody",
        catches=f"{ANSWERED}::test_person_who_answers_while_the_hang_up_is_on_its_way_is_counted_as_abandoned",
        path="dialer/core/call_attempt.py",
        before="events.CallAnswered: UNANSWERED_STATES | {_S.HANGING_UP},",
        after="events.CallAnswered: UNANSWERED_STATES,",
    ),
    # --- leads ------------------------------------------------------------------------------------------
    Mutant(
        name="core: the rules are asked on entry alone",
        catches=f"{HOPPER}::test_lead_whose_rule_closes_in_the_hopper_is_refused_just_before_dialing",
        path="dialer/core/hopper.py",
        before="            lead = leads.popleft()\n            refusal = world.checks.refusal"
        "(world, campaign.settings.policy_pack, lead)\n",
        after="            lead = leads.popleft()\n            refusal: LeadRefusal | None = None\n",
    ),
    Mutant(
        name="core: do-not-call is not looked at",
        catches=f"{HOPPER}::test_number_added_to_do_not_call_is_refused_just_before_dialing",
        path="dialer/core/house_flow.py",
        before="    world.checks.do_not_call.add(event.e164)\n",
        after="    world.checks.do_not_call.discard(event.e164)\n",
    ),
    Mutant(
        name="core: a number may be in two attempts",
        catches=f"{HOPPER}::test_number_in_progress_is_refused_for_any_lead_of_any_campaign",
        path="dialer/core/dialing.py",
        before="    world.numbers_in_progress.add(number.e164)\n",
        after="",
    ),
    Mutant(
        name="core: refused leads are asked for again at once",
        catches=f"{HOPPER}::test_answer_with_nothing_but_refused_leads_is_followed_by_a_pause",
        path="dialer/core/house_flow.py",
        before="    campaign.hopper.hear_answer(world.now, leads_taken, event.is_exhausted)\n",
        after="    campaign.hopper.hear_answer(world.now, len(event.leads), event.is_exhausted)\n",
    ),
    Mutant(
        name="core: a lead's attempt just made is forgotten",
        catches=f"{WRAP_UP}::test_kept_lead_brings_its_new_attempt_to_the_rules",
        path="dialer/core/retries.py",
        before="        attempts_made=lead.attempts_made + 1,\n",
        after="        attempts_made=lead.attempts_made,\n",
    ),
    Mutant(
        name="core: a promise binds nobody",
        catches=f"{WRAP_UP}::test_callback_is_promised_for_its_instant_by_anyone_or_mine",
        path="dialer/core/ending.py",
        before="saved.agent_id if saved.is_callback_mine else None",
        after="None if saved.is_callback_mine else None",
    ),
    Mutant(
        name="core: an own callback never falls back",
        catches=f"{CALLBACKS}::test_callback_whose_agent_does_not_come_falls_back_to_anyone",
        path="dialer/core/hopper.py",
        before="                self._leads.appendleft(bound.popleft())\n",
        after="                break\n",
    ),
    # --- modes and routing ------------------------------------------------------------------------------
    Mutant(
        name="core: a preview is dialed although its rules have closed",
        catches=f"{MODES}::test_preview_accepted_when_rules_have_closed_is_refused_and_released",
        path="dialer/core/agent_flow.py",
        before="    elif refusal is not None:\n",
        after="    elif refusal is not None and not campaign.is_dialing:\n",
    ),
    Mutant(
        name="core: a skipped preview is not given back",
        catches=f"{MODES}::test_preview_skipped_is_released_and_the_next_lead_is_shown",
        path="dialer/core/agent_flow.py",
        before="reason=reason.value))\n    free_agent(",
        after="reason=reason.value)) if False else None\n    free_agent(",
    ),
    Mutant(
        name="core: a waiting client goes before a caller",
        catches=f"{ROUTING}::test_caller_goes_before_a_client_who_waits_longer",
        path="dialer/core/routing.py",
        before="return (not attempt.is_inbound, attempt.sequence) < (not other.is_inbound, other.sequence)",
        after="return (attempt.is_inbound, attempt.sequence) < (other.is_inbound, other.sequence)",
    ),
    Mutant(
        name="core: fair idle time is not counted",
        catches=f"{ROUTING}::test_fair_routing_counts_the_idle_time_of_the_whole_session",
        path="dialer/core/agent_session.py",
        before="            self.idle_seconds += now - self.state_since\n",
        after="            self.idle_seconds += 0.0\n",
    ),
    Mutant(
        name="core: outbound dials while a caller waits elsewhere",
        catches=f"{ROUTING}::test_outbound_starts_nothing_while_a_caller_waits",
        path="dialer/core/dialing.py",
        before="            waiting += blended.inbound_waiting\n",
        after="            waiting += 0\n",
    ),
    # --- talks and agents -------------------------------------------------------------------------------
    Mutant(
        name="core: a client comes back to the agent who handed him on",
        catches=f"{TALKS}::test_client_handed_on_does_not_come_back_to_the_one_who_did",
        path="dialer/core/talk_flow.py",
        before="    attempt.handed_on_by = agent.agent_id\n",
        after="",
    ),
    Mutant(
        name="core: the third party is left alone when the client leaves",
        catches=f"{TALKS}::test_client_who_leaves_a_consultation_takes_the_third_party_with_him",
        path="dialer/core/ending.py",
        before="    if state is AttemptState.CONSULTING or attempt.has_third_party:\n",
        after="    if state is AttemptState.THREE_WAY:\n",
    ),
    Mutant(
        name="core: an agent decides about a client whom another one took",
        catches=f"{TALKS}::test_agent_who_talked_last_owes_the_disposition",
        path="dialer/core/ending.py",
        before="        if saved is not None and attempt.talked_with is agent:\n",
        after="        if saved is not None:\n",
    ),
    Mutant(
        name="core: the client of an agent who vanishes is hung up on",
        catches=f"{LEAVING}::test_client_of_an_agent_who_leaves_is_offered_on",
        path="dialer/core/agent_flow.py",
        before="        attempt.talk_began_at = None\n        seek_agent(world, attempt)\n",
        after="        attempt.talk_began_at = None\n"
        "        order_hang_up(world, attempt, EndReason.AGENT_GONE)\n",
    ),
    Mutant(
        name="core: an announced break is not told to the pacer",
        catches=f"{LEAVING}::test_announced_break_is_told_to_the_pacer",
        path="dialer/core/dialing.py",
        before="                leaving += 1\n",
        after="                leaving += 0\n",
    ),
    # --- campaigns, limits, nodes, restart --------------------------------------------------------------
    Mutant(
        name="core: a drain never ends",
        catches=f"{CAMPAIGNS}::test_draining_campaign_stops_by_itself_when_its_last_call_has_ended",
        path="dialer/core/ending.py",
        before="if campaign.status is CampaignStatus.DRAINING and campaign.attempts_in_progress == 0:",
        after="if campaign.status is CampaignStatus.DRAINING and campaign.attempts_in_progress < 0:",
    ),
    Mutant(
        name="core: the carrier's rate is a mean",
        catches=f"{CAMPAIGNS}::test_trunk_rate_is_kept_in_every_one_second_window",
        path="dialer/core/trunks.py",
        before="        while dials and now - dials[0] >= period:\n",
        after="        while dials and now - dials[0] >= 0.5 * period:\n",
    ),
    Mutant(
        name="core: a group that returns is taken up at once",
        catches=f"{CAMPAIGNS}::test_group_that_comes_back_at_once_is_taken_up_slowly",
        path="dialer/core/dialing.py",
        before="        campaign.ramp_began_at = world.now\n",
        after="        campaign.ramp_began_at = -world.now\n",
    ),
    Mutant(
        name="core: a person we hung up on is said to have left early",
        catches=f"{NODES}::test_person_hung_up_on_whose_node_died_is_abandoned_and_did_not_leave_early",
        path="dialer/core/house_flow.py",
        before="        if attempt.end_reason is None:  # else",
        after="        if attempt.node_id:  # else",
    ),
    Mutant(
        name="core: a caller who has left is brought back by a repeated event",
        catches=f"{NODES}::test_inbound_call_told_twice_is_one_call_even_after_its_end",
        path="dialer/core/world.py",
        before="        self.callers_gone[attempt_id] = None\n",
        after="        self.callers_gone.pop(attempt_id, None)\n",
    ),
    Mutant(
        name="core: a talk that died during a restart owes no disposition",
        catches=f"{RESTART}::test_talk_that_died_during_the_restart_leaves_the_disposition_to_its_agent",
        path="dialer/core/restoring.py",
        before="        if live.bridged_at is not None:\n            # Also",
        after="        if live.bridged_at is not None and live.is_up:\n            # Also",
    ),
    Mutant(
        name="core: a restored state is taken in twice",
        catches=f"{RESTART}::test_restored_state_told_twice_is_taken_once",
        path="dialer/core/restoring.py",
        before="    world.is_restored = True\n",
        after="",
    ),
    Mutant(
        name="core: a lead source's answer is heard again",
        catches=f"{HOPPER}::test_answer_heard_twice_does_not_bring_its_leads_twice",
        path="dialer/core/hopper.py",
        before="        self._requests_open.remove(request)\n",
        after="",
    ),
    Mutant(
        name="core: a cap is judged by the history from before the reservation",
        catches=f"{HOPPER}::test_cap_counts_the_attempts_made_while_a_lead_of_the_same_number_waited[0.0]",
        path="dialer/core/calling_checks.py",
        before="        return (*known, *unknown)\n",
        after="        return known\n",
    ),
    Mutant(
        name="core: an abandoned call is forgotten until the next reservation",
        catches=f"{HOPPER}::test_rest_after_an_abandoned_call_holds_for_a_waiting_lead_of_the_same_number",
        path="dialer/core/calling_checks.py",
        before="            self._abandoned_at[e164] = wall_now\n",
        after="            pass\n",
    ),
    Mutant(
        name="core: a withdrawn lead is called back",
        catches=f"{WRAP_UP}::test_lead_withdrawn_during_the_wrap_up_is_closed_whatever_was_promised",
        path="dialer/core/ending.py",
        before="        if owed.lead.lead_id in world.leads_withdrawn:\n",
        after="        if False:\n",
    ),
    Mutant(
        name="core: a pacer must fit what another one has learned",
        catches=f"{CAMPAIGNS}::test_changed_ring_time_of_a_running_predictive_campaign_is_taken",
        path="dialer/core/campaign.py",
        before="suppress(PacerStateError)",
        after="suppress(KeyError)",
    ),
)
