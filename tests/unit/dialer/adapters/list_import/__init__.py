"""Tests of the list import that need no database."""
