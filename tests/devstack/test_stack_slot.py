"""State slots: two commands at once, and what a crash leaves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import processes
from devstack.slot import SlotError, slot


def test_second_command_of_a_kind_gets_a_slot_of_its_own(tmp_path: Path) -> None:
    with slot("demo", root=tmp_path) as first, slot("demo", root=tmp_path) as second:
        assert (first.path, first.first) == (tmp_path / "demo", True)
        assert (second.path, second.first) == (tmp_path / "demo-2", False)
    with slot("demo", root=tmp_path) as third:
        assert third.path == first.path


def test_slot_of_a_killed_command_is_taken_over_with_its_data(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from devstack.slot import slot
with slot("up", root=Path({str(tmp_path)!r})) as held:
    (held.path / "data").write_text("kept")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    with slot("up", root=tmp_path) as held:
        assert (held.path / "data").read_text() == "kept"


def test_fresh_slot_remembers_nothing(tmp_path: Path) -> None:
    with slot("up", root=tmp_path) as held:
        (held.path / "postgres").mkdir()
        (held.path / "secrets.json").touch()
    with slot("up", fresh=True, root=tmp_path) as held:
        assert sorted(entry.name for entry in held.path.iterdir()) == ["lock", "logs"]


def test_logs_are_those_of_this_run(tmp_path: Path) -> None:
    with slot("up", root=tmp_path) as held:
        (held.logs / "web.log").write_text("yesterday")
    with slot("up", root=tmp_path) as held:
        assert list(held.logs.iterdir()) == []


def test_state_that_cannot_be_kept_names_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SlotError, match="TRIPGEN_STATE"), slot("up", root=tmp_path / "file"):
        pass


def test_leftovers_of_a_slot_are_ended_and_no_other_process(tmp_path: Path) -> None:
    def sleeper(folder: Path) -> subprocess.Popen[bytes]:
        marked = os.environ | {processes.MARK: str(folder)}
        return subprocess.Popen(["/bin/sleep", "60"], env=marked)

    left, frozen, foreign = sleeper(tmp_path / "up"), sleeper(tmp_path / "up"), sleeper(tmp_path / "up-2")
    try:
        frozen.send_signal(signal.SIGSTOP)
        with slot("up", root=tmp_path) as held:
            assert held.leftovers == 2
            assert left.wait(5) < 0
            assert frozen.wait(5) < 0
            assert foreign.poll() is None
    finally:
        for process in (left, frozen, foreign):
            process.kill()
            process.wait()
