"""The front door: command line, settings and wiring; the only package that may import every other."""

__version__ = "0.1.0"
