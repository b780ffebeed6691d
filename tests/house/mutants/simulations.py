"""Planted faults of the engine that invariants must find, and of the simulation that its tests must find.

Each invariant has one: the run listens for that invariant alone (tests/simulation/test_invariants.py).
"""

from tests.house.mutants.mutant import Mutant

RUN = "tests/simulation/test_invariants.py::test_engine_in_a_rough_half_hour_keeps_invariant"
UNIT = "tests/unit/simulations"
CORE = "dialer/core"
END = "    world.outbox.append(_ended_record(world, attempt, outcome, reason, last or agent, lead_next))"
"""The one place where an attempt's end is put on record."""


def _found_by(invariant: str, fault: str, path: str, before: str, after: str) -> Mutant:
    """Name a fault of the engine and the one invariant that must find it."""
    return Mutant(
        name=f"simulations: {fault}",
        catches=f"{RUN}[{invariant}]",
        path=f"{CORE}/{path}",
        before=before,
        after=after,
        invariant=invariant,
    )


_ENGINE_FAULTS = (
    _found_by(
        "attempt_ends_once",
        "a declined call is never recorded as ended",
        "ending.py",
        END,
        f"    if outcome is not Outcome.REJECTED:\n    {END}",
    ),
    _found_by(
        "agent_on_one_call",
        "a client is not taken out of the bridge of the agent who loses him",
        "connecting.py",
        "    world.outbox.append(ReleaseAgent(attempt_id=attempt.attempt_id, agent_id=agent.agent_id))",
        "    pass",
    ),
    _found_by(
        "agent_on_calls_node",
        "an agent takes calls of any node",
        "routing.py",
        "            self._pool((campaign_id, None, agent.node_id)).add(agent, turn)",
        "            self._pool((campaign_id, None, None)).add(agent, turn)",
    ),
    _found_by(
        "lead_in_one_attempt",
        "both numbers of a lead are dialed at once",
        "dialing.py",
        "    world.leads_in_progress.add(lead.lead_id)\n    trunk.begin(world.now)",
        "    from dataclasses import replace\n"
        "    campaign.hopper.put_back(replace(lead, number_index=lead.number_index + 1))\n"
        "    trunk.begin(world.now)",
    ),
    _found_by(
        "number_in_one_attempt",
        "nobody asks whether a number is being dialed",
        "calling_checks.py",
        "if number.e164 in world.numbers_in_progress:",
        "if not number.e164:",
    ),
    _found_by(
        "live_answer_has_fate",
        "whoever has waited long enough is hung up on without a word",
        "call_flow.py",
        "        give_up_waiting(world, attempt)",
        "        order_hang_up(world, attempt, EndReason.ABANDONED)",
    ),
    _found_by(
        "wait_within_limit",
        "a client waits half a minute longer than the law allows",
        "connecting.py",
        "    return started_at + settings.connect_limit_seconds",
        "    return started_at + settings.connect_limit_seconds + 30.0",
    ),
    _found_by(
        "nothing_waits_forever",
        "a dial has no deadline",
        "dialing.py",
        "    world.deadlines.set(attempt, world.now + ring + world.settings.dial_grace_seconds)",
        "    pass",
    ),
    _found_by(
        "calling_hours_kept",
        "only New York's clock is read",
        "calling_checks.py",
        "zones=number.zones,",
        'zones=("America/New_York",),',
    ),
    _found_by(
        "attempt_caps_kept",
        "the attempts of a lead are not counted",
        "calling_checks.py",
        "lead_attempts_at=lead.attempts_at,",
        "lead_attempts_at=(),",
    ),
    _found_by(
        "rest_after_abandon_kept",
        "abandoned calls to a number are forgotten",
        "calling_checks.py",
        "abandoned_at=self._abandoned_at_of(number, wall_now),",
        "abandoned_at=None,",
    ),
    _found_by(
        "do_not_call_kept",
        "a withdrawn lead stays in the hopper",
        "house_flow.py",
        "    campaign.hopper.withdraw(world, campaign, event.lead_id)",
        "    pass",
    ),
    _found_by(
        "lease_kept",
        "leads are dialed after their lease has ended",
        "calling_checks.py",
        "if world.now >= lead.lease_until:",
        "if lead.lease_until < 0.0:",
    ),
    _found_by(
        "lead_decided_once",
        "everybody who talked to a client decides his lead",
        "ending.py",
        "    elif owed.decides_lead and owed.lead is not None:",
        "    elif owed.lead is not None:",
    ),
    _found_by(
        "callback_not_early",
        "a promise is kept before its time",
        "calling_checks.py",
        "if lead.callback is not None and lead.callback.due_at > wall_now:",
        "if lead.callback is not None and lead.callback.due_at < 0.0:",
    ),
    _found_by(
        "campaign_limits_kept",
        "a campaign that was paused dials on",
        "campaign.py",
        "return self.status is CampaignStatus.RUNNING",
        "return self.status is not CampaignStatus.STOPPED",
    ),
    _found_by(
        "trunk_channels_kept",
        "channels in use are not counted",
        "trunks.py",
        "self.settings.channels_max - self.channels_used",
        "self.settings.channels_max",
    ),
    _found_by(
        "trunk_rate_kept",
        "the calls of the last second are forgotten after half of it",
        "trunks.py",
        "now - dials[0] >= period",
        "now - dials[0] >= period / 2.0",
    ),
    _found_by(
        "trunk_in_service",
        "a lost node is dialed over",
        "trunks.py",
        "self._lost_nodes.add(node_id)",
        "pass",
    ),
    _found_by(
        "outbound_pauses",
        "the pacer is not told of callers who wait",
        "dialing.py",
        "inbound_waiting=_inbound_waiting(world, campaign),",
        "inbound_waiting=0,",
    ),
    _found_by(
        "agent_moves_on_table",
        "an agent may take a call in his wrap-up",
        "agent_session.py",
        "    (_S.RINGING, _T.OFFER_FAILED): _S.IDLE,",
        "    (_S.RINGING, _T.OFFER_FAILED): _S.WRAPPING_UP,",
    ),
    _found_by(
        "agent_record_agrees",
        "the beginning of a talk is not recorded",
        "call_flow.py",
        '    world.record_agent(agent, "connected")',
        "    pass",
    ),
    _found_by(
        "ledger_agrees",
        "the ledger takes the offer for the bridge",
        "ledger.py",
        "bridged_at=attempt.bridged_at,",
        "bridged_at=attempt.offered_at,",
    ),
    _found_by(
        "counters_agree",
        "abandoned calls are not counted on the floor",
        "ledger.py",
        "campaign.counts.abandoned += 1",
        "pass",
    ),
    _found_by(
        "command_names_live_attempt",
        "a third party is dropped from a call that has ended",
        "ending.py",
        END,
        f"{END}\n    drop_third_party(world, attempt)",
    ),
    _found_by(
        "engine_does_not_fail",
        "a client is bridged without ever having been offered",
        "connecting.py",
        "    attempt.move(AttemptTrigger.AGENT_CHOSEN, world.now)\n",
        "",
    ),
    _found_by(
        "engine_goes_on",
        "the engine wants to be woken at once, for ever",
        "engine.py",
        "return self._world.deadlines.next_at()",
        "return 0.0",
    ),
)

_OWN_FAULTS = (
    Mutant(
        name="simulations: long mixtures come first",
        catches=f"{UNIT}/test_distributions.py"
        "::test_quantiles_of_any_distribution_rise_with_the_share_within_each_part",
        path="simulations/distributions.py",
        before="return -self.mean_seconds * np.log1p(-uniforms)",
        after="return -self.mean_seconds * np.log(uniforms)",
    ),
    Mutant(
        name="simulations: draws follow the order of dialing",
        catches=f"{UNIT}/test_random_streams.py::test_draw_of_a_lead_and_attempt_is_the_same_in_any_order",
        path="simulations/random_streams.py",
        before="(self._quantity, self._list_index, attempt_number, block_index)",
        after="(self._quantity, self._list_index, len(self._blocks))",
    ),
    Mutant(
        name="simulations: agents go home while lines still ring",
        catches="tests/simulation/test_simulation.py"
        "::test_agents_stay_at_the_end_of_the_day_for_the_lines_that_ring",
        path="simulations/simulation.py",
        before="while self.world.has_lines_to_settle and",
        after="while not self.world.has_lines_to_settle and",
    ),
)

MUTANTS: tuple[Mutant, ...] = (*_ENGINE_FAULTS, *_OWN_FAULTS)
