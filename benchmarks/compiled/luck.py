"""The bits of `cordiale.models.random` inside a compiled loop: Philox 4x64-10 (Salmon et al. 2011)."""

from __future__ import annotations

import ctypes
import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import get_cython_function_address, intrinsic

MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
WEYL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10

# SciPy's own function, so that a normal number has the same last bit
ndtri = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(
    get_cython_function_address("scipy.special.cython_special", "ndtri")
)


@intrinsic
def high(context, one, other):
    """The upper 64 bits of a product of two 64-bit numbers."""

    def code(_, builder, __, values):
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(value, wide) for value in values))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), code


@njit
def block(key, count, quarter):
    """The four words of one count of a stream."""
    a, b, c, d = np.uint64(count), np.uint64(0), np.uint64(0), np.uint64(quarter)
    k, m = key[0], key[1]
    for _ in range(ROUNDS):
        e, f = high(MULTIPLIERS[0], a), high(MULTIPLIERS[1], c)
        a, b, c, d = f ^ b ^ k, MULTIPLIERS[1] * c, e ^ d ^ m, MULTIPLIERS[0] * a
        k, m = k + WEYL[0], m + WEYL[1]
    return a, b, c, d


@njit
def unit(word):
    """A number in the open interval (0, 1)."""
    return max((word >> np.uint64(11)) * 2.0**-53, 2.0**-54)


@njit
def uniform(key, index, quarter):
    """Number `index` of a stream in a quarter. NumPy counts on before it draws, so the first count is 1."""
    return unit(block(key, index // 4 + 1, quarter)[index % 4])


@njit
def row(key, start, quarter, into):
    """Fill `into` with the numbers of a stream from `start` on."""
    at, skipped, filled = start // 4 + 1, start % 4, 0
    while filled < len(into):
        words = block(key, at, quarter)
        for lane in range(skipped, min(4, skipped + len(into) - filled)):
            into[filled] = unit(words[lane])
            filled += 1
        at, skipped = at + 1, 0


@njit
def gumbel(number):
    return -math.log(-math.log(number))
