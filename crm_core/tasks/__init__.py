"""Tasks: what somebody has to do, until when, and what was done."""
