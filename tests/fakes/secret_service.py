"""A real Secret Service (gnome-keyring-daemon) on a bus of its own, with folders of its own.

The bus knows no services to start, so what is not running is missing, and nothing can ask a person
anything: a question for a password counts as dismissed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
PASSWORD = b"correct horse"
WAIT = 60.0


@dataclass
class Session:
    """A bus; ``environment`` is what a program needs to find it and the keyring's own folders."""

    folder: Path
    bus: subprocess.Popen[bytes]
    environment: dict[str, str]
    daemon: subprocess.Popen[bytes] | None = field(default=None)

    def start_daemon(self) -> None:
        """The keyring, unlocked, with a collection to keep things in."""
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
             f"--control-directory={self.folder / 'control'}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.environment,
        )  # fmt: skip
        assert daemon.stdin is not None
        daemon.stdin.write(PASSWORD)
        daemon.stdin.close()
        self.daemon = daemon
        self._until_it_answers()

    def _until_it_answers(self) -> None:
        import secretstorage
        from jeepney.io.blocking import open_dbus_connection

        until = time.monotonic() + WAIT
        while True:
            with suppress(Exception), closing(open_dbus_connection(bus=self.address)) as bus:
                if not secretstorage.Collection(bus).is_locked():
                    return
            assert time.monotonic() < until, "the keyring did not come up"
            time.sleep(0.02)

    @property
    def address(self) -> str:
        return self.environment["DBUS_SESSION_BUS_ADDRESS"]

    def lock(self) -> None:
        import secretstorage
        from jeepney.io.blocking import open_dbus_connection

        with closing(open_dbus_connection(bus=self.address)) as bus:
            collection = secretstorage.Collection(bus)
            collection.lock()
            until = time.monotonic() + WAIT
            while not collection.is_locked():
                assert time.monotonic() < until, "the keyring was not locked"
                time.sleep(0.01)

    def hang(self) -> None:
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self.daemon is not None:
            with suppress(ProcessLookupError):
                self.daemon.send_signal(signal.SIGCONT)
            self.daemon.kill()
            self.daemon.wait(WAIT)
            self.daemon = None


@contextmanager
def session(folder: Path) -> Iterator[Session]:
    """A bus without a keyring; ``start_daemon`` brings one."""
    folder.mkdir(parents=True, exist_ok=True)
    config, socket = folder / "bus.conf", folder / "bus"
    config.write_text(BUS.format(socket=socket), "utf-8")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert bus.stdout is not None
        address = bus.stdout.readline().decode().strip()
        environment = {
            **{k: v for k, v in os.environ.items() if k != "PYTHON_KEYRING_BACKEND"},
            "DBUS_SESSION_BUS_ADDRESS": address,
            "HOME": str(folder),
        }
        for name in ("DATA", "CONFIG", "CACHE", "STATE"):
            environment[f"XDG_{name}_HOME"] = str(folder / name.lower())
            (folder / name.lower()).mkdir(exist_ok=True)
        environment["XDG_RUNTIME_DIR"] = str(folder / "run")
        (folder / "run").mkdir(mode=0o700, exist_ok=True)
        environment.pop("GNOME_KEYRING_CONTROL", None)
        made = Session(folder, bus, environment)
        try:
            yield made
        finally:
            made.kill()
    finally:
        bus.kill()
        bus.wait(WAIT)
        if bus.stdout is not None:
            bus.stdout.close()
