"""Templates of Asterisk's configuration files, their renderer and verifier. Not built yet."""
