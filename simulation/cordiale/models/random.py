"""Keyed random streams: world n is the same world whatever runs beside it.

A stream is one Philox sequence (Salmon et al. 2011, through NumPy), keyed by seed, purpose and
names; the quarter is the high word of its counter. World n takes numbers n*m .. n*m + m - 1 of it,
so that a block of worlds is one slice, and a draw does not depend on blocks, processes, scenarios
or on what else is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Named = tuple[str, ...]
_WORDS = 4  # 64-bit numbers that Philox gives for one count
_CHUNK = 64  # worlds whose numbers of a table come from one run of Philox


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
        self._state = self._philox.state  # with nothing left over in its buffer
        self._generator = np.random.Generator(self._philox)

    def uniform(self, purpose: str, *names: str, quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds, size) numbers, uniform in the open interval (0, 1)."""
        return self.uniforms(purpose, [names], quarter=quarter, size=size)[:, 0]

    def uniforms(self, purpose: str, named: Sequence[Named], quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds, streams, size) numbers of several streams of one purpose, a tuple of names each."""
        start = self.first * size
        skipped = start % _WORDS
        numbers = np.empty((len(named), skipped + self.worlds * size))
        state, key = self._state, self._state["state"]["key"]
        state["state"]["counter"][:] = (start // _WORDS, 0, 0, quarter)
        for names, into in zip(named, numbers, strict=True):
            key[:] = stream_key(self.seed, purpose, *names)
            self._philox.state = state
            self._generator.random(out=into)
        inside = np.maximum(numbers[:, skipped:], 2.0**-54)
        return inside.reshape(len(named), self.worlds, size).swapaxes(0, 1)

    def table(self, purpose: str, rows: int, quarter: int = 0) -> Array:
        """Return (rows, worlds) numbers of 32 bits, uniform in the open interval (0, 1).

        One stream gives all rows of a purpose and quarter, 64 worlds at a time: half the numbers and none of the
        keys that a stream for each row would take.
        """
        numbers, end = np.empty((rows, self.worlds)), self.first + self.worlds
        state, key = self._state, self._state["state"]["key"]
        key[:] = stream_key(self.seed, purpose)
        for chunk in range(self.first // _CHUNK, (end - 1) // _CHUNK + 1):
            state["state"]["counter"][:] = (0, chunk, 0, quarter)
            self._philox.state = state
            words = self._philox.random_raw(rows * _CHUNK // 2).astype("<u8", copy=False).view("<u4")
            low, high = max(chunk * _CHUNK, self.first), min((chunk + 1) * _CHUNK, end)
            wanted = words.reshape(rows, _CHUNK)[:, low - chunk * _CHUNK : high - chunk * _CHUNK]
            numbers[:, low - self.first : high - self.first] = wanted
        numbers *= 2.0**-32
        numbers += 2.0**-33
        return numbers


class SameWorld(Streams):
    """The streams of one world, the same in every row: for numbers that differ while luck does not."""

    def __init__(self, seed: int, world: int, rows: int) -> None:
        super().__init__(seed, world, 1)
        self.worlds = rows
        self._one = Streams(seed, world, 1)

    def uniforms(self, purpose: str, named: Sequence[Named], quarter: int = 0, size: int = 1) -> Array:
        """Return (rows, streams, size) numbers, every row the world's."""
        one = self._one.uniforms(purpose, named, quarter=quarter, size=size)
        return np.broadcast_to(one, (self.worlds, *one.shape[1:]))

    def table(self, purpose: str, rows: int, quarter: int = 0) -> Array:
        """Return (rows, worlds) numbers, the world's own in every column."""
        return np.broadcast_to(self._one.table(purpose, rows, quarter), (rows, self.worlds))


class Tiled(Streams):
    """The streams of a block of worlds, several times over: for codings or policies that meet the same luck."""

    def __init__(self, one: Streams, times: int) -> None:
        super().__init__(one.seed, one.first, one.worlds)
        self.worlds = one.worlds * times
        self._one, self._times = one, times

    def uniforms(self, purpose: str, named: Sequence[Named], quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds * times, streams, size) numbers: the block's, and again."""
        return np.tile(self._one.uniforms(purpose, named, quarter=quarter, size=size), (self._times, 1, 1))

    def table(self, purpose: str, rows: int, quarter: int = 0) -> Array:
        """Return (rows, worlds * times) numbers: the block's, and again."""
        return np.tile(self._one.table(purpose, rows, quarter), (1, self._times))


@lru_cache(maxsize=65536)
def stream_key(seed: int, purpose: str, *names: str) -> tuple[int, int]:
    """Return a stream's 128-bit key as two words."""
    text = "\x1f".join((str(seed), purpose, *names))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def normal(uniform: Array) -> Array:
    """Return standard normal numbers for uniform ones."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniform))
