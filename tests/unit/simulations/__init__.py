"""Tests of the virtual telephone network, part by part; the whole runs are in tests/simulation."""
