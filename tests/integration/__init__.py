"""Integration tests: our own processes and real peers on this machine."""
