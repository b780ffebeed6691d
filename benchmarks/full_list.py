"""All clients of the real list, dialed through the laboratory to the end of it: `make acceptance-full`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.list_run import AGENTS, TIME_DIVISOR, bank_numbers, dial_list, lab_for_a_list

DIFFERENCES_SHOWN = 20


def main() -> int:
    """Dial and compare; 1 where the records differ."""
    numbers = bank_numbers()
    print(f"{len(numbers)} clients, {AGENTS} agents, times divided by {TIME_DIVISOR:g}; some 20 minutes.")
    with TemporaryDirectory(prefix="paceline-") as name:
        root = Path(name)
        root.chmod(0o755)
        with lab_for_a_list(root) as centre:
            run = asyncio.run(dial_list(centre, numbers))
    print(run.summary())
    differences = run.differences()
    for difference in differences[:DIFFERENCES_SHOWN]:
        print(difference)
    print(f"{len(differences)} differences in {len(run.attempts)} attempts")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
