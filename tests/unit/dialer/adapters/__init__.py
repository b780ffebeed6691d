"""Tests of the dialer's adapters that need no other process."""
