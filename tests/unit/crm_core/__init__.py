"""Tests of the records that need no database."""
