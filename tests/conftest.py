"""Settings that hold for every test of the project."""

import os

from hypothesis import Phase, settings

PROFILE_VARIABLE = "PACELINE_HYPOTHESIS_PROFILE"

# The same examples in every run: a failure on one machine is a failure on all. No time limit for one example,
# since a busy machine must not fail a correct test; pytest's own limit for a whole test stays.
settings.register_profile("paceline", deadline=None, derandomize=True, print_blob=True)
# A planted fault need only be found, not be shown in its smallest form.
settings.register_profile(
    "planted-fault",
    settings.get_profile("paceline"),
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
)
settings.load_profile(os.environ.get(PROFILE_VARIABLE, "paceline"))
