"""What all peers share: the mark that tells them from our own methods."""

from pacing.pacer import Pacer

LINE_ENDS = frozenset({"live_answer", "machine", "busy", "no_answer", "failed"})
"""Observations that end the ringing of one line; each line has one."""

A_HAIR = 1e-9
"""A hair below a whole number is that number: 10 × 1.1 is 11 lines."""


class Peer(Pacer):
    """A pacing algorithm of another dialer."""

    is_peer = True
