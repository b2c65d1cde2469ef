"""The program `cordiale`, also as `python -m cordiale`: one line where memory is short, from the first import on."""

from __future__ import annotations

import os
import sys

LITTLE = "memory is short: give it more, or run fewer worlds at once with --block, --jobs 1"
SHORT = ("failed to map segment", "Cannot allocate memory", "can't start new thread")


def main() -> None:
    """Run the command line."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # blocks of worlds are too small for threads, which cost memory
    try:
        from cordiale.cli import main as run

        run()
    except Exception as error:
        if not _memory_is_short(error):
            raise
        notes = "; ".join(each.removeprefix("cordiale: ") for each in getattr(error, "__notes__", []))
        print(f"cordiale: {LITTLE}{f' ({notes})' if notes else ''}", file=sys.stderr)
        raise SystemExit(2) from None


def _memory_is_short(error: BaseException) -> bool:
    """Return whether an error came of too little memory, also where a library tells it otherwise."""
    if isinstance(error, MemoryError) or any(each in str(error) for each in SHORT):
        return True
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
    except Exception:  # another system, or not even memory for this
        return False
    return limit != resource.RLIM_INFINITY and used > 0.8 * limit


if __name__ == "__main__":
    main()
