"""Hierarchical models as bit sets, against definitions written out in full."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from mse.kernels.lattice import (
    closure,
    count_models,
    enumerate_models,
    faces,
    interactions,
    maximal,
    model_masks,
)


def subsets(mask: int) -> set[int]:
    bits = [1 << b for b in range(mask.bit_length()) if mask >> b & 1]
    return {sum(c) for c in chain.from_iterable(combinations(bits, size) for size in range(len(bits) + 1))}


def test_closure_is_every_subset() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        masks = [int(m) for m in rng.integers(0, 64, rng.integers(0, 5))]
        expected = set().union({0}, *(subsets(mask) for mask in masks))
        assert closure(masks) == expected
        assert closure(expected) == expected
        assert closure(maximal(expected)) == expected


def test_faces_have_one_list_less() -> None:
    for mask in range(1, 64):
        assert set(faces(mask)) == {s for s in subsets(mask) if s.bit_count() == mask.bit_count() - 1}


def test_interactions_by_size() -> None:
    for k in range(2, 7):
        found = interactions(k, k).tolist()
        assert sorted(found) == [m for m in range(1 << k) if m.bit_count() >= 2]
        assert [m.bit_count() for m in found] == sorted(m.bit_count() for m in found)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_enumeration_against_every_set_of_terms(k: int) -> None:
    """A model holds all faces of its terms; the saturated one is left out."""
    inter = [int(m) for m in interactions(k, k)]
    place = {m: i for i, m in enumerate(inter)}
    expected = {
        bits
        for bits in range(1 << len(inter))
        if all(
            bits >> place[face] & 1
            for i, mask in enumerate(inter)
            if bits >> i & 1
            for face in faces(mask)
            if face in place
        )
    } - {(1 << len(inter)) - 1}
    models = enumerate_models(k, k)
    assert len(models) == len(set(models.tolist()))
    assert set(models.tolist()) == expected


def test_numbers_of_models() -> None:
    assert [len(enumerate_models(k, k)) for k in (2, 3, 4, 5)] == [1, 8, 113, 6893]
    assert [len(enumerate_models(k, 2)) for k in (3, 4, 5, 6)] == [8, 64, 1024, 32_768]
    assert count_models(7, 2, 10**7) == 2**21
    assert count_models(7, 7, 10**6) is None


def test_forced_terms() -> None:
    inter = interactions(4, 3)
    forced = 0b11
    models = enumerate_models(4, 3, forced=forced)
    everything = enumerate_models(4, 3)
    assert set(models.tolist()) == {m for m in everything.tolist() if m & forced == forced}
    masks = model_masks(int(models[0]), inter, 4)
    assert masks[:5].tolist() == [0, 1, 2, 4, 8]
