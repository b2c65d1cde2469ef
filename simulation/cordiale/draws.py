"""Keyed random streams: world n is the same world whatever runs beside it.

A stream is one Philox sequence (Salmon et al. 2011, through NumPy), keyed by seed, purpose and
names; the quarter is the high word of its counter. World n takes numbers n*m .. n*m + m - 1 of it,
so that a block of worlds is one slice, and a draw does not depend on blocks, processes, scenarios
or on what else is drawn.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_WORDS = 4  # 64-bit numbers that Philox gives for one count


class Streams:
    """The streams of a block of worlds.

    Parameters
    ----------
    seed : the scenario's seed
    first : number of the block's first world
    worlds : how many worlds the block has
    """

    def __init__(self, seed: int, first: int, worlds: int) -> None:
        self.seed, self.first, self.worlds = seed, first, worlds
        self._philox = np.random.Philox(0)
        self._state = self._philox.state
        self._generator = np.random.Generator(self._philox)

    def uniform(self, purpose: str, *names: str, quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds, size) numbers, uniform in the open interval (0, 1)."""
        start = self.first * size
        state = self._state
        state["state"]["key"][:] = stream_key(self.seed, purpose, *names)
        state["state"]["counter"][:] = (start // _WORDS, 0, 0, quarter)
        state["buffer_pos"] = _WORDS  # nothing left over from an earlier stream
        self._philox.state = state
        skipped = start % _WORDS
        numbers = self._generator.random(skipped + self.worlds * size)[skipped:]
        return np.maximum(numbers, 2.0**-54).reshape(self.worlds, size)


class SameWorld(Streams):
    """The streams of one world, the same in every row: for numbers that differ while luck does not."""

    def __init__(self, seed: int, world: int, rows: int) -> None:
        super().__init__(seed, world, 1)
        self.worlds = rows
        self._one = Streams(seed, world, 1)

    def uniform(self, purpose: str, *names: str, quarter: int = 0, size: int = 1) -> Array:
        """Return (rows, size) numbers, every row the world's."""
        one = self._one.uniform(purpose, *names, quarter=quarter, size=size)
        return np.broadcast_to(one, (self.worlds, size))


class Tiled(Streams):
    """The streams of a block of worlds, several times over: for several codings that meet the same luck."""

    def __init__(self, seed: int, first: int, worlds: int, times: int) -> None:
        super().__init__(seed, first, worlds)
        self.worlds = worlds * times
        self._one, self._times = Streams(seed, first, worlds), times

    def uniform(self, purpose: str, *names: str, quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds * times, size) numbers: the block's, and again."""
        return np.tile(self._one.uniform(purpose, *names, quarter=quarter, size=size), (self._times, 1))


@lru_cache(maxsize=65536)
def stream_key(seed: int, purpose: str, *names: str) -> tuple[int, int]:
    """Return a stream's 128-bit key as two words."""
    text = "\x1f".join((str(seed), purpose, *names))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def gumbel(uniform: Array) -> Array:
    """Return standard Gumbel numbers (Gumbel 1954) for uniform ones."""
    return -np.log(-np.log(uniform))


def normal(uniform: Array) -> Array:
    """Return standard normal numbers for uniform ones."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniform))
