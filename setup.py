"""Builds the C core, a static library for each target, and the one extension that uses it.

FASTACT_DEBUG=1       debug symbols, little optimisation
FASTACT_SANITIZE=...  -fsanitize=... for all C code, for example address,undefined
FASTACT_OPENMP=0      without threads
FASTACT_ISAS=...      only these targets beside the plain one, for example avx2,avx512
FASTACT_EMULATE=1     AVX-512 on pairs of AVX2 registers, for tests/native/emulate
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext

# ISA -> the flags that its object files, and no others, are compiled with.
TARGETS = {
    "scalar": ["-O1"],  # calls of fma() take most of its time
    "avx2": ["-mavx2", "-mfma", "-mf16c"],
    "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mf16c"],
    "neon": [],  # part of every AArch64
}
# What an ISA's header includes: it takes longer to read than a kernel to compile.
INTRINSICS = {"avx2": "<immintrin.h>", "avx512": "<immintrin.h>", "neon": "<arm_neon.h>"}
# Error-free transformations need every operation as written, and silence needs each one only
# where it is written (so -ftrapping-math stays); -ffast-math never.
NUMERICS = ["-ffp-contract=off", "-fno-math-errno"]
# About how long units take; they are started in this order.
SECONDS = {"gates": 4, "axis": 4, "relu": 4, "hyperbolic": 3, "softplus": 3, "sigmoid": 3, "elu": 3}

# A loop that may stream asks so at each step: two copies of every kernel would gain nothing.
SIZE = ["-fno-unswitch-loops"]
# GCC keeps a struct of vectors in registers if it is copied 32 times at most; kernels copy theirs
# more often.
REGISTERS = ["--param=sra-max-propagations=1000"]
# Copies of a few instructions take a quarter longer where a loop starts between two lines.
ALIGNED = ["-falign-loops=32"]
# Windows code is always position independent and rejects the flag.
SHARED = ["-fPIC"]

DEBUG = os.environ.get("FASTACT_DEBUG") == "1"
SANITIZE = os.environ.get("FASTACT_SANITIZE", "")
EMULATE = os.environ.get("FASTACT_EMULATE") == "1"
if EMULATE:
    TARGETS["avx512"] = [*TARGETS["avx2"], "-O1"]
    INTRINSICS["avx512"] = f'"{Path("tests/native/avx512_by_avx2.h").resolve()}"'
# Use-after-scope checks are off: they would keep every vector in memory, take twenty times as long
# to compile, and make a form compute what it does not return, which may overflow.
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


class Unit(NamedTuple):
    """A source to be compiled, with the flags of its library."""

    source: str
    isa: str  # whose header it includes, if it has one
    folder: str  # for its object; other flags, another folder
    flags: list[str]

    def is_stale(self, target: Path) -> bool:
        """Whether the object is missing, or older than what it is made of."""
        return is_older(target, included(Path(self.source), self.isa))


def is_older(target: Path, parts) -> bool:
    """Whether a file is missing, or older than one of its parts."""
    if not target.exists():
        return True
    made = target.stat().st_mtime
    return any(Path(part).stat().st_mtime > made for part in parts)


class BuildLibraries(build_clib):
    """Compiles each library with the flags of its target, where the compiler has them."""

    def build_libraries(self, libraries):
        use_clang(self.compiler)
        units = {name: self.units(name, info) for name, info in libraries}
        stale = [
            unit
            for of_library in units.values()
            for unit in of_library
            if self.force or unit.is_stale(self.object_of(unit))
        ]
        stale.sort(key=lambda unit: -SECONDS.get(Path(unit.source).stem, 1))  # long ones first
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.precompile, {unit.folder: unit for unit in stale}.values()))
            list(pool.map(self.compile, stale))
        for name, of_library in units.items():
            archive = Path(self.build_clib, self.compiler.library_filename(name))
            archive.unlink(missing_ok=True)  # or objects that are gone would stay in it
            objects = [str(self.object_of(unit)) for unit in of_library]
            self.compiler.create_static_lib(objects, name, output_dir=self.build_clib)

    def units(self, name: str, info: dict) -> list[Unit]:
        """Return the sources of a library with their flags."""
        flags = info["cflags"]
        if not accepted(self.compiler, flags):
            self.announce(f"{name}: not supported by this compiler, built empty", level=3)
            flags = []
        openmp = openmp_flags(self.compiler) if info.get("openmp") else []
        optional = [flag for flag in info["optional"] if accepted(self.compiler, [flag])]
        flags = spelt(self.compiler, [*COMMON, *optional, *flags, *openmp]) + info["macros"]
        digest = hashlib.sha256(" ".join(flags).encode()).hexdigest()[:8]
        folder = str(Path(self.build_temp, f"{name}-{digest}"))
        isa = info.get("isa", "")
        return [Unit(source, isa, folder, flags) for source in info["sources"]]

    def object_of(self, unit: Unit) -> Path:
        """Return the object file of a unit."""
        [name] = self.compiler.object_filenames([unit.source], output_dir=unit.folder)
        return Path(name)

    def intrinsics_of(self, unit: Unit) -> Path:
        """Return a header beside its objects that includes the intrinsics of its target."""
        return Path(unit.folder, "intrinsics.h")

    def precompile(self, unit: Unit) -> None:
        """Precompile the intrinsics for the units in its folder, as GCC does it."""
        include = f"#include {INTRINSICS.get(unit.isa)}\n"
        usable = unit.isa in INTRINSICS and self.compiler.compiler_type == "unix"
        if not usable or not accepted(self.compiler, unit.flags, include):
            return
        header = self.intrinsics_of(unit)
        header.parent.mkdir(parents=True, exist_ok=True)
        header.write_text(include)
        target = ["-x", "c-header", str(header), "-o", f"{header}.gch"]
        self.compiler.spawn([*self.compiler.compiler, *unit.flags, *target])

    def compile(self, unit: Unit) -> None:
        """Compile a unit."""
        header = self.intrinsics_of(unit)
        flags = [*unit.flags, *(["-include", str(header)] if header.exists() else [])]
        self.compiler.compile([unit.source], output_dir=unit.folder, extra_postargs=flags)


class BuildExtension(build_ext):
    """Links the extension with the OpenMP that the core was compiled for."""

    def run(self):
        libraries = self.get_finalized_command("build_clib")
        libraries.force = self.force
        self.run_command("build_clib")
        self.archives = [str(path) for path in Path(libraries.build_clib).glob("*fastact_*")]
        super().run()

    def build_extensions(self):
        use_clang(self.compiler)
        for extension in self.extensions:
            extension.extra_compile_args = spelt(self.compiler, extension.extra_compile_args)
            extension.extra_link_args += [*openmp_link_arguments(self.compiler), *INSTRUMENTS]
        super().build_extensions()

    def build_extension(self, extension):
        """Link the extension again where a library has changed; compile it where it has itself."""
        compile_all, parts = self.compiler.compile, list(extension.depends)

        def compile_stale(sources, output_dir=None, **options):
            objects = self.compiler.object_filenames(sources, output_dir=output_dir)
            if self.force or any(is_older(Path(name), [*sources, *parts]) for name in objects):
                return compile_all(sources, output_dir=output_dir, **options)
            return objects

        self.compiler.compile = compile_stale
        self.compiler.force = True  # it would link for new objects, but not for new libraries
        extension.depends = [*parts, *self.archives]
        super().build_extension(extension)
        self.compiler.compile, extension.depends = compile_all, parts


def included(source: Path, isa: str = "") -> set[Path]:
    """Return a source and everything that it includes of this project for an instruction set."""
    found: set[Path] = set()
    waiting = {source}
    while waiting:
        path = waiting.pop()
        found.add(path)
        names = re.findall(r'#include "([^"]+)"', path.read_text())
        here = {Path(os.path.normpath(path.parent / name)) for name in names}
        if path.name == "simd.h":  # which includes it by a macro
            here.add(path.parent / f"{isa}.h")
        waiting |= {other for other in here if other.exists()} - found
    return found


def sources(*folders: str) -> list[str]:
    """Return the C files of some folders of the core."""
    return sorted(str(path) for name in folders for path in Path("src_c", name).glob("*.c"))


def libraries() -> list[tuple[str, dict]]:
    """The core and the targets, as setuptools wants them."""
    core = {
        "sources": sources("driver", "runtime", "table"),
        "cflags": [],
        "macros": ["-D__builtin_cpu_supports(name)=1"] if EMULATE else [],
        "optional": [*SHARED, *ALIGNED],
        "openmp": True,
    }
    targets = [
        (
            f"fastact_{isa}_f{precision}",
            {
                "sources": sources("targets"),
                "isa": isa,
                "cflags": flags if isa in ("scalar", *ISAS) else [],
                "macros": [f"-DFA_ISA={isa}", f"-DPRECISION={precision}"],
                "optional": [*SHARED, *SIZE, *REGISTERS],
            },
        )
        for isa, flags in TARGETS.items()
        for precision in (32, 64)
    ]
    # Behind what calls it.
    once = {"sources": sources("math"), "cflags": [], "macros": [], "optional": SHARED}
    return [("fastact_core", core), *targets, ("fastact_math", once)]


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
                *sorted(str(path) for path in included(Path("src_c/fastact.h"))),
                *sorted(str(path) for path in Path("fastact").glob("*.px[id]")),
                "fastact/include/fastact_api.h",
            ],
        )
    ],
    cmdclass={"build_clib": BuildLibraries, "build_ext": BuildExtension},
)
