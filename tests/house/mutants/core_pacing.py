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
)
