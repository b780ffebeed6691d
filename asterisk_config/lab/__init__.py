"""The laboratory: a real Asterisk 22 and a carrier beside it, started in ordinary folders."""
