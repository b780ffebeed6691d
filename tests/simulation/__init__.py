"""Simulation tests: the whole engine in the virtual network, checked against what is known."""
