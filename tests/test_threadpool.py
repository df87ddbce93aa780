"""Limits that others set: threadpoolctl, and parallel regions of OpenMP."""

from __future__ import annotations

import pytest
from cases import run_python

import fastact as fa
from fastact import _ufuncs

threadpoolctl = pytest.importorskip("threadpoolctl")
openmp = pytest.mark.skipif(not _ufuncs.has_openmp(), reason="without OpenMP")


@openmp
def test_get_num_threads_says_what_threadpoolctl_leaves() -> None:
    before = fa.get_num_threads()
    with threadpoolctl.threadpool_limits(1):
        assert fa.get_num_threads() == 1
        with fa.num_threads(4):
            assert fa.get_num_threads() == 1
    assert fa.get_num_threads() == before


@openmp
def test_it_is_listed_and_limited_under_its_name() -> None:
    done = run_python(
        """
        import threadpoolctl, fastact as fa, fastact.threadpool
        fa.set_num_threads(3)
        (own,) = [i for i in threadpoolctl.threadpool_info() if i["user_api"] == "fastact"]
        assert own["num_threads"] == 3 and own["version"] == fa.__version__, own
        with threadpoolctl.threadpool_limits(2, user_api="fastact"):
            assert fa.get_num_threads() == 2
        assert fa.get_num_threads() == 3
        """
    )
    assert done.stderr == ""
