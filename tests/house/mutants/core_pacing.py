"""Planted faults of what the engine tells its pacer of detection, and of who rests."""

from tests.house.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        name="core: the detector's delay is kept from the pacer",
        catches="tests/simulation/test_detection_delay.py"
        "::test_detection_of_a_second_makes_the_next_line_riskier_where_the_clock_starts_at_the_answer",
        path="dialer/core/dialing.py",
        before="        connect_seconds_spent=campaign.connect_seconds_spent,",
        after="",
    ),
    Mutant(
        name="core: the wait is counted from the answer under every law",
        catches="tests/unit/dialer/core/test_detection_delay.py"
        "::test_pacer_is_told_what_detection_uses_up_of_the_wait[ClockStart.VERDICT-1.0-0.0]",
        path="dialer/core/detecting.py",
        before="        case ClockStart.VERDICT:\n            return world.now",
        after="        case ClockStart.VERDICT:\n            return _answered_at(attempt)",
    ),
    Mutant(
        name="core: an agent who rests is called before one who has rested",
        catches="tests/unit/dialer/core/test_routing.py"
        "::test_agent_who_rests_is_passed_by_for_those_who_have_rested",
        path="dialer/core/routing.py",
        before=" or agent.state_since > rested_since:",
        after=":",
    ),
    Mutant(
        name="core: a client waits for an agent's rest",
        catches="tests/unit/dialer/core/test_routing.py"
        "::test_agents_who_all_rest_are_taken_at_once_the_longest_idle_first",
        path="dialer/core/routing.py",
        before="        return found or min(",
        after="        return found and min(",
    ),
    Mutant(
        name="core: the network's detector may take all of the law's time",
        catches="tests/unit/dialer/core/test_answered_calls.py"
        "::test_network_detector_leaves_time_for_the_bridge_where_the_law_counts_from_the_answer",
        path="dialer/core/detecting.py",
        before="        world.deadlines.set(attempt, silent_limit_at(attempt))\n",
        after="        world.deadlines.set(attempt, world.now + settings.detection_seconds_max)\n",
    ),
    Mutant(
        name="pacing: windows of a list are explained once for all",
        catches="tests/unit/pacing/test_snapshot.py::test_windows_are_explained_anew_when_they_have_changed",
        path="pacing/pacer.py",
        before=" or not isinstance(budgets, tuple):",
        after=":",
    ),
    Mutant(
        name="pacing: an age of minus zero is nonsense",
        catches="tests/unit/pacing/test_snapshot.py"
        "::test_age_at_the_edge_of_what_a_duration_may_be_is_taken[-0.0]",
        path="pacing/snapshot.py",
        before="        and not (array.min() >= 0.0 and array.max() <= AGE_SECONDS_MAX)",
        after="",
    ),
)
