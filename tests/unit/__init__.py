"""Unit tests: one folder for each package; no sleeping, no input or output."""
