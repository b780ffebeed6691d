"""Tests of Asterisk's configuration."""
