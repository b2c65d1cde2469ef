"""The rules once more, as compiled loops (Numba): how fast the model could be. The core never imports this.

`arrays.py` lays out a block of worlds for the loops, `luck.py` draws the same streams inside them,
`rules.py`, `worth.py`, `acts.py` and `bonds.py` are section 7 of docs/ODD.md, and `timing.py` measures
them against the model.
"""

from __future__ import annotations

from benchmarks.compiled.arrays import Loops

__all__ = ["Loops"]
