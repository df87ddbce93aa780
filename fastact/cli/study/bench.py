"""Where a library is measured: in this process, or in one of its own that is held to an ISA."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.managers import BaseManager, RemoteError
from typing import cast

import numpy as np

import fastact
from fastact.cli.catalogue import ACTIVATIONS
from fastact.cli.machine import cpu_facts, installed
from fastact.cli.study.accuracy import accuracy
from fastact.cli.study.layouts import Data
from fastact.cli.study.peers import PEERS, Operation, Peer, load
from fastact.cli.study.results import CONTIGUOUS, Accuracy, Setting
from fastact.cli.study.timing import Sampler

ISAS = ("avx512", "avx2", "scalar")

# What each library is told, before it is imported, to use no wider instructions than these.
_VARIABLES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "torch": {
        "ATEN_CPU_CAPABILITY": ("avx512", "avx2", "default"),
        "ONEDNN_MAX_CPU_ISA": ("AVX512_CORE", "AVX2", "SSE41"),
        "MKL_ENABLE_INSTRUCTIONS": ("", "AVX2", "SSE4_2"),
    },
    "jax": {
        "XLA_FLAGS": (
            "--xla_cpu_max_isa=AVX512",
            "--xla_cpu_max_isa=AVX2",
            "--xla_cpu_max_isa=SSE4_2",
        )
    },
    "numba": {
        "NUMBA_CPU_NAME": ("", "x86-64-v3", "x86-64"),
        "NUMBA_CPU_FEATURES": ("", "+avx2,+fma", "+sse2"),
    },
}

# These compute by NumPy's loops, or beside them, and have no setting of their own.
_ON_NUMPY = ("numpy", "scipy", "numexpr")

# NumPy expressions overflow on the way to right results.
_silently = np.errstate(all="ignore")


class Bench(Sampler):
    """A library, the arrays it computes on, and the call that is measured next."""

    def __init__(self, peer: Peer, data: Data) -> None:
        self._peer = peer
        self._data = data

    @_silently
    def prepare(self, setting: Setting) -> tuple[int, bool] | None:
        """Get ready to measure a setting, if the library has it.

        Return how many threads it can use, and whether each call makes a new array.
        """
        peer = self._peer
        if setting.layout != CONTIGUOUS and not peer.views:
            return None
        x, g, _ = self._data.get(setting.dtype, setting.elements, setting.layout)
        operation = Operation(ACTIVATIONS[setting.function], setting.form, x, g)
        call = peer.prepare(operation, setting.threads)
        if call is None:
            return None
        super().__init__(call)
        return peer.threads(setting.threads), peer.new_output

    @_silently
    def accuracy(self, setting: Setting) -> Accuracy | None:
        """Compare the library with the reference."""
        return accuracy(setting, self._peer)

    calibrate = _silently(Sampler.calibrate)
    sample = _silently(Sampler.sample)


# ---- in a process of its own ----


def hold(isa: str, peer: str) -> Mapping[str, str]:
    """Return the environment that holds a peer to an instruction set, empty where there is none."""
    if peer in _ON_NUMPY:
        names = _numpy_features(isa)
        return {"NPY_DISABLE_CPU_FEATURES": " ".join(names)} if names else {}
    values = {name: values[ISAS.index(isa)] for name, values in _VARIABLES.get(peer, {}).items()}
    return {name: value for name, value in values.items() if value}


def _numpy_features(isa: str) -> list[str]:
    """Return what NumPy could use here and is not to."""
    umath = import_module("numpy._core._multiarray_umath")
    there: Mapping[str, bool] = umath.__cpu_features__
    beyond = {"avx512": ("AVX512_SPR", "AVX10"), "avx2": ("AVX512", "AVX10", "X86_V4")}
    return [
        name
        for name in umath.__cpu_dispatch__
        if there.get(name) and (isa == "scalar" or name.startswith(beyond[isa]))
    ]


def wider(isa: str) -> bool:
    """Return whether the CPU has vector instructions beyond an instruction set."""
    beyond = {"avx512": "amx", "avx2": "avx512", "scalar": "avx"}[isa]
    return any(str(flag).startswith(beyond) for flag in cpu_facts().get("flags", []))


def held(isa: str, peer: str) -> str:
    """Return in words what a peer was held to."""
    variables = hold(isa, peer)
    if variables:
        return " ".join(f"{name}={value}" for name, value in variables.items())
    here = "NumPy uses nothing wider here" if wider(isa) else "the CPU has nothing wider"
    return f"nothing to do: {here}"


def hold_fastact(isa: str) -> None:
    """Let fastact itself use an instruction set that a study holds all to."""
    available = fastact.available_isas()
    if "neon" in available:
        raise ValueError("other libraries can be limited on x86-64 alone")
    if isa not in available:
        raise ValueError(f"{isa} is not available here. Choose from: {', '.join(available)}")
    fastact.use_isa(isa)


class _Manager(BaseManager):
    """Makes a bench in a process of its own."""


def _make(name: str, seed: int) -> Bench:
    fastact.set_num_threads(1)  # the reference alone uses it there
    return Bench(PEERS[name](), Data(seed))


_Manager.register("bench", _make, exposed=("prepare", "calibrate", "sample", "accuracy"))


def benches(
    stack: ExitStack, names: Sequence[str], seed: int, isa: str | None, *, required: bool
) -> tuple[dict[str, Bench], list[str]]:
    """Import peers, here or each in a process of its own that is held to an instruction set.

    The processes end with the stack. What `load` says of missing peers holds here. Those that
    cannot be held are left out even where they are required.
    """
    if isa is None:
        data = Data(seed)
        peers, missing = load(names, required=required)
        return {peer.name: Bench(peer, data) for peer in peers}, missing
    found, missing = {}, []
    for name in names if required else [name for name in names if name in installed()]:
        if wider(isa) and name not in _VARIABLES and name not in _ON_NUMPY:
            missing.append(f"{name} cannot be held to {isa}, and would use what the CPU has")
            continue
        manager = _Manager(ctx=get_context("spawn"))
        with _environment(hold(isa, name)):
            manager.start()
        stack.callback(manager.shutdown)
        try:
            found[name] = cast(Bench, manager.bench(name, seed))  # type: ignore[attr-defined]
        except RemoteError as error:
            reason = f"{name} cannot be used: {str(error).strip().splitlines()[-2]}"
            if required:
                raise ValueError(reason) from error
            missing.append(reason)
    return found, missing


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
