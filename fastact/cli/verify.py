"""Accuracy against the reference: which inputs are tried, what is counted, and the verdict.

A job is a form of an activation in one dtype. Its inputs come in blocks; true values are computed
once a block and every instruction set is held against them. What the blocks find adds up.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from itertools import repeat
from multiprocessing import get_context
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import fastact
from fastact.cli import exact, reference
from fastact.cli.catalogue import ACTIVATIONS, EXTRA_FORMS, PARAMETER_FORMS, Activation, dtype_of
from fastact.cli.landmarks import landmarks
from fastact.cli.machine import usable_cpus

DTYPES = ("float32", "float64", "float16", "bfloat16")
# All but value_and_grad, which is two of them.
FORMS = ("value", "grad", "backward", *PARAMETER_FORMS, *EXTRA_FORMS)

# What a process is given at a time, and its pieces, which stay in its cache.
_BLOCK = 1 << 20
_PIECE = 1 << 16
_FEW = 500  # of float64, which mpmath takes its time over

# How near to a tie, relatively, a result known to float64 may be one.
_NEAR = 2.0**-50

# A sample takes one float32 pattern in so many; odd, so that all low bits occur.
_STRIDE = 4099


@dataclass(frozen=True)
class Job:
    """A form of an activation in one dtype, on the instruction sets to be checked."""

    name: str
    form: str
    dtype: str
    isas: tuple[str, ...]


# Bit patterns of inputs, or the inputs themselves.
Block: TypeAlias = range | NDArray[Any]


@dataclass(frozen=True)
class Tally:
    """What has been found of one job on one instruction set."""

    tried: int = 0
    correct: int = 0  # how many gave the correctly rounded result
    max_ulp: float = 0.0  # the largest error; inf for a missing or superfluous NaN or infinity
    worst_input: float | None = None  # where that was, None while nothing has been wrong
    got: float | None = None
    wanted: float | None = None
    gradient: float | None = None  # there, of a form that takes one

    @property
    def operands(self) -> tuple[float, ...]:
        """The operands of the largest error, none while nothing has been wrong."""
        return tuple(v for v in (self.gradient, self.worst_input) if v is not None)

    def __add__(self, other: "Tally") -> "Tally":
        """Take in what was found in another block."""

        def rank(tally: Tally) -> tuple[float, float, float]:
            x = tally.worst_input or 0.0
            return tally.max_ulp, -abs(x), x  # of equal errors the input nearest to 0, positive

        worst = max(self, other, key=rank)
        return replace(worst, tried=self.tried + other.tried, correct=self.correct + other.correct)


@dataclass
class Verdict:
    """The result for a job on one instruction set."""

    name: str
    form: str
    dtype: str
    isa: str
    bound: float
    tally: Tally = field(default_factory=Tally)

    @property
    def passed(self) -> bool:
        """Whether the promise was kept."""
        return self.tally.max_ulp <= self.bound

    def as_dict(self) -> dict[str, object]:
        """Return what goes into the JSON, with the floats in hexadecimal beside."""
        tally = self.tally
        worst = {"worst_input": tally.worst_input, "got": tally.got, "wanted": tally.wanted}
        return {
            **asdict(self),
            "passed": self.passed,
            "hex": {key: None if value is None else value.hex() for key, value in worst.items()},
        }


def jobs(
    activations: Iterable[Activation],
    forms: Sequence[str],
    dtypes: Sequence[str],
    isas: Sequence[str],
) -> list[Job]:
    """Return a job for every form that exists, of activations of one array."""
    return [
        Job(row.name, form, dtype, tuple(isas))
        for row in activations
        if row.arrays == 1
        for dtype in dtypes
        for form in forms
        if form in row.forms
    ]


def blocks(dtype: str, *, exhaustive: bool, points: int) -> list[Block]:
    """Return the inputs for a dtype: the half types in full, all float32 ones if exhaustive.

    Those of float64 are the designed ones, and `points` random ones.
    """
    if dtype in ("float16", "bfloat16"):
        return [range(1 << 16)]
    if dtype == "float64":
        starts = range(0, points, _FEW)
        random = [_random(min(_FEW, points - start), seed=1 + start) for start in starts]
        return [designed(np.dtype(dtype)), *random]
    if exhaustive:
        return [range(start, start + _BLOCK) for start in range(0, 1 << 32, _BLOCK)]
    return [designed(np.dtype(dtype)), range(0, 1 << 32, _STRIDE)]


def inputs(block: Block, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the inputs of a block as an array."""
    if not isinstance(block, range):
        return block
    patterns = np.arange(block.start, block.stop, block.step, dtype=np.int64)
    return patterns.astype(f"u{dtype.itemsize}").view(dtype)


def _random(count: int, seed: int) -> NDArray[np.float64]:
    """Return any float64 numbers, half of them of ordinary size."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 1 << 64, count, dtype=np.uint64).view(np.float64)
    x[::2] = np.exp2(rng.uniform(-8, 10, x[::2].size)) * rng.choice([-1, 1], x[::2].size)
    return x


def verify(
    work: Sequence[Job],
    *,
    exhaustive: bool = False,
    points: int = 2000,
    report: Callable[[Job, int], None],
    finished: Callable[[Verdict], None],
) -> None:
    """Check jobs one after another, telling of each block that is done and of each verdict.

    All float32 inputs are walked by a process per CPU.
    """
    with ExitStack() as stack:
        pool = None
        if exhaustive and any(job.dtype == "float32" for job in work):
            pool = ProcessPoolExecutor(usable_cpus(), get_context("spawn"), _start_worker)
            stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        for job in work:
            report(job, 0)
            bound = ACTIVATIONS[job.name].bound(job.form, job.dtype)
            verdicts = {isa: Verdict(job.name, job.form, job.dtype, isa, bound) for isa in job.isas}
            todo = blocks(job.dtype, exhaustive=exhaustive, points=points)
            each: Any = pool.map if pool and job.dtype == "float32" else map
            for found in each(check, repeat(job), todo):
                for isa, tally in found.items():
                    verdicts[isa].tally += tally
                report(job, 1)
            for verdict in verdicts.values():
                finished(verdict)


def _start_worker() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's affair
    fastact.set_num_threads(1)


def check(job: Job, block: Block) -> dict[str, Tally]:
    """Compare one block with the reference, on each instruction set."""
    x = inputs(block, dtype_of(job.dtype))
    found = {isa: Tally() for isa in job.isas}
    for start in range(0, x.size, _PIECE):
        for isa, tally in _check_piece(job, x[start : start + _PIECE]).items():
            found[isa] += tally
    return found


def _check_piece(job: Job, x: NDArray[Any]) -> dict[str, Tally]:
    operands = _operands(job, x)
    ufunc = ACTIVATIONS[job.name].ufunc(job.form)
    if job.dtype == "float64":
        truth = exact.evaluate(job.name, job.form, *operands)
        right = wanted = truth.nearest
    else:
        truth = None
        wanted = _by_x(reference.evaluate(job.name, job.form, *operands))
        right = _correct(job, operands, wanted)
    found = {}
    before = fastact.isa()
    try:
        for isa in job.isas:
            fastact.use_isa(isa)
            with np.errstate(over="ignore"):  # products can overflow
                got = _by_x(ufunc(*operands))
            found[isa] = _tally(operands, got, wanted, right, truth)
    finally:
        fastact.use_isa(before)
    return found


def _operands(job: Job, x: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return what a form takes for arguments x: itself, or a gradient and itself or the value."""
    if not job.form.startswith("backward"):
        return (x,)
    rng = np.random.default_rng(list(x[:1].tobytes()))
    g = rng.normal(0, 1, x.size).astype(x.dtype)
    return g, x if job.form == "backward" else ACTIVATIONS[job.name].ufunc("value")(x)


def _by_x(results: Any) -> Any:
    """Return the first of some gradients, that by x."""
    return results[0] if isinstance(results, tuple) else results


def _tally(
    operands: tuple[NDArray[Any], ...],
    got: NDArray[Any],
    wanted: NDArray[np.float64],
    right: NDArray[Any],
    truth: exact.Exact | None,
) -> Tally:
    correct = (got == right) | (np.isnan(got) & np.isnan(right))
    tally = Tally(tried=got.size, correct=int(np.count_nonzero(correct)))
    if truth is None and tally.correct < got.size:
        # No correctly rounded result is further off than any other.
        operands = tuple(operand[~correct] for operand in operands)
        got, wanted = got[~correct], wanted[~correct]
    elif truth is None and np.array_equal(got, wanted, equal_nan=True):
        return tally
    error = truth.ulp_error(got) if truth else reference.ulp_error(got, wanted)
    k = int(np.argmax(error))
    if error[k] == 0:
        return tally
    *gradients, x = (float(operand[k]) for operand in operands)
    worst = x, float(got[k]), float(wanted[k])
    return Tally(tally.tried, tally.correct, float(error[k]), *worst, *gradients)


def _correct(
    job: Job, operands: tuple[NDArray[Any], ...], wanted: NDArray[np.float64]
) -> NDArray[Any]:
    """Return true values, known to float64, rounded to the dtype of the operands.

    About one in a thousand results of half precision is a tie, or near to one beyond float64.
    """
    dtype = operands[0].dtype
    right = reference.round_to(wanted, dtype)
    if dtype.itemsize > 2:
        return right
    low, high = (reference.round_to(wanted * factor, dtype) for factor in (1 - _NEAR, 1 + _NEAR))
    ties = (low != high) & np.isfinite(wanted)
    if ties.any():
        truth = exact.evaluate(job.name, job.form, *(operand[ties] for operand in operands))
        right[ties] = truth.rounded_to(dtype)
    return right


def designed(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return inputs of every magnitude, about each landmark, and the ends of the format."""
    info = np.finfo(dtype)
    rng = np.random.default_rng(7)
    exponents = np.arange(info.minexp - info.nmant, info.maxexp)
    each = 30
    if dtype.itemsize == 8:  # mpmath is slow: fewer where little happens
        exponents = exponents[((exponents > -70) & (exponents < 11)) | (exponents % 29 == 0)]
        each = 4
    mantissas = np.concatenate([[1.0, 2.0 - 2.0 * info.eps], rng.uniform(1, 2, each)])
    magnitudes = np.ldexp(mantissas, exponents[:, None]).ravel().astype(dtype)
    patterns = np.array(landmarks(), dtype=dtype).view(f"i{dtype.itemsize}")
    steps = np.arange(-3, 4) if dtype.itemsize == 8 else np.arange(-50, 51)
    around = (patterns[:, None] + steps.astype(patterns.dtype)).ravel().view(dtype)
    ends = np.array([0, info.smallest_subnormal, info.smallest_normal, info.max, np.inf], dtype)
    positive = np.concatenate([magnitudes, around, ends])
    return np.concatenate([positive, -positive, np.array([np.nan], dtype)])
