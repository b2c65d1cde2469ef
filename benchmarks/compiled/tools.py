"""Small functions that the loops share."""

from __future__ import annotations

import math

from numba import njit


@njit
def logistic(utility):
    return 1.0 / (1.0 + math.exp(-utility))


@njit
def clip(value, low, high):
    return min(max(value, low), high)


@njit
def total(row):
    whole = 0.0
    for at in range(len(row)):
        whole += row[at]
    return whole


@njit
def move(into, array):
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            into[i, j] = array[i, j]


@njit
def nothing(joint):
    states, _, alternatives = joint.shape
    for i in range(states):
        for j in range(states):
            for a in range(alternatives):
                joint[i, j, a] = False
