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
MODULE = "shared.schedules.planning.kernel.search"
SOURCE = ROOT.joinpath(*MODULE.split(".")).with_suffix(".py")
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
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


def built_file(folder: Path) -> Path:
    """Where a build for this Python lies."""
    return folder / f"{SOURCE.stem}{SUFFIX}"


def build(folder: Path) -> Path:
    """Compile into a folder, replacing an earlier build at once; raises NativeUnavailable."""
    _require_compiler()
    with TemporaryDirectory(prefix="tripgen-native-") as scratch, redirect_stdout(StringIO()):
        compiled = _compile(Path(scratch))
        target = built_file(folder)
        draft = target.with_name(f"{target.name}.{os.getpid()}.new")
        shutil.copyfile(compiled, draft)
        draft.replace(target)
    return target


def _require_compiler() -> None:
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(shlex.split(command)[0]) is None:
        raise NativeUnavailable(f"there is no C compiler ({command}); Debian has it in the package gcc")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise NativeUnavailable("the headers of this Python (Python.h) are not installed")


def _compile(scratch: Path) -> Path:
    try:
        from Cython.Build import cythonize  # noqa: PLC0415
        from setuptools import Distribution, Extension  # noqa: PLC0415
        from setuptools.errors import BaseError, CCompilerError  # noqa: PLC0415
    except ImportError as error:
        raise NativeUnavailable(f"{error.name} is missing; install requirements-native.txt") from error
    extension = Extension(MODULE, [str(SOURCE)], extra_compile_args=FLAGS)
    modules = cythonize([extension], build_dir=str(scratch), compiler_directives=DIRECTIVES, quiet=True)
    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(scratch / "lib"), str(scratch / "temp")
    command.ensure_finalized()
    try:
        command.run()
    except (BaseError, CCompilerError) as error:
        raise NativeUnavailable(f"the C compiler failed: {error}") from error
    return Path(command.get_ext_fullpath(MODULE))


def main() -> int:
    """Build in place, or remove the build; 0 also when nothing could be built and the source goes on."""
    parser = argparse.ArgumentParser(prog="tripgen native", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="go back to the source")
    parser.add_argument("--require", action="store_true", help="fail when native code cannot be made")
    options = parser.parse_args()
    built_file(SOURCE.parent).unlink(missing_ok=True)  # an old build must not outlive a failed one
    if options.remove:
        say("the planning kernel runs as plain Python")
        return 0
    try:
        say(f"the planning kernel is native: {build(SOURCE.parent).relative_to(ROOT)}")
    except (NativeUnavailable, OSError) as error:
        say(f"the planning kernel stays plain Python: {error}")
        return 1 if options.require else 0
    return 0


def say(line: str) -> None:
    """To standard error: standard output belongs to the command that may follow."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
