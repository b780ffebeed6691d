"""Tests of the benchmark of pacing methods."""
