"""The laboratory without its Asterisk."""
