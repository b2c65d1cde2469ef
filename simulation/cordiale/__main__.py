"""The program `cordiale`, also as `python -m cordiale`: whatever ends it early is told in one line."""

from __future__ import annotations

import os
import sys

try:
    from contextlib import suppress
    from typing import NoReturn

    from cordiale.files import memory, stop
    from cordiale.files.streams import Unprintable, drop, open_streams, remark
except KeyboardInterrupt:  # nobody listens yet
    os.write(2, b"cordiale: stopped\n")
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line: exit 0 on success, 2 where the user can mend it, 1 where we must."""
    try:
        stop.listen()
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # blocks of worlds are too small for threads, which cost memory
        open_streams()
        try:
            _run()
        finally:
            sys.stdout.flush()
    except BaseException as error:
        stop.no_more()
        stop.end(error)
        if isinstance(error, SystemExit):
            raise
        if memory.is_short(error):
            _end_short_of_memory(error)
        if memory.lacks_files(error):
            remark(f"cordiale: {memory.FEW_FILES}")
            raise SystemExit(2) from None
        if not isinstance(error, Unprintable | BrokenPipeError):
            raise
        drop(1)
        if isinstance(error, BrokenPipeError):
            raise SystemExit(1) from None
        remark(f"cordiale: what is printed cannot be written: {error}; files that were asked for are whole")
        raise SystemExit(2) from None


def _run() -> None:
    memory.take_buffers()
    from cordiale.cli import main as run

    run()


def _end_short_of_memory(error: BaseException) -> NoReturn:
    """End at once: what else is done at the end of a program needs memory, or waits for threads that had none."""
    told = memory.LITTLE
    with suppress(MemoryError):
        stop.let_go(error)
        kept = "; ".join(stop.notes(error))
        told += f" ({kept})" if kept else ""
    with suppress(OSError):
        os.write(2, f"cordiale: {told}\n".encode())
    stop.end_at_once(2)


if __name__ == "__main__":
    main()
