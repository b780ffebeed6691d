"""Unit tests of pacing."""
