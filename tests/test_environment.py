"""The floating-point environment is the caller's: used on every thread, and left as it was."""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from cases import (
    OF_ONE_ARRAY,
    Case,
    assert_same,
    every_activation,
    every_case,
    form,
    outputs,
    run_python,
)

import fastact as fa
from fastact import _ufuncs

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and platform.machine() == "x86_64"),
    reason="knows the fenv_t of Linux on x86-64",
)
FLUSH = 0x8040  # FTZ and DAZ
DOWNWARD = 0x2000
UPWARD = 0x4000
TO_ZERO = 0x6000
CONTROL = 0xFFC0  # masks, rounding, FTZ, DAZ: all but the status flags
MXCSR = 7  # its place in fenv_t, in words


def environment() -> ctypes.Array[ctypes.c_uint32]:
    libm = ctypes.CDLL("libm.so.6")
    words = (ctypes.c_uint32 * 8)()
    assert libm.fegetenv(ctypes.byref(words)) == 0
    return words


def mxcsr() -> int:
    return environment()[MXCSR] & CONTROL


@contextmanager
def with_mxcsr(bits: int) -> Iterator[None]:
    libm = ctypes.CDLL("libm.so.6")
    before = environment()
    changed = (ctypes.c_uint32 * 8)(*before)
    changed[MXCSR] |= bits
    assert libm.fesetenv(ctypes.byref(changed)) == 0
    try:
        yield
    finally:
        libm.fesetenv(ctypes.byref(before))


X = np.concatenate(
    [
        np.random.default_rng(0).normal(0, 30, 300_000),
        np.random.default_rng(1).normal(0, 1e-39, 50_000),
    ]
).astype(np.float32)


@every_activation
@pytest.mark.parametrize(
    "bits", [FLUSH, DOWNWARD, UPWARD, TO_ZERO], ids=["flush", "downward", "upward", "to-zero"]
)
def test_one_result_for_every_thread_count(
    name: str, bits: int, threads: Callable[[int], None]
) -> None:
    threads(2)
    form(name, "value")(X)  # the team is made before the word changes
    with with_mxcsr(bits):
        word = mxcsr()
        two = form(name, "value")(X), form(name, "grad")(X)
        threads(1)
        one = form(name, "value")(X), form(name, "grad")(X)
        assert mxcsr() == word
    assert_same(two, one)


@pytest.mark.parametrize("bits", [FLUSH, UPWARD], ids=["flush", "upward"])
def test_the_word_may_be_set_before_there_is_a_team(bits: int) -> None:
    # The helpers inherit it when they are made, and must not keep it for later calls.
    run_python(
        f"""
        import ctypes, numpy as np, fastact as fa
        x = np.random.default_rng(0).normal(0, 1e-38, 400_000).astype(np.float32)
        fa.set_num_threads(1)
        plain = fa.silu(x)
        libm = ctypes.CDLL("libm.so.6")
        before, changed = (ctypes.c_uint32 * 8)(), (ctypes.c_uint32 * 8)()
        libm.fegetenv(before)
        libm.fegetenv(changed)
        changed[{MXCSR}] |= {bits}
        libm.fesetenv(changed)
        one = fa.silu(x)
        fa.set_num_threads(2)
        two = fa.silu(x)
        libm.fesetenv(before)
        assert np.array_equal(one, two)
        assert not np.array_equal(one, plain)
        assert np.array_equal(fa.silu(x), plain)
        """,
        OMP_NUM_THREADS="2",
    )


@pytest.mark.parametrize("bits", [FLUSH, DOWNWARD, UPWARD, TO_ZERO])
@pytest.mark.parametrize("name", _ufuncs.AXIS_UFUNCS)
def test_one_result_along_an_axis(name: str, bits: int, threads: Callable[[int], None]) -> None:
    ufunc = _ufuncs.AXIS_UFUNCS[name]
    for shape in ((500, 700), (1, 350_000)):  # rows for each thread, and parts of a row
        x = X.reshape(shape)
        operands = [x, np.abs(x) / 1000][: ufunc.nin]
        with with_mxcsr(bits):
            word = mxcsr()
            threads(1)
            want = ufunc(*operands)
            for count in (2, 5):
                threads(count)
                assert_same(ufunc(*operands), want)
            assert mxcsr() == word


@every_case
@pytest.mark.parametrize("bits", [0, FLUSH, DOWNWARD, UPWARD, TO_ZERO])
def test_no_neighbour_changes_a_bit(case: Case, bits: int) -> None:
    # Beside large arguments, whose results underflow, a kernel goes another way.
    few = np.array([0.0, -0.0, 1.0, -1.0, 1e-40, 3.0], np.float32)
    far = np.array([-90.0, 90.0, -1e30, np.inf], np.float32)
    with np.errstate(over="ignore"), with_mxcsr(bits):
        alone = outputs(case.ufunc(*[few] * case.arrays))
        beside = outputs(case.ufunc(*[np.concatenate([few, far])] * case.arrays))
    assert_same(tuple(y[: few.size] for y in beside), alone)


def test_a_call_leaves_the_control_word() -> None:
    word = mxcsr()
    for name in OF_ONE_ARRAY:
        for x in (X[:3], X[:1000], X, X[::2], X[0]):
            form(name, "value")(x)
        assert mxcsr() == word


def test_importing_leaves_the_control_word() -> None:
    done = run_python("""
        import ctypes, numpy
        libm = ctypes.CDLL("libm.so.6")
        words = (ctypes.c_uint32 * 8)()
        def control():
            libm.fegetenv(ctypes.byref(words))
            return words[7] & 0xFFC0
        before = control()
        import fastact
        print(control() == before)
    """)
    assert done.stdout.strip() == "True"


@every_activation
def test_long_double_right_after(name: str, isa: str) -> None:
    third = np.longdouble(1) / np.longdouble(3)
    x = np.linspace(-3, 3, 50, dtype=np.float32)
    for dtype in (np.float32, np.float64, np.float16):
        for f in ("value", "grad", "value_and_grad"):
            form(name, f)(x.astype(dtype))
            assert np.longdouble(1) / np.longdouble(3) == third
            assert np.sqrt(np.longdouble(2)) ** 2 - 2 < 1e-18


def test_the_other_threads_of_the_process_keep_theirs(threads: Callable[[int], None]) -> None:
    # The helpers of a team get the caller's word for the call alone.
    threads(2)
    tiny = np.full(300_000, 1e-40, np.float32)
    with with_mxcsr(FLUSH):
        fa.identity(X)
    assert (fa.silu(tiny) != 0).all()
    assert (fa.identity(tiny) == tiny).all()
