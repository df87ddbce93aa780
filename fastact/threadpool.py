"""fastact among the libraries of threadpoolctl: ``import fastact.threadpool`` enters it there.

`threadpoolctl.threadpool_info` then lists the limit of the process under the name ``fastact``, and
`threadpoolctl.threadpool_limits` sets it, ``threadpool_limits(2, user_api="fastact")``. The limit
of OpenMP, which fastact keeps besides, is there without this.
"""

from __future__ import annotations

import threadpoolctl

from fastact import _runtime

__all__ = ["Controller"]


class Controller(threadpoolctl.LibController):  # type: ignore[misc]
    """The extension module, told from others of its name by the functions that it exports."""

    user_api = "fastact"
    internal_api = "fastact"
    filename_prefixes = ("_ufuncs",)
    check_symbols = ("fastact_get_num_threads", "fastact_set_num_threads")

    def get_num_threads(self) -> int:
        """Return the limit of the process, or of `fastact.num_threads` in this thread."""
        return int(self.dynlib.fastact_get_num_threads())

    def set_num_threads(self, num_threads: int) -> None:
        """Set the limit of the process."""
        self.dynlib.fastact_set_num_threads(num_threads)

    def get_version(self) -> str:
        """Return the version of fastact."""
        return _runtime._version()


threadpoolctl.register(Controller)
