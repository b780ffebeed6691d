"""Settings that hold for every test of the project."""

from hypothesis import settings

# The same examples in every run: a failure on one machine is a failure on all. No time limit for one example,
# since a busy machine must not fail a correct test; pytest's own limit for a whole test stays.
settings.register_profile("paceline", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("paceline")
