"""Measurements of Paceline, kept with it: each figure of docs/benchmarks.md comes from here."""
