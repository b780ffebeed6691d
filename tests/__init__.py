"""All tests of Paceline; one folder for each kind, see CONTRIBUTING.md."""
