"""Little memory, few open files: known whichever way it is told, and looked for where a library would not tell it."""

from __future__ import annotations

import errno
import mmap
import os
from contextlib import ExitStack

LITTLE = "memory is short: give it more, or run fewer worlds at once with --block, --jobs 1"
SHORT = ("failed to map segment", "Cannot allocate memory", "can't start new thread", "cannot allocate memory")
FEW_FILES = "too few files may be open at once: raise the limit (ulimit -n), or give --jobs 1"
MIB = 1 << 20
BUFFERS = 64 * MIB  # that NumPy's and SciPy's linear algebra take when they first multiply matrices, one each
FOR_THREADS = 192 * MIB  # addresses of the threads that look after processes


def is_short(error: BaseException) -> bool:
    """Return whether an error came of too little memory, also where a library tells it otherwise."""
    if isinstance(error, MemoryError) or any(each in str(error) for each in SHORT):
        return True
    limit = limit_of_addresses()
    if limit is None:
        return False
    try:
        import resource

        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
    except Exception:  # another system, or not even memory for this
        return False
    return used > 0.8 * limit


def limit_of_addresses() -> int | None:
    """Return how many bytes this process may have addresses for, as `ulimit -v` says; None without a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def need(size: int) -> None:
    """Raise MemoryError where addresses are limited and this many bytes more cannot be had.

    For what a library does next: it would end the process where they are lacking, or wait for ever.
    """
    if limit_of_addresses() is None:
        return
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        raise MemoryError from None


def lacks_files(error: BaseException) -> bool:
    """Return whether an error came of a limit of open files."""
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)


def need_files(number: int) -> None:
    """Raise OSError where this many files more cannot be open: loky, in want of them, fails otherwise."""
    with ExitStack() as stack:
        for _ in range(number):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))


def take_buffers() -> None:
    """Let linear algebra take its buffers, where addresses are limited: without room, OpenBLAS ends the process."""
    if limit_of_addresses() is None:
        return
    import numpy as np
    from scipy.linalg.blas import dgemm

    need(BUFFERS)
    square = np.ones((300, 300))  # smaller ones do without
    dgemm(1.0, square @ square, square)
