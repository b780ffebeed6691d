"""Planted faults: each names the check that must catch it.

Every module in this package that has a tuple `MUTANTS` is collected; `run.py` plants the faults one at a time
in a copy of the source tree and requires that the named check fails. A fault that nobody notices means that
the check proves nothing.
"""
