"""Tests of the deciding engine, through its three verbs."""
