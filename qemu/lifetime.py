"""Processes that must not outlive the one that started them: a machine left behind would hold its line."""

from __future__ import annotations

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def die_with_parent(with_signal: signal.Signals) -> None:
    """To be run in the new process before its program: the kernel sends it the signal when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, with_signal)
