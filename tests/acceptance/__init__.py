"""Acceptance tests: what a person does with the installed program."""
