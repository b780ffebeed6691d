"""The virtual telephone network that drives the real engine: people, faults, invariants, measures.

It must not contain any dialing decision of its own. Theory: docs/algorithms/simulation.md.
"""
