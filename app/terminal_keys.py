"""Keys pressed in the terminal, one at a time, without Enter and without waiting."""

import contextlib
import select
import sys
from collections.abc import Iterator

try:
    import termios
    import tty
except ImportError:  # a system without POSIX terminals: the demo runs, without keys
    termios = None  # type: ignore[assignment]


@contextlib.contextmanager
def single_keys() -> Iterator[bool]:
    """Let `pressed_key` see each key while the context lasts; gives False where keys cannot be read."""
    if termios is None or not sys.stdin.isatty():
        yield False
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield True
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def pressed_key() -> str:
    """Give the key that was pressed since the last call, or an empty text."""
    ready, _, _ = select.select([sys.stdin], [], [], 0.0)
    return sys.stdin.read(1) if ready else ""
