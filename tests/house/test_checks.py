"""The stages of `make test`: what counts as good, what is printed, and that nothing is left out."""

import pytest

from tools import checks
from tools.checks import Result, Stage, all_stages, closing_lines, main, pytest_stage, run_stage

NEEDING_OTHER_PROCESSES = {"integration", "acceptance"}


def result(output: str, exit_code: int = 0) -> Result:
    """How a stage of tests ended."""
    return Result(stage=pytest_stage("unit", "tests/unit"), exit_code=exit_code, output=output, seconds=1.0)


@pytest.mark.parametrize(
    ("output", "exit_code", "is_good"),
    [
        ("7 passed in 0.10s", 0, True),
        ("1 failed, 7 passed in 0.10s", 1, False),
        ("7 passed, 1 skipped in 0.10s", 0, False),
        ("7 passed, 1 xfailed in 0.10s", 0, False),
        ("no tests ran in 0.01s", 5, False),
        ("", 0, False),
    ],
)
def test_stage_of_tests_is_good_only_if_all_ran_and_passed(
    output: str, exit_code: int, is_good: bool
) -> None:
    """A test that failed, was left out or never existed makes the stage bad."""
    assert result(output, exit_code).is_good is is_good


def test_closing_lines_of_several_stages_add_their_tests_up() -> None:
    """The last line counts all tests, as the last word on the run."""
    results = [result("7 passed in 0.1s"), result("2 failed, 3 passed in 0.1s", 1)]
    assert closing_lines(results) == ["failed: unit", "10 passed, 2 failed"]
    assert closing_lines(results[:1]) == ["7 passed, 0 failed"]


def test_quick_stages_leave_out_only_what_needs_other_processes() -> None:
    """`make check` is `make test` without integration and acceptance."""
    assert {stage.name for stage in all_stages() if not stage.is_quick} == NEEDING_OTHER_PROCESSES


def test_run_of_stages_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run tells everything that is wrong, and shows the output of what failed."""
    stages = (
        Stage(name="bad", command=("-c", "print('what went wrong'); raise SystemExit(3)")),
        Stage(name="good", command=("-c", "print('all well')")),
    )
    monkeypatch.setattr(checks, "all_stages", lambda: stages)
    assert main(["all"]) == 1
    printed = capsys.readouterr().out
    assert "what went wrong" in printed
    assert "good         ok" in printed
    assert printed.endswith("failed: bad\n0 passed, 1 failed\n")


def test_stage_run_to_its_end_keeps_code_output_and_seconds() -> None:
    """Nothing that a stage says is lost."""
    ended = run_stage(Stage(name="talks", command=("-c", "print('words')")))
    assert (ended.exit_code, ended.output, ended.is_good) == (0, "words\n", True)
    assert ended.seconds > 0


def test_unknown_choice_of_stages_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever misspells the choice is told what there is."""
    assert main(["fast"]) == 2
    assert "expected `all` or `quick`, got fast" in capsys.readouterr().err
