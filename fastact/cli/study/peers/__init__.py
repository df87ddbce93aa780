"""The libraries that fastact is measured beside, imported when they are asked for.

How a user of each writes an activation is said in `written`.
"""

from collections.abc import Mapping, Sequence

from fastact.cli.machine import installed
from fastact.cli.study.peers.base import Fastact, Operation, Peer
from fastact.cli.study.peers.expressions import Numba, Numexpr, Numpy, Scipy
from fastact.cli.study.peers.frameworks import Jax, OnnxRuntime, Torch

__all__ = ["PEERS", "QUICK_PEERS", "Fastact", "Operation", "Peer", "load"]

PEERS: Mapping[str, type[Peer]] = {
    peer.name: peer for peer in (Torch, Jax, OnnxRuntime, Numpy, Scipy, Numexpr, Numba)
}

# Those that a quick study has time for, unless others are named.
QUICK_PEERS = ("torch", "jax", "onnxruntime", "numpy", "scipy")


def load(names: Sequence[str], *, required: bool) -> tuple[list[Peer], list[str]]:
    """Import peers; return them, and which are installed and cannot be imported, with the reason.

    Where they are required, one that cannot be imported is a ValueError.
    """
    peers: list[Peer] = []
    missing: list[str] = []
    found = installed()
    for name in names if required else [name for name in names if name in found]:
        try:
            peers.append(PEERS[name]())
        except ImportError as error:
            reason = f"{name} cannot be used: {error}"
            if isinstance(error, ModuleNotFoundError):
                reason = f"{name} needs {error.name}, which is not installed"
            if required:
                raise ValueError(f"{reason}: pip install {name}") from error
            missing.append(reason)
    return peers, missing
