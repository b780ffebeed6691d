"""Faults between the engine and Asterisk: names, causes, clocks, order."""

from tests.house.mutants.mutant import Mutant

FOLDER = "tests/unit/dialer/adapters"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="adapters: a caller in the queue is left to the dialplan's own message",
        catches=f"{FOLDER}/test_inbound.py::"
        "test_caller_is_answered_taken_in_hand_and_queued_for_whoever_called_him",
        path="dialer/adapters/ari_commands.py",
        before='return [_post(f"channels/{attempt_id}/answer"), _taken(attempt_id)]',
        after='return [_post(f"channels/{attempt_id}/answer")]',
    ),
    Mutant(
        name="adapters: a call back is promised to somebody who talks",
        catches=f"{FOLDER}/test_inbound.py::test_caller_whom_an_agent_takes_at_that_moment_is_promised_nothing",
        path="dialer/adapters/inbound.py",
        before="if self._stage_of(told.attempt_id) is Stage.TAKEN:",
        after="if caller:",
    ),
    Mutant(
        name="adapters: an agent's name is cut at its first blank",
        catches=f"{FOLDER}/test_leg_ids.py::test_agent_of_any_name_is_read_back_from_his_leg",
        path="dialer/adapters/leg_ids.py",
        before='return f"{AGENT_LEG}.{agent_id.encode().hex()}.{epoch}-{count}"',
        after='return f"{AGENT_LEG}.{agent_id.split()[0].encode().hex()}.{epoch}-{count}"',
    ),
    Mutant(
        name="adapters: an answered call that ended badly counts as a failure",
        catches=f"{FOLDER}/test_hangup_causes.py::test_answered_call_ends_normally_however_it_is_said",
        path="dialer/adapters/hangup_causes.py",
        before="    if was_answered:\n",
        after="    if was_answered and cause:\n",
    ),
    Mutant(
        name="adapters: the latest message sets the node's clock",
        catches=f"{FOLDER}/test_node_clock.py::test_late_messages_do_not_move_the_clock_beyond_the_quickest",
        path="dialer/adapters/node_clock.py",
        before="self._least = min(self._least, now - posix)",
        after="self._least = now - posix",
    ),
    Mutant(
        name="adapters: a lead's next attempt is written before the end of its last",
        catches=f"{FOLDER}/test_record_writer.py::"
        "test_end_of_a_lead_is_written_before_its_next_attempt_begins",
        path="dialer/adapters/record_writer.py",
        before="record.what.lead_id in segment.leads_decided",
        after="record.what.lead_id in ()",
    ),
    Mutant(
        name="adapters: dials wait for the database and are placed late",
        catches=f"{FOLDER}/test_record_writer.py::"
        "test_dial_on_record_is_originated_and_one_that_is_late_is_not",
        path="dialer/adapters/record_writer.py",
        before="        elif now - record.at > DIAL_AGE_SECONDS_MAX:",
        after="        elif now - record.at > 1e9:",
    ),
    Mutant(
        name="adapters: a dial is originated before it is on record",
        catches=f"{FOLDER}/test_runner.py::"
        "test_dial_goes_on_record_first_and_to_the_network_when_it_is_there",
        path="dialer/adapters/runner.py",
        before="            self._writer.add(Begun(what=command, at=now))\n        elif",
        after="            self._writer.add(Begun(what=command, at=now))\n"
        "            self._carry_out(command)\n        elif",
    ),
    Mutant(
        name="adapters: an early announcement is not heard",
        catches=f"{FOLDER}/test_ari_events.py::test_message_of_any_measured_case_is_what_it_means",
        path="dialer/adapters/ari_events.py",
        before='frozenset({"RINGING", "PROGRESS"})',
        after='frozenset({"RINGING"})',
    ),
    Mutant(
        name="adapters: the answers are filtered out with the events",
        catches=f"{FOLDER}/test_ari_events.py::test_filter_lets_through_what_is_translated_and_the_answers",
        path="dialer/adapters/ari_events.py",
        before='WANTED_TYPES = (*sorted(EVENTS), "RESTResponse")',
        after="WANTED_TYPES = tuple(sorted(EVENTS))",
    ),
    Mutant(
        name="adapters: a call that ended while it waited for its turn is placed all the same",
        catches=f"{FOLDER}/test_asterisk_node.py::"
        "test_call_that_is_ended_while_it_waits_for_its_turn_is_never_placed",
        path="dialer/adapters/asterisk_node.py",
        before="        self._dials.remove(waiting)\n",
        after="",
    ),
)
