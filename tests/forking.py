"""Run something in the child of a fork, as multiprocessing and gunicorn do."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

LONG_S = 30  # a child that hangs is killed, some day


def in_child(work: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> int:
    """Return the child's exit status: 0 if ``work`` returned, 1 if it raised, -14 if it hung.

    ``meanwhile`` is what the parent does once the child is there.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(LONG_S)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    meanwhile()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
