"""Whether there is a display that a window could open on."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from clinic_desk.app.display import reachable

ROOT = Path(__file__).resolve().parents[3]


def test_no_display_named_means_none() -> None:
    assert not reachable({}, "linux")


def test_a_display_that_nobody_serves_is_none() -> None:
    assert not reachable({"DISPLAY": ":4711"}, "linux")
    assert not reachable({"DISPLAY": "nonsense"}, "linux")
    assert not reachable({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"}, "linux")


def test_a_wayland_socket_that_listens_is_a_display(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert reachable(environment, "linux")


def test_other_systems_and_a_chosen_platform_need_no_question() -> None:
    assert reachable({}, "win32")
    assert reachable({}, "darwin")
    assert reachable({"QT_QPA_PLATFORM": "offscreen"}, "linux")


def test_the_window_says_so_instead_of_dying(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", "run", "--data", str(tmp_path)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DISPLAY": ":4711"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "There is no display here" in done.stderr
