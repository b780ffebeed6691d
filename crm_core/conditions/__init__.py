"""Conditions about records: what a viewer may speak of, which rows they reach, lists narrowed by them."""
