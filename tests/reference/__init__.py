"""The model once more, in plain scalar loops over the arrays of one world: the independent check on the array model.

It shares no code with `cordiale.models.diplomacy`. Its functions take arrays and numbers only, so that Numba compiles
them as they stand (`compiled.py`): then they are the limit of speed that benchmarks compare with.

Read `kernel.py` first (a quarter of a world, rule by rule), then `terms.py` (what moves a tie), `start.py` (a world's
start) and `adapter.py` (where the arrays come from). `records.py` says what each array is.
"""
