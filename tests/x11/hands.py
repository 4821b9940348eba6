"""A display of its own, the program on it, and the hands and eyes of the person before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

ROOT = Path(__file__).parents[2]
SIZE = (1366, 768)
PATIENCE = 90.0
"""Seconds that a step may take before the test fails; it takes a fraction of one."""

STRIDES = 8
"""Mouse moves in one drag."""

STILL = 6
"""Looks of the program upon itself that must be alike before a place is aimed at."""

Spot = tuple[int, int]


@contextmanager
def display() -> Iterator[str]:
    """A private X server, gone afterwards; yields its name (":7")."""
    reading, writing = os.pipe()
    width, height = SIZE
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24",
         "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        # the server writes its number when it is ready, and closes its end if it fails
        with os.fdopen(reading, "rb") as answer:
            number = answer.readline().decode().strip()
        assert number.isdigit(), "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


class Person:
    """Sits before the program in ``data``; positions are pixels of the screen."""

    def __init__(self, name: str, data: Path, folder: Path) -> None:
        self._eyes = folder / "eyes.json"
        self._errors = (folder / "stderr.txt").open("w+b")
        self._environment = {
            **{k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"},
            "DISPLAY": name,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0",
            "PYTHONPATH": str(ROOT),
        }
        self._environment.pop("QT_SCALE_FACTOR", None)
        self.keys = 0
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.x11.desk", str(data), str(self._eyes)],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )

    # ------------------------------------------------------------------------------------- eyes

    def see(self) -> dict[str, Any]:
        """What is on the screen now; empty before the first look."""
        try:
            seen: dict[str, Any] = json.loads(self._eyes.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return seen

    def grid(self) -> dict[str, Any]:
        return self.see().get("grid") or {"cells": {}, "quarters": {}, "selected": [], "day": ""}

    def wait(self, until: Callable[[], object], words: str) -> None:
        deadline = monotonic() + PATIENCE
        while not until():
            assert self.program.poll() is None, f"the program has ended: {self.errors()}"
            seen = {**self.see(), "grid": None}
            assert monotonic() < deadline, f"not within {PATIENCE:.0f} s: {words}; seen: {seen}"
            sleep(0.03)

    def still(self) -> None:
        """Waits until nothing moves any more: what is aimed at must still be there when the hand
        arrives. The program counts, so that a busy one does not pass for a quiet one."""
        places: list[Any] | None = None
        since = 0

        def quiet() -> bool:
            nonlocal places, since
            seen = self.see()
            now = [seen.get("windows"), seen.get("grid"), seen.get("month")]
            looks = int(seen.get("looks", 0))
            if now != places:
                places, since = now, looks
            return looks - since >= STILL

        self.wait(quiet, "the screen is still")

    def errors(self) -> str:
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    # ------------------------------------------------------------------------------------ hands

    def _xdotool(self, *words: str | float) -> None:
        subprocess.run(
            ["xdotool", *map(str, words)],
            env=self._environment,
            check=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )

    def focus(self, window: str = "MainWindow") -> None:
        """What a window manager would do: give the window the keyboard."""
        self.wait(lambda: window in self.see().get("windows", {}), f"{window} is open")

        def focused() -> bool:
            seen = self.see()
            if window in seen.get("active", []):
                return True
            number = seen.get("windows", {}).get(window)
            if number:
                self._xdotool("windowfocus", number)
            return False

        self.wait(focused, f"{window} has the keyboard")

    def log_in(self, secret: str = "2580") -> None:
        """Types the PIN of whoever is chosen at the log-in page, and goes in."""
        self.focus()
        self.wait(lambda: self.see().get("focus") == "SecretField", "the log-in page is there")
        self.type(secret)
        self.press("Return")
        self.wait(lambda: self.see().get("focus") not in ("SecretField", ""), "somebody is in")

    def press(self, *keys: str) -> None:
        """Names as xdotool takes them: "ctrl+n", "Return"."""
        self.keys += len(keys)
        self._xdotool("key", "--delay", 20, *keys)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", 20, text)

    def click(self, spot: Spot) -> None:
        self._xdotool("mousemove", *spot, "sleep", 0.05, "click", 1)

    def drag(self, start: Spot, end: Spot) -> None:
        """Press, move in strides, release."""
        moves: list[str | float] = []
        for stride in range(1, STRIDES + 1):
            share = stride / STRIDES
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            moves += ["mousemove", x, y, "sleep", 0.03]
        self._xdotool(
            "mousemove", *start, "sleep", 0.05, "mousedown", 1, *moves, "sleep", 0.1, "mouseup", 1
        )

    def hold(self, start: Spot) -> None:
        """Presses and keeps pressing."""
        self._xdotool("mousemove", *start, "sleep", 0.05, "mousedown", 1)

    def glide(self, start: Spot, end: Spot) -> None:
        """Small moves, whatever is pressed."""
        moves: list[str | float] = []
        for stride in range(1, STRIDES + 1):
            share = stride / STRIDES
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            moves += ["mousemove", x, y, "sleep", 0.03]
        self._xdotool(*moves)

    def key_down(self, key: str) -> None:
        self._xdotool("keydown", key)

    def key_up(self, key: str) -> None:
        self._xdotool("keyup", key)

    def release(self) -> None:
        self._xdotool("sleep", 0.1, "mouseup", 1)

    def wheel(self, notches: int) -> None:
        """Down when positive, where the pointer is."""
        button = 5 if notches > 0 else 4
        self._xdotool("click", "--repeat", abs(notches), "--delay", 30, button)

    # -------------------------------------------------------------------------------------- end

    def leave(self) -> int:
        """Quits as a person does; answers the exit code."""
        self.focus()
        self.press("ctrl+q")
        return self.program.wait(timeout=PATIENCE)

    def close(self) -> None:
        """Ends the program if the test has not; whatever it was doing."""
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait(timeout=PATIENCE)
        self._errors.close()
