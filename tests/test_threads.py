"""Threads: how many, who decides, and that nothing hangs or changes a result."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest
from cases import assert_same, run_python

import fastact as fa

X = np.random.default_rng(0).normal(0, 3, 400_000).astype(np.float32)
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
threaded = pytest.mark.skipif(not fa.show_runtime()["openmp"], reason="built without OpenMP")

# What the programs below begin with.
BEGIN = """
    import os, sys, warnings
    import numpy as np, fastact as fa
    x = np.random.default_rng(0).normal(0, 3, 2_000_000).astype(np.float32)
    fa.set_num_threads(1)
    want = fa.silu(x)
    fa.set_num_threads(2)
    def right():
        return np.array_equal(fa.silu(x), want)
"""


@pytest.mark.parametrize("wrong", [0, -1, 10**9, 10**30])
def test_numbers_out_of_range(wrong: int) -> None:
    before = fa.get_num_threads()
    for set_ in (fa.set_num_threads, fa.num_threads):
        with pytest.raises(ValueError, match="threads"):
            set_(wrong)
    assert fa.get_num_threads() == before


@pytest.mark.parametrize("wrong", [None, "2", 2.5, True, [2], np.float64(2)])
def test_no_numbers(wrong: object) -> None:
    before = fa.get_num_threads()
    for set_ in (fa.set_num_threads, fa.num_threads):
        with pytest.raises(TypeError, match="threads"):
            set_(wrong)
    assert fa.get_num_threads() == before


@threaded
def test_set_and_get() -> None:
    before = fa.get_num_threads()
    try:
        for count in (3, np.int64(2), 1):
            fa.set_num_threads(count)
            assert fa.get_num_threads() == count
    finally:
        fa.set_num_threads(before)


@threaded
def test_the_context_manager() -> None:
    before = fa.get_num_threads()
    limit = fa.num_threads(5)
    assert fa.get_num_threads() == before
    with limit:
        assert fa.get_num_threads() == 5
        with fa.num_threads(1):
            assert fa.get_num_threads() == 1
            with limit:
                assert fa.get_num_threads() == 5
            assert fa.get_num_threads() == 1
        assert fa.get_num_threads() == 5
    with pytest.raises(RuntimeError), fa.num_threads(3):
        raise RuntimeError
    assert fa.get_num_threads() == before


@threaded
def test_the_context_manager_is_of_one_thread() -> None:
    before = fa.get_num_threads()
    with fa.num_threads(7), ThreadPoolExecutor(1) as pool:
        assert pool.submit(fa.get_num_threads).result() == before
        assert fa.get_num_threads() == 7


@threaded
@pytest.mark.parametrize("variable", ["FASTACT_NUM_THREADS", "OMP_NUM_THREADS"])
@pytest.mark.parametrize("text", ["1", "2", "4,2", "0", "-1", "abc", "99999999999", ""])
def test_environment(variable: str, text: str) -> None:
    done = run_python(
        """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import fastact as fa
        import numpy as np
        x = np.linspace(-9, 9, 300_000, dtype=np.float32)
        with fa.num_threads(1):
            want = fa.silu(x)
        assert np.array_equal(fa.silu(x), want)
        ours = [w for w in caught if "FASTACT" in str(w.message)]
        print(fa.get_num_threads(), fa.show_runtime()["default_threads"], len(ours))
        """,
        **{variable: text},
    )
    count, default, warned = map(int, done.stdout.split())
    meant = text.split(",")[0]
    if meant in ("1", "2", "4"):
        assert count == int(meant)
    elif meant == "99999999999":
        assert count == min(1024, 4 * default)
    else:
        assert count == default
    assert warned == (variable.startswith("FASTACT") and meant in ("0", "-1", "abc", ""))


def test_environment_of_a_limited_or_dynamic_openmp() -> None:
    for environment in ({"OMP_THREAD_LIMIT": "1"}, {"OMP_DYNAMIC": "true"}):
        run_python(BEGIN + "\n    assert right()", **environment)


@linux
@threaded
def test_affinity_decides() -> None:
    done = run_python("""
        import os
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        import fastact as fa
        print(fa.get_num_threads())
    """)
    assert done.stdout.strip() == "1"


COUNT_TASKS = """
    import os, numpy as np, fastact as fa
    x = np.ones(2_000_000, np.float32)
    def team():
        before = len(os.listdir("/proc/self/task"))
        fa.silu(x)
        return len(os.listdir("/proc/self/task")) - before
"""


@linux
@threaded
def test_a_team_is_as_large_as_asked() -> None:
    done = run_python(
        COUNT_TASKS
        + """
    before = len(os.listdir("/proc/self/task"))
    fa.set_num_threads(1)
    print(team())
    fa.set_num_threads(3)
    fa.silu(x[:100])
    print(team())
    with fa.num_threads(1):
        print(team())
    """,
        OMP_NUM_THREADS="3",
    )
    assert done.stdout.split() == ["0", "2", "0"]


@linux
@threaded
def test_threadpoolctl_is_obeyed() -> None:
    pytest.importorskip("threadpoolctl")
    done = run_python(
        COUNT_TASKS
        + """
    import threadpoolctl
    fa.set_num_threads(2)
    with threadpoolctl.threadpool_limits(1, user_api="openmp"):
        print(team())
    with threadpoolctl.threadpool_limits(2, user_api="openmp"):
        print(team())
    """
    )
    assert done.stdout.split() == ["0", "1"]


@linux
@pytest.mark.parametrize("level", [1, 2])
def test_fork_after_use(level: int) -> None:
    run_python(
        BEGIN
        + f"""
    warnings.simplefilter("ignore")
    assert right()
    for level in range({level}):
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            assert right()
            os._exit(os.waitstatus_to_exitcode(status))
        assert right()
    os._exit(0)
    """
    )


@linux
def test_fork_from_another_thread_and_during_a_call() -> None:
    run_python(
        BEGIN
        + """
    import threading
    warnings.simplefilter("ignore")
    stop = threading.Event()
    wrong = []
    def work():
        while not stop.is_set():
            if not right():
                wrong.append(1)
    worker = threading.Thread(target=work)
    worker.start()
    def forks():
        for _ in range(8):
            child = os.fork()
            if not child:
                os._exit(0 if right() and right() else 1)
            if os.waitpid(child, 0)[1]:
                wrong.append(2)
    forker = threading.Thread(target=forks)
    forker.start()
    forker.join()
    stop.set()
    worker.join()
    assert not wrong, wrong
    """
    )


@linux
def test_a_pool_of_forked_processes() -> None:
    run_python(
        BEGIN
        + """
    import multiprocessing
    warnings.simplefilter("ignore")
    assert right()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for y in pool.map(fa.silu, [x[:200_000]] * 3):
            assert np.array_equal(y, want[:200_000])
    assert right()
    """
    )


def test_a_spawned_process() -> None:
    want = fa.silu(X)
    from multiprocessing import get_context

    with get_context("spawn").Pool(1) as pool:
        assert_same(pool.apply(fa.silu, (X,)), want)


def test_many_python_threads() -> None:
    want = fa.silu(X)
    wrong: list[int] = []
    barrier = threading.Barrier(32)

    def work(k: int) -> None:
        barrier.wait()
        for n in (10, 5000, X.size):
            out = np.empty(n, np.float32)
            fa.silu(X[:n], out=out)
            if not np.array_equal(out, want[:n]):
                wrong.append(k)

    workers = [threading.Thread(target=work, args=(k,)) for k in range(32)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not wrong
    assert not any(worker.is_alive() for worker in workers)


@linux
@threaded
def test_many_python_threads_do_not_multiply_the_teams() -> None:
    done = run_python(
        COUNT_TASKS
        + """
    import threading
    fa.set_num_threads(2)
    most = [0]
    gate = threading.Barrier(9)
    def work():
        gate.wait()
        for _ in range(20):
            fa.silu(x)
            most[0] = max(most[0], len(os.listdir("/proc/self/task")))
    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers: worker.start()
    gate.wait()
    for worker in workers: worker.join()
    print(most[0])
    """
    )
    # 1 main and 8 workers; each may keep the one helper that it once had.
    assert int(done.stdout) <= 1 + 2 * 8 + 1


def test_a_daemon_thread_at_exit() -> None:
    run_python(
        BEGIN
        + """
    import threading
    def work():
        while True:
            fa.silu(x)
    threading.Thread(target=work, daemon=True).start()
    assert right()
    """
    )


def test_a_call_at_exit() -> None:
    done = run_python(
        BEGIN
        + """
    import atexit
    atexit.register(lambda: print(right()))
    """
    )
    assert done.stdout.strip() == "True"


@linux
def test_signals_during_calls() -> None:
    run_python(
        BEGIN
        + """
    import signal
    seen = [0]
    def count(*_):
        seen[0] += 1
    signal.signal(signal.SIGALRM, count)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    results = [right() for _ in range(200)]
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert all(results) and seen[0] > 5
    """
    )


@linux
def test_an_interrupt_comes_after_the_call() -> None:
    run_python(
        BEGIN
        + """
    import signal, threading, time
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a background job
    out = np.zeros_like(x)
    big = np.broadcast_to(x, (40, x.size))
    room = np.zeros(big.shape, np.float32)
    threading.Timer(0.01, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    deadline = time.monotonic() + 30
    try:
        while time.monotonic() < deadline:
            fa.silu(big, out=room)
    except KeyboardInterrupt:
        assert all(np.array_equal(row, want) for row in room)
    else:
        raise AssertionError("no interrupt")
    """
    )


@linux
@threaded
@pytest.mark.parametrize(
    "limit",
    [
        # Root is above the limit on processes.
        "if os.getuid() == 0: os.setuid(65534)\n    setrlimit(RLIMIT_NPROC, (1, 1))",
        "pages = int(open('/proc/self/statm').read().split()[0])\n"
        "    setrlimit(RLIMIT_AS, (pages * os.sysconf('SC_PAGESIZE') + (2 << 20),) * 2)",
    ],
    ids=["processes", "memory"],
)
def test_threads_that_cannot_be_created(limit: str) -> None:
    run_python(
        BEGIN
        + f"""
    from resource import RLIMIT_AS, RLIMIT_NPROC, setrlimit
    out = np.zeros_like(x)
    {limit}
    fa.silu(x, out=out)
    assert np.array_equal(out, want)
    """
    )


@linux
def test_no_memory_for_the_result() -> None:
    done = run_python(
        BEGIN
        + """
    from resource import RLIMIT_AS, setrlimit
    assert right()
    pages = int(open("/proc/self/statm").read().split()[0])
    setrlimit(RLIMIT_AS, (pages * os.sysconf("SC_PAGESIZE") + (64 << 20),) * 2)
    for big in (np.broadcast_to(x, (50, x.size)), np.broadcast_to(x, (50, x.size)).T):
        for ufunc in (fa.silu, fa.silu_value_and_grad, fa.prelu):
            for _ in range(20):
                try:
                    ufunc(big)
                except MemoryError:
                    print("memory", end=" ")
    assert right()
    """
    )
    assert done.stdout.split() == ["memory"] * 120


@pytest.mark.parametrize("first", ["torch", "fastact"])
def test_beside_the_threads_of_torch(first: str) -> None:
    if find_spec("torch") is None:
        pytest.skip("needs torch")
    use = "import torch; torch.relu(torch.ones(1 << 20)).sum()"
    run_python(f"""
    {use if first == "torch" else ""}
    {BEGIN}
    assert right()
    {use}
    assert right()
    torch.set_flush_denormal(True)
    tiny = np.full(1 << 20, 1e-40, np.float32)
    two = fa.silu(tiny)
    with fa.num_threads(1):
        assert np.array_equal(fa.silu(tiny), two)
    """)
