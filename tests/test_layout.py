"""Byte order, alignment, strides and record fields change no bit of a result."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from cases import ACTIVATIONS, Case, assert_same, every_case, outputs, sample
from numpy.lib.stride_tricks import as_strided

import fastact as fa

FLOATS = [np.float32, np.float64, np.float16]


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_byte_swapped(case: Case, dtype: type) -> None:
    operands = sample(case, 300, dtype)
    swapped = [o.astype(o.dtype.newbyteorder()) for o in operands]
    want = case.ufunc(*operands)
    assert_same(case.ufunc(*swapped), want)
    out = tuple(np.empty(300, np.dtype(dtype).newbyteorder()) for _ in outputs(want))
    case.ufunc(*swapped, out=out)
    assert_same(tuple(o.astype(dtype) for o in out), want)


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_misaligned(case: Case, dtype: type) -> None:
    def shifted(x: np.ndarray, offset: int) -> np.ndarray:
        room = np.zeros(x.nbytes + 8, np.uint8)
        view = room[offset : offset + x.nbytes].view(dtype)
        view[...] = x
        return view

    operands = sample(case, 131, dtype)
    want = case.ufunc(*operands)
    for offset in range(1, 8):
        assert_same(case.ufunc(*(shifted(o, offset) for o in operands)), want)
        out = tuple(shifted(np.zeros(131, dtype), offset) for _ in outputs(want))
        assert_same(case.ufunc(*operands, out=out), want)


@every_case
def test_record_fields(case: Case) -> None:
    operands = sample(case, 77)
    names = ["x", "y", "w"][: case.arrays]
    packed = np.zeros(77, np.dtype([("a", "u1"), *((n, "f4") for n in [*names, "z"])]))
    for name, operand in zip(names, operands, strict=True):
        packed[name] = operand
    fields = [packed[name] for name in names]
    want = case.ufunc(*operands)
    assert_same(case.ufunc(*fields), want)
    case.ufunc(*fields, out=(packed["z"],) + (None,) * (case.ufunc.nout - 1))
    assert_same(packed["z"].copy(), outputs(want)[0])
    assert not packed["a"].any()
    assert_same(packed["x"].copy(), operands[0])


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_strides(case: Case, dtype: type) -> None:
    item = np.dtype(dtype).itemsize
    for stride in (-1, 2, -3, 5, 64, 1023):
        operands = sample(case, 45 * abs(stride), dtype)
        views = [o[::stride] for o in operands]
        assert_same(case.ufunc(*views), case.ufunc(*[v.copy() for v in views]))
    windows = [as_strided(o, (30, 8), (item, item)) for o in sample(case, 40, dtype)]
    assert_same(case.ufunc(*windows), case.ufunc(*[w.copy() for w in windows]))
    repeated = [np.broadcast_to(o, (9, 5)) for o in sample(case, (9, 1), dtype)]
    assert_same(case.ufunc(*repeated), case.ufunc(*[r.copy() for r in repeated]))


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_short_rows_apart(case: Case, dtype: type, isa: str) -> None:
    """Lanes that a row leaves empty are filled from the rows below, and from no others."""
    unusual = [np.nan, np.inf, -np.inf, np.finfo(dtype).max, np.finfo(dtype).tiny / 3, -20.0]
    for length in (1, 7, 16, 17, 31, 50, 64, 100, 200):
        shape = (11, length + 3)
        operands = sample(case, shape, dtype, seed=length)
        operands[0].flat[:: 2 * length + 5] = np.resize(
            unusual, len(operands[0].flat[:: 2 * length + 5])
        )
        operands += [
            np.linspace(0.5, 2, 11).astype(dtype).reshape(-1, 1) * dtype(default)
            for default in ACTIVATIONS[case.name]["parameters"].values()
        ]
        rooms = [np.full(shape, 7, dtype) for _ in range(case.ufunc.nout)]
        with np.errstate(all="ignore"):
            case.ufunc(
                *(o[:, :length] for o in operands), out=tuple(y[:, 2 : length + 2] for y in rooms)
            )
            for row in range(11):
                want = case.ufunc(*(o[row, :length].copy() for o in operands))
                assert_same(tuple(y[row, 2 : length + 2] for y in rooms), want)
        for y in rooms:
            assert (y[:, :2] == 7).all()
            assert (y[:, length + 2 :] == 7).all()


def test_a_stride_that_is_no_multiple_of_the_item() -> None:
    raw = np.random.default_rng(0).normal(size=400).astype(np.float32).view(np.uint8)
    odd = as_strided(raw.view(np.float32), (150,), (10,))
    assert_same(fa.tanh(odd), fa.tanh(odd.copy()))


@pytest.mark.skipif(sys.platform == "win32", reason="needs files with holes")
def test_a_stride_beyond_two_gigabytes(tmp_path: object) -> None:
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(3 * (1 << 31) + 64)
    far = np.memmap(tmp_path / "sparse", np.uint8, mode="r+")
    x = as_strided(far.view(np.float32), (3, 4), (1 << 31, 4))
    x[...] = np.arange(12).reshape(3, 4) - 6
    assert_same(fa.silu(x), fa.silu(np.array(x)))
    fa.relu(x, out=x)
    assert_same(np.array(x), np.maximum(np.arange(12).reshape(3, 4) - 6, 0).astype(np.float32))


def test_many_axes() -> None:
    x = np.random.default_rng(0).normal(size=2**12).astype(np.float32)
    turned = x.reshape((2,) * 12).transpose(np.random.default_rng(1).permutation(12))
    deep = turned.reshape(turned.shape + (1,) * 40)
    assert_same(fa.sigmoid(turned), fa.sigmoid(turned.copy()))
    assert_same(fa.sigmoid(deep).reshape(turned.shape), fa.sigmoid(turned.copy()))


def test_read_only_and_mapped(tmp_path: object) -> None:
    x = np.linspace(-5, 5, 1000, dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    x.flags.writeable = False
    assert_same(np.asarray(fa.silu(mapped)), fa.silu(x))
    out = np.lib.format.open_memmap(tmp_path / "y.npy", "w+", np.float32, (1000,))
    fa.silu(mapped, out=out)
    out.flush()
    assert_same(np.load(tmp_path / "y.npy"), fa.silu(x))
