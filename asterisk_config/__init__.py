"""Templates of Asterisk's files, their renderer and verifier, and a laboratory with the real Asterisk."""
