"""Compile the planning kernel's search to native code beside its source, where Python prefers it.

It runs as a plain file with nothing but requirements-native.txt installed, so an image can build with it too.
Without a C compiler the app goes on with the source: same plans, slower.
"""

import argparse
import os
import shlex
import shutil
import sys
import sysconfig
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "shared.schedules.planning.kernel"
FOLDER = ROOT.joinpath(*PACKAGE.split("."))
MODULES = ("routes", "search")
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))
FLAGS = ["-O3", "-ffp-contract=off", "-fwrapv"]
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "infer_types": True,
    "annotation_typing": False,
    "show_performance_hints": False,
}


class NativeUnavailable(Exception):
    """Native code cannot be made here; the message says what is missing."""


def built_files(folder: Path) -> list[Path]:
    """Where the builds for this Python lie."""
    return [folder / f"{module}{SUFFIX}" for module in MODULES]


def build(folder: Path) -> list[Path]:
    """Compile into a folder, replacing an earlier build; raises NativeUnavailable and then leaves nothing."""
    _require_compiler()
    for target in built_files(folder):  # an old build must not outlive a failed one, nor one its sibling
        target.unlink(missing_ok=True)
    with TemporaryDirectory(prefix="tripgen-native-") as scratch, redirect_stdout(StringIO()):
        made = _compile(Path(scratch))
        for source, target in zip(made, built_files(folder), strict=True):
            shutil.copyfile(source, target)
    return built_files(folder)


def _require_compiler() -> None:
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(shlex.split(command)[0]) is None:
        raise NativeUnavailable(f"there is no C compiler ({command}); Debian has it in the package gcc")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise NativeUnavailable("the headers of this Python (Python.h) are not installed")


def _compile(scratch: Path) -> list[Path]:
    try:
        from Cython.Build import cythonize  # noqa: PLC0415
        from setuptools import Distribution, Extension  # noqa: PLC0415
        from setuptools.errors import BaseError, CCompilerError  # noqa: PLC0415
    except ImportError as error:
        raise NativeUnavailable(f"{error.name} is missing; install requirements-native.txt") from error
    extensions = [
        Extension(f"{PACKAGE}.{module}", [str(FOLDER / f"{module}.py")], extra_compile_args=FLAGS)
        for module in MODULES
    ]
    modules = cythonize(extensions, build_dir=str(scratch), compiler_directives=DIRECTIVES, quiet=True)
    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(scratch / "lib"), str(scratch / "temp")
    command.ensure_finalized()
    try:
        command.run()
    except (BaseError, CCompilerError) as error:
        raise NativeUnavailable(f"the C compiler failed: {error}") from error
    return [Path(command.get_ext_fullpath(extension.name)) for extension in extensions]


def main() -> int:
    """Build in place, or remove the build; 0 also when nothing could be built and the source goes on."""
    parser = argparse.ArgumentParser(prog="tripgen native", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="go back to the source")
    parser.add_argument("--require", action="store_true", help="fail when native code cannot be made")
    options = parser.parse_args()
    for built in built_files(FOLDER):
        built.unlink(missing_ok=True)
    if options.remove:
        say("the planning kernel runs as plain Python")
        return 0
    try:
        build(FOLDER)
        say("the planning kernel is native")
    except (NativeUnavailable, OSError) as error:
        say(f"the planning kernel stays plain Python: {error}")
        return 1 if options.require else 0
    return 0


def say(line: str) -> None:
    """To standard error: standard output belongs to the command that may follow."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
