"""Builds the C core, one static library per target, and the one extension that uses it.

FASTACT_DEBUG=1       debug symbols, little optimisation
FASTACT_SANITIZE=...  -fsanitize=... for all C code, for example address,undefined
FASTACT_OPENMP=0      without threads
FASTACT_ISAS=...      only these targets beside the plain one, for example avx2,avx512
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext

# ISA -> the flags that its object files, and no others, are compiled with.
TARGETS = {
    "scalar": [],
    "avx2": ["-mavx2", "-mfma", "-mf16c"],
    "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mf16c"],
    "neon": [],  # part of every AArch64
}
CORE = [
    *("loop.c", "axis.c", "rows.c", "tiles.c", "copy.c", "halves.c", "lookup.c"),
    *("threads.c", "machine.c", "dispatch.c", "registry.c"),
]

# Error-free transformations need every operation as written, and silence needs each one only
# where it is written (so -ftrapping-math stays); -ffast-math never.
NUMERICS = ["-ffp-contract=off", "-fno-math-errno"]
# A loop that may stream asks so at each step: two copies of every kernel would gain nothing.
SIZE = ["-fno-unswitch-loops"]
# Copies of a few instructions take a quarter longer where a loop starts between two lines.
ALIGNED = ["-falign-loops=32"]
# All code on Windows is so, and the flag an error.
SHARED = ["-fPIC"]

DEBUG = os.environ.get("FASTACT_DEBUG") == "1"
SANITIZE = os.environ.get("FASTACT_SANITIZE", "")
# The scopes of variables are not watched: that would keep every vector in memory, take twenty times
# as long to compile, and make a form compute what it does not return, which may overflow.
INSTRUMENTS = (
    [
        f"-fsanitize={SANITIZE}",
        "-fno-sanitize-recover=all",  # a report ends the process: no test passes over it
        "-fno-sanitize-address-use-after-scope",
        "-fno-omit-frame-pointer",
        "-g1",
    ]
    if SANITIZE
    else []
)
ISAS = os.environ.get("FASTACT_ISAS", ",".join(TARGETS)).split(",")
COMMON = [
    "-std=gnu11",
    "-fvisibility=hidden",
    "-Wno-missing-field-initializers",
    *(["-O1", "-g"] if DEBUG else ["-O3", "-g0"]),
    *INSTRUMENTS,
    *NUMERICS,
]


def use_clang(compiler) -> None:
    """On Windows, put LLVM's compiler in the place of Microsoft's, which knows no GNU C."""
    if compiler.compiler_type == "mingw32":
        raise SystemExit(
            "GCC does not align the stack for AVX on Windows (its bug 54412), and MinGW's fmaf"
            " rounds wrongly: build fastact by --compiler=msvc, which takes clang-cl"
        )
    if compiler.compiler_type != "msvc":
        return
    if not compiler.initialized:
        compiler.initialize()
    installed = str(Path(os.environ.get("PROGRAMFILES", ""), "LLVM", "bin"))
    compiler.cc = shutil.which("clang-cl", path=os.pathsep.join([os.environ["PATH"], installed]))
    if compiler.cc is None:
        raise SystemExit(
            "fastact is written in GNU C, which Microsoft's compiler does not take:"
            " install LLVM (winget install LLVM.LLVM), whose clang-cl does"
        )
    compiler.compile_options.remove("/GL")  # for Microsoft's own code generator
    # Microsoft's headers by /I would hide those of clang, whose intrinsics are inline.
    os.environ["INCLUDE"] = os.pathsep.join(type(compiler).include_dirs)
    type(compiler).include_dirs = []


def spelt(compiler, flags: list[str]) -> list[str]:
    """The flags as the compiler reads them: clang-cl wants those of clang marked."""
    return [f"/clang:{flag}" for flag in flags] if compiler.compiler_type == "msvc" else flags


def accepted(compiler, flags: list[str], source: str = "int main(void) { return 0; }") -> bool:
    """Whether the compiler takes the flags; a target it does not know becomes null."""
    program = [compiler.cc] if compiler.compiler_type == "msvc" else compiler.compiler
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "probe.c").write_text(source)
        command = [*program, "-Werror", *spelt(compiler, flags), "-c", "probe.c", "-o", "probe.o"]
        return subprocess.run(command, capture_output=True, check=False, cwd=folder).returncode == 0


def openmp_library(compiler) -> Path:
    """LLVM's import library on Windows."""
    return Path(compiler.cc).parents[1] / "lib" / "libomp.lib"


def openmp_flags(compiler) -> list[str]:
    """What turns on OpenMP, or nothing."""
    if os.environ.get("FASTACT_OPENMP") == "0":
        return []
    if compiler.compiler_type == "msvc" and not openmp_library(compiler).exists():
        compiler.warn(f"without threads: there is no {openmp_library(compiler)}")
        return []
    candidates = [["-Xpreprocessor", "-fopenmp"]] if sys.platform == "darwin" else [["-fopenmp"]]
    probe = "#include <omp.h>\nint main(void) { return omp_get_max_threads(); }"
    return next((flags for flags in candidates if accepted(compiler, flags, probe)), [])


def openmp_link_arguments(compiler) -> list[str]:
    """What links the library that these flags want."""
    flags = openmp_flags(compiler)
    if flags and compiler.compiler_type == "msvc":
        return [str(openmp_library(compiler))]
    return ["-lomp"] if flags and sys.platform == "darwin" else flags


class BuildTargets(build_clib):
    """Compiles each library with the flags of its target, where the compiler has them."""

    def build_libraries(self, libraries):
        use_clang(self.compiler)
        for name, info in libraries:
            flags = info["cflags"]
            if not accepted(self.compiler, flags):
                self.announce(f"{name}: not supported by this compiler, built empty", level=3)
                flags = []
            openmp = openmp_flags(self.compiler) if info.get("openmp") else []
            optional = [flag for flag in info["optional"] if accepted(self.compiler, [flag])]
            info["cflags"] = spelt(self.compiler, [*COMMON, *optional, *flags, *openmp])
        # Independent compiler runs, minutes in all: as many at once as there are CPUs.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(
                pool.map(
                    lambda library: super(BuildTargets, self).build_libraries([library]), libraries
                )
            )


class BuildExtension(build_ext):
    """Links the extension with the OpenMP that the core was compiled for."""

    def run(self):
        if self.force:  # setuptools would keep the objects of the libraries, whatever their flags
            temporary = self.get_finalized_command("build_clib").build_temp
            shutil.rmtree(Path(temporary, "src_c"), ignore_errors=True)
        self.run_command("build_clib")
        super().run()

    def build_extensions(self):
        use_clang(self.compiler)
        for extension in self.extensions:
            extension.extra_compile_args = spelt(self.compiler, extension.extra_compile_args)
            extension.extra_link_args += [*openmp_link_arguments(self.compiler), *INSTRUMENTS]
        super().build_extensions()


def headers() -> list[str]:
    """Everything that a target includes."""
    return [
        str(path) for suffix in ("h", "inc", "def") for path in Path("src_c").rglob(f"*.{suffix}")
    ]


def libraries() -> list[tuple[str, dict]]:
    """The core and the targets, as setuptools wants them."""
    core = {
        "sources": [f"src_c/{name}" for name in CORE],
        "cflags": [],
        "optional": [*SHARED, *ALIGNED],
        "openmp": True,
        "obj_deps": {"": headers()},
    }
    targets = [
        (
            f"fastact_{isa}_f{precision}",
            {
                "sources": [
                    f"src_c/targets/{isa}_f{precision}.c",
                    f"src_c/targets/{isa}_f{precision}_axis.c",
                ],
                "cflags": flags if isa in ISAS else [],
                "optional": [*SHARED, *SIZE],
                "obj_deps": {"": headers()},
            },
        )
        for isa, flags in TARGETS.items()
        for precision in (32, 64)
    ]
    return [("fastact_core", core), *targets]


def numpy_include() -> str:
    """NumPy's headers; imported here so that metadata can be read without NumPy."""
    import numpy

    return numpy.get_include()


setup(
    libraries=libraries(),
    ext_modules=[
        Extension(
            "fastact._ufuncs",
            ["fastact/_ufuncs.pyx"],
            include_dirs=["src_c", "fastact/include", numpy_include()],
            define_macros=[
                ("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"),
                ("NPY_TARGET_VERSION", "NPY_2_0_API_VERSION"),
            ],
            extra_compile_args=["-O2", *([] if DEBUG else ["-g0"]), *INSTRUMENTS],
            depends=[
                *headers(),
                *sorted(str(path) for path in Path("src_c").rglob("*.c")),
                *sorted(str(path) for path in Path("fastact").glob("*.px[id]")),
                "fastact/include/fastact_api.h",
            ],
        )
    ],
    cmdclass={"build_clib": BuildTargets, "build_ext": BuildExtension},
)
