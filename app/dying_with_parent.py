"""Children that end with us, however we end: on Linux the kernel signals them when their parent is gone.

Elsewhere a child outlives a killed Paceline; the next start finds it by its port or its folder and says so.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def dying_with_parent(ending: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask for this signal when we die.

    It runs after a change of user, which would clear the wish. The kernel ties the wish to the thread that
    started the child, so start children from the main thread.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        if prctl(PR_SET_PDEATHSIG, int(ending), 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)

    return ask
