"""The C interface: every op through `run`, and the examples of docs/capi.md, compiled."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from cases import CASES, Case, assert_same, every, every_case, outputs, sample

import fastact as fa
from fastact import capi

PAGE = Path(__file__).parents[1] / "docs" / "capi.md"
DTYPES = ["float16", "float32", "float64"] + ["bfloat16"] * fa.show_runtime()["bfloat16"]
every_dtype = pytest.mark.parametrize("dtype", DTYPES)


def run(name: str, arrays: list[np.ndarray], parameters: list[float | None]) -> list[np.ndarray]:
    """Return the results of a function by the C interface; None leaves a parameter out."""
    dtype = arrays[0].dtype
    op = capi.find(name, dtype)
    boxes = [None if value is None else np.array([value], dtype) for value in parameters]
    results = [np.full_like(arrays[0], 7) for _ in range(capi.outputs(op))]
    given = [*arrays, *boxes, *results]
    assert capi.inputs(op) + capi.outputs(op) == len(given)
    addresses = [None if array is None else array.ctypes.data for array in given]
    capi.run(op, (ctypes.c_void_p * len(given))(*addresses), arrays[0].size)
    return results


@every_case
@every_dtype
def test_bits_of_the_python_call(case: Case, dtype: str) -> None:
    for size in (0, 1, 37, 20_000):  # the last beyond the work of a small call
        arrays = sample(case, size, np.dtype(dtype))
        with np.errstate(over="ignore"):
            want = outputs(case.ufunc(*arrays))
        got = run(case.ufunc.__name__, arrays, [None] * len(case.parameters))
        assert_same(tuple(got), want)


@every(case for case in CASES if case.parameters)
@every_dtype
def test_parameters(case: Case, dtype: str) -> None:
    arrays = sample(case, 50, np.dtype(dtype))
    values = [0.5 + k for k in range(len(case.parameters))]
    want = outputs(case.ufunc(*arrays, *np.array(values, dtype)))
    assert_same(tuple(run(case.ufunc.__name__, arrays, values)), want)


def test_in_place() -> None:
    x = np.linspace(-5, 5, 1001)
    want = fa.gelu(x)
    capi.run(capi.find("gelu", x.dtype), (ctypes.c_void_p * 2)(*[x.ctypes.data] * 2), x.size)
    assert_same(x, want)


def test_an_overflow_is_told() -> None:
    op = capi.find("squared_relu", "float32")
    for value, overflows in ((1e10, 0), (1e30, 1)):
        x = np.array([value], np.float32)
        assert capi.run(op, (ctypes.c_void_p * 2)(*[x.ctypes.data] * 2), 1) == overflows


def test_threads_of_the_caller() -> None:
    x = np.random.default_rng(0).normal(0, 3, 100_000)
    want = fa.mish(x)
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda _: run("mish", [x], [])[0], range(64))
        for result in results:
            assert_same(result, want)


def test_the_limit_of_threads_is_that_of_python() -> None:
    with fa.num_threads(3):
        assert capi.limit_threads(1) == 3
        assert fa.get_num_threads() == 1
        assert capi.limit_threads(3) == 1


def test_an_op_is_found_once() -> None:
    assert capi.find("silu", "float32") == capi.find("silu", np.float32)
    assert capi.find("silu", "float32") != capi.find("silu", "float64")


@pytest.mark.parametrize(
    ("name", "dtype", "message"),
    [
        ("sillu", "float32", "no function is named 'sillu'; did you mean silu"),
        ("silu_forward", "float32", "did you mean .*silu_backward"),
        ("xyzzy", "float32", "fastact.__all__ lists them"),
        ("silu", "int32", "dtype must be one of float32, float64, float16.*got 'int32'"),
        ("silu", np.dtype("f4").newbyteorder(), "byte order of this machine"),
        ("silu", "complex64", "got 'complex64'"),
    ],
)
def test_what_is_not_there(name: str, dtype: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        capi.find(name, dtype)


# ---- the examples of the page ----


def example(language: str) -> str:
    """Return the only code block of a language."""
    if not PAGE.exists():
        pytest.skip("needs docs/capi.md")
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    return code


def compiled(name: str, source: Path, *flags: str) -> ModuleType:
    """Compile an extension module beside its source, and import it."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if sys.platform == "win32" or shutil.which(compiler) is None:
        pytest.skip(f"needs a compiler, {compiler}")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        pytest.skip("needs Python.h")
    target = source.with_name(name + sysconfig.get_config_var("EXT_SUFFIX"))
    undefined = ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
    includes = [f"-I{path}" for path in (capi.get_include(), sysconfig.get_path("include"))]
    command = [compiler, "-shared", "-fPIC", *undefined, *flags, *includes, source, "-o", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    spec = importlib.util.spec_from_file_location(name, target)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_in_c(tmp_path: Path) -> None:
    source = tmp_path / "layers.c"
    source.write_text(example("c"))
    warnings = ["-std=c99", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
    layers = compiled("layers", source, *warnings)
    x = np.linspace(-3, 3, 301, dtype=np.float32)
    want = fa.leaky_relu(x, 0.125)
    layers.scale(x, 0.125)
    assert_same(x, want)


def test_the_header_is_c_plus_plus_too(tmp_path: Path) -> None:
    source = tmp_path / "wave.cpp"
    source.write_text("""
        #include "fastact_api.h"
        static const fastact_api *fa;
        static PyObject *find(PyObject *, PyObject *name)
        {
            const fastact_op *op = fa->find(PyUnicode_AsUTF8(name), "float32");
            return op ? PyLong_FromLong(fa->inputs(op)) : NULL;
        }
        static PyMethodDef methods[] = {{"inputs", find, METH_O, NULL}, {NULL, NULL, 0, NULL}};
        static PyModuleDef module = {
            PyModuleDef_HEAD_INIT, "wave", NULL, -1, methods, NULL, NULL, NULL, NULL};
        PyMODINIT_FUNC PyInit_wave(void)
        {
            return (fa = fastact_import()) ? PyModule_Create(&module) : NULL;
        }
    """)
    wave = compiled("wave", source, "-Wall", "-Wextra", "-Werror")
    assert wave.inputs("prelu_backward") == 3
    with pytest.raises(ValueError, match="did you mean prelu"):
        wave.inputs("prelux")


def test_an_older_fastact_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "later.c"
    header = (Path(capi.get_include()) / "fastact_api.h").read_text()
    later = header.replace("#define FASTACT_API_VERSION 1", "#define FASTACT_API_VERSION 2")
    assert later != header
    source.write_text(
        later
        + """
        static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "later"};
        PyMODINIT_FUNC PyInit_later(void)
        {
            return fastact_import() ? PyModule_Create(&module) : NULL;
        }
        """
    )
    with pytest.raises(ImportError, match=r"version 2 .*has version 1: install a newer"):
        compiled("later", source)


def test_the_example_in_cython(tmp_path: Path) -> None:
    build = pytest.importorskip("Cython.Build")
    source = tmp_path / "gradients.pyx"
    source.write_text(example("cython"))
    build.cythonize([str(source)], language_level=3, quiet=True)
    gradients = compiled("gradients", source.with_suffix(".c"), "-w")
    rng = np.random.default_rng(0)
    g, x = rng.normal(size=(2, 30_000))
    out = np.empty_like(x)
    gradients.gradient(g, x, out)
    assert_same(out, fa.silu_backward(g, x))
    with pytest.raises(ValueError, match="one length"):
        gradients.gradient(g, x, out[:3].copy())


def test_the_example_in_numba() -> None:
    pytest.importorskip("numba")
    names: dict[str, object] = {}
    exec(compile(example("python"), str(PAGE), "exec"), names)
    rng = np.random.default_rng(0)
    weights, x = rng.normal(size=(64, 32)).astype(np.float32), rng.normal(size=32)
    x = x.astype(np.float32)
    assert_same(names["layer"](weights, x), fa.mish(weights @ x))
