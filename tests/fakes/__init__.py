"""Hand-written stand-ins for the world outside."""
