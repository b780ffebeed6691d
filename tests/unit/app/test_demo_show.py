"""What the demo says of its database."""

from app.demo_show import Show, closing_line
from app.rehearsal import Holdings, plan_rehearsal
from simulations.simulation import Simulation

PLAN = plan_rehearsal("small", method="", agents=2, hours=1.0, seed=3)


def test_show_without_a_database_says_why_in_one_line() -> None:
    """Only the first line of the reason fits the screen; it has been printed whole."""
    show = Show(plan=PLAN, no_database_reason="no PostgreSQL was found\nset PACELINE_POSTGRES_BINARIES")
    assert show.database == "no database, nothing is kept: no PostgreSQL was found"


def test_show_with_a_database_says_what_it_holds() -> None:
    """Nothing is claimed before the database has been asked."""
    show = Show(plan=PLAN)
    assert show.database == "database: not asked yet"
    show.holdings = Holdings(open_leads=1234, attempts=56, commit_seconds=0.0021)
    assert show.database == "database: 1,234 leads open, 56 attempts on record, last commit 2.1 ms"


def test_closing_line_names_commands_that_show_the_same_floor() -> None:
    """Both can be copied as they stand."""
    run = Simulation("small", agents=2, hours=1.0, seed=3)
    said = closing_line(run)
    assert "  paceline simulate small --method predictive --agents 2 --hours 8 --seed 3" in said
    assert "  paceline rehearse small --method predictive --agents 2 --hours 8 --seed 3" in said
