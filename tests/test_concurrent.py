"""Python threads that share the ufuncs: no interpreter lock is relied on for what is right."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path

import pytest
from soak import MOST_GROWTH, Soak

import fastact as fa

ROOT = Path(fa.__file__).parents[1]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

# A variable of static storage that may change and is neither atomic nor of one thread.
MUTABLE = re.compile(
    r"^\s*static (?!inline|const |_Thread_local|atomic_|.*\bconst\b[^;(]*=)[^(]*?[;=]", re.M
)


@pytest.mark.skipif(not (ROOT / "src_c").is_dir(), reason="needs the sources")
def test_no_variable_is_shared_that_is_not_atomic() -> None:
    found = {
        (path.name, match.group().strip())
        for path in (ROOT / "src_c").rglob("*.[ch]*")
        for match in MUTABLE.finditer(path.read_text())
    }
    assert not found
    assert MUTABLE.search("static int counter;")
    source = (ROOT / "fastact" / "_ufuncs.pyx").read_text()
    assert "freethreading_compatible=True" in source


def assert_held(figures: dict[str, object]) -> None:
    assert not figures["wrong"]
    assert figures["hung"] == 0
    assert figures["calls"] > 100
    assert figures["traced growth, kB"] < MOST_GROWTH


@linux
@pytest.mark.filterwarnings("ignore:overflow")  # of 90^3 in float16
def test_threads_that_change_everything() -> None:
    assert_held(Soak(seconds=3, threads=16).run())


@linux
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:overflow")
def test_ten_seconds_of_the_soak() -> None:
    figures = Soak(seconds=10, threads=32).run()
    assert_held(figures)
    assert figures["forks"] > 5


@pytest.mark.skipif(not fa.show_runtime()["openmp"], reason="built without OpenMP")
def test_one_context_manager_in_two_threads() -> None:
    limit = fa.num_threads(5)
    seen: list[int] = []
    inside, left = threading.Event(), threading.Event()

    def other() -> None:
        with limit:
            inside.set()
            left.wait(10)
        seen.append(fa.get_num_threads())

    before = fa.get_num_threads()
    with fa.num_threads(3):
        with limit:
            worker = threading.Thread(target=other)
            worker.start()
            inside.wait(10)
        seen.append(fa.get_num_threads())
        left.set()
        worker.join(10)
    assert seen == [3, before]
