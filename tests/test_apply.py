"""`fastact apply`: what it writes, and that nothing is ever written by halves."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from cases import assert_same, run_python
from typer.testing import CliRunner

import fastact as fa
from fastact.cli import apply as files
from fastact.cli.app import app
from fastact.cli.catalogue import choose_activations

COMMAND = [sys.executable, "-m", "fastact.cli", "apply"]
ELSEWHERE = tempfile.gettempdir()  # -m looks in the working directory first: not in the sources
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(fa.__file__).parents[1])}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")

rng = np.random.default_rng(0)
ARRAYS = {
    "float32": rng.normal(size=(30, 50)).astype("f4"),
    "float64, Fortran": np.asfortranarray(rng.normal(size=(30, 50))),
    "float16, 3-d": rng.normal(size=(3, 4, 5)).astype("f2"),
    "big-endian": rng.normal(size=1000).astype(">f4"),
    "big-endian integers, Fortran": np.asfortranarray(rng.integers(-9, 9, (4, 5)).astype(">i4")),
    "bool": rng.normal(size=100) > 0,
    "int8": rng.integers(-9, 9, 100).astype("i1"),
    "uint64": rng.integers(0, 9, 100).astype("u8"),
    "0-d": np.array(-0.5),
    "empty": np.empty((0, 3), "f4"),
    "one": np.array([2.0]),
}
every_array = pytest.mark.parametrize("x", ARRAYS.values(), ids=ARRAYS)


def run(*arguments: object, code: int = 0) -> str:
    """Run the command and return what it printed."""
    result = CliRunner().invoke(app, ["apply", *map(str, arguments)], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return " ".join(result.output.replace("│", " ").split())


def started(*arguments: object, **options) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.Popen(command, env=ENVIRONMENT, cwd=ELSEWHERE, **(pipes | options))


def saved(path: Path, x: np.ndarray) -> Path:
    np.save(path, x)
    return path


def as_npy(x: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, x)
    return file.getvalue()


@pytest.fixture
def source(tmp_path):
    """A file of 1000 numbers."""
    return saved(tmp_path / "in.npy", np.linspace(-5, 5, 1000, dtype=np.float32))


@pytest.fixture
def old(tmp_path):
    """An earlier output, which must stay as it is, alone in its directory."""
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "y.npy"
    path.write_text("earlier")
    yield path
    assert path.read_text() == "earlier"
    assert list(path.parent.iterdir()) == [path]


# ---- what it writes ----


@every_array
@pytest.mark.parametrize("chunk", ["100", "16MB"])
def test_it_is_the_function_of_the_array(x, chunk, tmp_path):
    out = tmp_path / "y.npy"
    run("gelu", saved(tmp_path / "x.npy", x), out, "--chunk", chunk)
    y = np.load(out)
    assert_same(y, np.asarray(fa.gelu(x)))
    assert y.flags.f_contiguous == x.flags.f_contiguous
    assert set(os.listdir(tmp_path)) == {"x.npy", "y.npy"}


def through_pipes(name: str, data: bytes, *arguments: object) -> bytes:
    """Run the command between two pipes, which hold all of the data."""
    with started(name, "-", "-", *arguments) as process:
        out, err = process.communicate(data)
    assert err == b""
    assert process.returncode == 0
    return out


def test_from_pipe_to_pipe():
    x = np.linspace(-5, 5, 100_000)
    options = ["--param", "alpha=0.5", "--chunk", "5KB"]
    assert through_pipes("elu", as_npy(x), *options) == as_npy(fa.elu(x, alpha=0.5))


@every_array
def test_what_pipes_carry(x):
    """The same within this process: small arrays fit into the pipes."""
    (row,) = choose_activations(["gelu"])
    (source, feed), (result, target) = os.pipe(), os.pipe()
    os.write(feed, as_npy(x))
    os.close(feed)
    with open(source, "rb") as file:
        files.apply(
            files.Function(row, "value", {}), [file], [target], chunk=100, report=lambda **_: None
        )
    os.close(target)
    with open(result, "rb") as file:
        assert file.read() == as_npy(np.asarray(fa.gelu(x), order="F" if x.flags.fnc else "C"))


def test_from_a_pipe_that_comes_in_drops(tmp_path):
    x = np.linspace(-5, 5, 100)
    out = tmp_path / "y.npy"
    with started("tanh", "-", out, bufsize=0) as process:
        for byte in np.frombuffer(as_npy(x), np.uint8):
            process.stdin.write(byte.tobytes())
        process.stdin.close()
    assert process.returncode == 0
    assert_same(np.load(out), fa.tanh(x))


@pytest.mark.parametrize(
    ("name", "form", "ufunc"),
    [
        ("gelu", "grad", fa.gelu_grad),
        ("swish", "grad_beta", fa.swish_grad_beta),
        ("hardtanh", "value", fa.hard_tanh),
    ],
)
def test_forms_and_aliases(name, form, ufunc, source, tmp_path):
    run(name, source, tmp_path / "y.npy", "--form", form)
    assert_same(np.load(tmp_path / "y.npy"), ufunc(np.load(source)))


@pytest.mark.parametrize("chunk", ["100", "16MB"])
def test_forms_of_several_arrays(chunk, tmp_path):
    """As many files in and out as the form has arrays; parameters by name."""
    a, b = (rng.normal(size=(20, 30)).astype("f4") for _ in range(2))
    saved(tmp_path / "a.npy", a)
    saved(tmp_path / "b.npy", b)

    def applied(name, form, operands, results, *options):
        paths = [tmp_path / f"{part}.npy" for part in (*operands, *results)]
        run(name, *paths, "--form", form, "--chunk", chunk, "--force", *options)
        return [np.load(tmp_path / f"{part}.npy") for part in results]

    (y,) = applied("swiglu", "value", "ab", "y")
    assert_same(y, fa.swiglu(a, b))
    (y,) = applied("elu", "backward", "ab", "y", "--param", "alpha=0.5")
    assert_same(y, fa.elu_backward(a, b, alpha=0.5))
    for got, want in zip(
        applied("gelu", "value_and_grad", "a", "yz"), fa.gelu_value_and_grad(a), strict=True
    ):
        assert_same(got, want)
    for got, want in zip(
        applied("glu", "backward", "aba", "yz"), fa.glu_backward(a, b, a), strict=True
    ):
        assert_same(got, want)


def test_several_files_into_a_folder(tmp_path):
    arrays = {name: rng.normal(size=n) for n, name in enumerate(("one", "two", "three"), 1)}
    paths = [saved(tmp_path / f"{name}.npy", x) for name, x in arrays.items()]
    out = tmp_path / "results"
    out.mkdir()
    run("softplus", *paths, out, "--param", "beta=2")
    assert {path.stem for path in out.iterdir()} == set(arrays)
    for name, x in arrays.items():
        assert_same(np.load(out / f"{name}.npy"), fa.softplus(x, beta=2))
    paths[1].write_bytes(b"damaged")
    error = run("mish", *paths, out, "--force", code=1)
    assert f"{paths[1]}: it is not a readable .npy file" in error
    assert "The first 1 of 3 files are done" in error
    assert_same(np.load(out / "one.npy"), fa.mish(arrays["one"]))
    assert_same(np.load(out / "two.npy"), fa.softplus(arrays["two"], beta=2))


def test_arrays_of_two_layouts_are_refused(tmp_path, old):
    a = saved(tmp_path / "a.npy", np.zeros((2, 3)))
    for other in (np.zeros((3, 2)), np.asfortranarray(np.zeros((2, 3)))):
        error = run("glu", a, saved(tmp_path / "b.npy", other), old, "--force", code=1)
        assert "the arrays differ in layout" in error
        assert "(2, 3) in C order" in error


def test_parameters(source, tmp_path):
    options = ["--param", "min_val=-0.25", "--param", " max_val = 1e-1"]
    run("hard_tanh", source, tmp_path / "y.npy", *options)
    assert_same(np.load(tmp_path / "y.npy"), fa.hard_tanh(np.load(source), -0.25, 0.1))


@pytest.mark.parametrize("given", ["f2", "f4", "f8", "i1", "i8", ">f8"])
@pytest.mark.parametrize("dtype", files.DTYPES)
def test_dtype_is_that_of_computation_and_result(given, dtype, tmp_path):
    x = rng.uniform(-9, 9, 100).astype(given)
    run("gelu", saved(tmp_path / "x.npy", x), tmp_path / "y.npy", "--dtype", dtype)
    assert_same(np.load(tmp_path / "y.npy"), fa.gelu(x.astype(dtype)))


def test_a_header_of_version_2(tmp_path):
    x = np.linspace(-1, 1, 5)
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array(file, x, version=(2, 0))
    run("relu", tmp_path / "x.npy", tmp_path / "y.npy")
    assert_same(np.load(tmp_path / "y.npy"), fa.relu(x))


def test_threads_are_limited(source, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        files.Function,
        "__call__",
        lambda self, x, out=None: (
            seen.append(fa.get_num_threads()) or [fa.relu(x, out=out and out[0])]
        ),
    )
    before = fa.get_num_threads()
    run("relu", source, tmp_path / "y.npy", "--threads", 3)
    run("relu", source, tmp_path / "z.npy")
    assert set(seen[: len(seen) // 2]) == {3}
    assert set(seen[len(seen) // 2 :]) == {before} == {fa.get_num_threads()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_bounded(tmp_path):
    with (tmp_path / "x.npy").open("wb") as file:  # 128 MB, which take no space
        header = {"shape": (1 << 25,), "fortran_order": False, "descr": "<f4"}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + (1 << 27))
    run_python(f"""
        import resource
        from typer.testing import CliRunner
        from fastact.cli.app import app

        def apply(chunk):
            arguments = ["relu", "{tmp_path}/x.npy", "{tmp_path}/y.npy", "--chunk", chunk]
            return CliRunner().invoke(app, ["apply", *arguments, "--force", "--threads", "1"])

        with open("/proc/self/statm") as file:
            here = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (here + (48 << 20),) * 2)
        result = apply("4MB")
        assert result.exit_code == 0, result.output
        result = apply("128MB")  # and this takes more
        assert result.exit_code == 1, result.output
        assert "memory" in result.output, result.output
    """)
    assert (tmp_path / "y.npy").stat().st_size == (tmp_path / "x.npy").stat().st_size


# ---- OUT ----


def test_in_may_be_out(source):
    x = np.load(source)
    run("mish", source, source, "--force", "--chunk", "64")
    assert_same(np.load(source), fa.mish(x))
    assert [path.name for path in source.parent.iterdir()] == ["in.npy"]


@POSIX
def test_a_link_stays_and_permissions_too(source, tmp_path):
    target = tmp_path / "target.npy"
    target.write_text("earlier")
    target.chmod(0o640)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.npy"
    link.symlink_to(target)
    run("relu", source, link, "--force")
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert_same(np.load(target), fa.relu(np.load(source)))


@POSIX
def test_a_new_file_has_usual_permissions(source, tmp_path):
    run("relu", source, tmp_path / "y.npy")
    assert (tmp_path / "y.npy").stat().st_mode == source.stat().st_mode


def test_a_name_may_be_as_long_as_can_be(source, tmp_path):
    out = tmp_path / f"{'é' * 125}.npy"
    run("relu", source, out)
    assert out.exists()


def test_it_does_not_overwrite(source, old):
    assert f"{old} exists. Give --force to replace it" in run("relu", source, old, code=1)


def test_what_came_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "y.npy"

    def write():
        with files.written(str(path), force=False) as descriptor:
            os.write(descriptor, b"ours")
            path.write_text("theirs")

    with pytest.raises(ValueError, match="exists"):
        write()
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_directories_and_devices_are_not_replaced(source, tmp_path):
    assert "/dev/null is not a regular file" in run("relu", source, "/dev/null", "--force", code=1)
    (tmp_path / "out" / source.name).mkdir(parents=True)
    error = run("relu", source, tmp_path / "out", "--force", code=1)
    assert f"out/{source.name} is not a regular file" in error
    assert "No such file" in run("relu", source, tmp_path / "no" / "y.npy", code=1)
    assert Path("/dev/null").is_char_device()


# ---- what goes wrong on the way ----


@POSIX
def test_a_full_disk(source, old):
    code = f"""
        import resource
        from fastact.cli.app import app

        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            app(["apply", "relu", "{source}", "{old}", "--force", "--chunk", "400"])
        except SystemExit as end:
            assert end.code == 1
    """
    assert run_python(code).stderr == f"Error: {old}: File too large\n"


@POSIX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals(name, old):
    number = getattr(signal, name)
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("whoever started this ignores the signal, as nohup does, and so do children")
    data = as_npy(np.zeros(1000))
    with started("relu", "-", old, "--force", "--chunk", "80", bufsize=0) as process:
        process.stdin.write(data[:5000])
        while len(os.listdir(old.parent)) == 1:  # until it is at work
            assert process.poll() is None, process.stderr.read()
        process.send_signal(number)
        error = process.stderr.read().decode()
    assert process.returncode == 128 + number
    assert error == (f"Interrupted: {old} unchanged\n" if number == signal.SIGINT else "")


@POSIX
def test_a_reader_that_goes_away():
    with started("relu", "-", "-", "--chunk", "4096", bufsize=0) as process:
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write(as_npy(np.zeros(1 << 20)))
        error = process.stderr.read()
    assert process.returncode == 1
    assert error == b""


def damaged():
    """Inputs that cannot be taken, and a word that the message holds."""
    whole = as_npy(np.linspace(0, 1, 100))
    yield "nothing", b"", "not a readable .npy file"
    yield "text", b"x,y\n1,2\n", "magic string"
    yield "only a magic", whole[:6], "not a readable .npy file"
    yield "version", whole[:6] + b"\x09\x00" + whole[8:], "version (9, 0) of the format is unknown"
    yield "header cut off", whole[:40], "not a readable .npy file"
    yield "header damaged", whole.replace(b"'shape'", b"'share'"), "not a readable .npy file"
    yield "negative", whole.replace(b"(100,), }", b"(-10,), }"), "the shape (-10,) is impossible"
    yield "data cut off", whole[:-1], "takes 800 bytes, and there are 799"
    yield "no data", whole[:-800], "takes 800 bytes, and there are 0"
    yield "huge", whole.replace(b"(100,), }          ", b"(10000000000,), }  "), "cut off"
    yield "complex", as_npy(np.zeros(3, complex)), "relu does not take complex128, but bool"
    yield "text array", as_npy(np.array(["a"])), "does not take <U1"
    yield "record", as_npy(np.zeros(3, "f4,f4")), "does not take [('f0'"
    yield "date", as_npy(np.zeros(3, "M8[s]")), "does not take datetime64[s]"


@pytest.mark.parametrize(
    ("data", "words"), [d[1:] for d in damaged()], ids=[d[0] for d in damaged()]
)
@pytest.mark.parametrize("piped", [False, pytest.param(True, marks=POSIX)], ids=["file", "pipe"])
def test_damaged_input(data, words, piped, old, tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(data)
    if piped:
        source, feed = os.pipe()
        os.write(feed, data)
        os.close(feed)
        path = f"/dev/fd/{source}"
    error = run("relu", path, old, "--force", code=1)
    assert error.startswith(f"Error: {path}: ")
    assert words in error
    if piped:
        os.close(source)
    else:
        assert path.read_bytes() == data


class Trap:
    """Tells when it is unpickled."""

    def __reduce__(self):
        return os._exit, (77,)


def test_objects_are_not_unpickled(tmp_path, old):
    path = tmp_path / "x.npy"
    np.save(path, np.array([Trap()], dtype=object), allow_pickle=True)
    assert "it holds Python objects, which are never unpickled" in run(
        "relu", path, old, "--force", code=1
    )


@POSIX
def test_files_that_cannot_be_read(tmp_path, old):
    assert "no.npy: No such file" in run("relu", tmp_path / "no.npy", old, "--force", code=1)
    assert "Is a directory" in run("relu", tmp_path, old, "--force", code=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rellu", "x", "y"], "Did you mean 'relu'?"),
        (["all", "x", "y"], "give one function"),
        (["relu", "x", "y", "--form", "value_and_grad"], "takes IN OUT_1 OUT_2; given: x y"),
        (["relu", "x", "y", "--form", "backward"], "relu_backward takes G IN OUT; given: x y"),
        (["glu", "x", "y", "z", "--form", "backward"], "takes G A B OUT_1 OUT_2; given: x y z"),
        (["swiglu", "x", "y"], "swiglu takes A B OUT; given: x y"),
        (["relu", "x", "y", "z"], "relu takes IN OUT, or IN ... FOLDER, which must exist"),
        (["glu", "-", "-", "y"], "'-' can stand for one input and one output"),
        (["relu", "a/x", "b/x", "/"], "two results would have the same name in /: x"),
        (["relu", "x", "y", "y", "--form", "value_and_grad"], "the results need different files"),
        (["relu", "x", "y", "--form", "grads"], "Did you mean 'grad'?"),
        (["relu", "x", "y", "--form", "grad_alpha"], "unknown form of relu 'grad_alpha'"),
        (["relu", "x", "y", "--param", "alpha=1"], "relu has no parameters"),
        (["elu", "x", "y", "--param", "alfa=1"], "Did you mean 'alpha'?"),
        (["elu", "x", "y", "--param", "alpha=big"], "Give a number: alpha=1"),
        (["elu", "x", "y", "--param", "alpha"], "Give a number: alpha=1"),
        (["elu", "x", "y", "--param", "alpha=1", "--param", "alpha=2"], "alpha is given twice"),
        (["relu", "x", "y", "--dtype", "bfloat16"], "unknown dtype 'bfloat16'"),
        (["relu", "x", "y", "--dtype", "float32,float64"], "give one dtype"),
        (["relu", "x", "y", "--chunk", "0"], "cannot read the size '0'"),
        (["relu", "x", "y", "--chunk", "much"], "cannot read the size 'much'"),
        (["relu", "x", "y", "--threads", "0"], "Invalid value for '--threads'"),
        (["relu", "x"], "OUT"),
    ],
)
def test_bad_arguments(arguments, words):
    assert words in run(*arguments, code=2)


def test_a_dtype_that_loses_the_imaginary_part(tmp_path, old):
    path = saved(tmp_path / "x.npy", np.zeros(3, complex))
    words = "complex128 cannot be cast to float32"
    assert words in run("relu", path, old, "--force", "--dtype", "float32", code=1)


@POSIX
def test_a_terminal_sees_a_bar(source, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    environment = ENVIRONMENT | {"TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(
        [*COMMAND, "relu", source, tmp_path / "y.npy"],
        stderr=theirs,
        env=environment,
        cwd=ELSEWHERE,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "4.0/4.0 kB" in shown
    assert "100%" in shown


@POSIX
def test_a_terminal_gets_no_bytes():
    import pty

    ours, theirs = pty.openpty()
    for arguments in (["-", "y.npy"], [os.devnull, "-"]):
        done = subprocess.run(
            [*COMMAND, "relu", *arguments],
            cwd=ELSEWHERE,
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            timeout=60,
        )
        assert done.returncode == 1
        assert b"which is a terminal" in done.stderr
    os.close(theirs)
    os.close(ours)
