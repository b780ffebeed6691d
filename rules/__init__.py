"""What may be dialed, when, and how an abandoned call is counted: pure rules over data.

This package is for deciding whether a rule forbids a call and for classing what became of it.
It must not read a clock, do I/O or know the dialer. Theory: docs/algorithms/calling-rules.md.
"""
