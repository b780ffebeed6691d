"""Tests of `pacing`, one module for each module tested."""
