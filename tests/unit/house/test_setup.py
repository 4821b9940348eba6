"""Set-up on systems where something is missing, with a stand-in for each system command.

The commands are small scripts in a folder that is the whole PATH: what they were asked is written
to a log, so that a test sees what would have been installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "packaging" / "bootstrap" / "setup.sh"
NEEDED = (
    "bash",
    "cat",
    "dirname",
    "basename",
    "mkdir",
    "flock",
    "env",
    "find",
    "rm",
    "tail",
    "true",
)
SONAMES = [
    line.split()[0]
    for line in SCRIPT.read_text().split("<<'LIST'\n")[1].split("\nLIST")[0].splitlines()
]


class System:
    """A pretended machine: which commands there are, and what they answer."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.home = folder / "clone"
        target = self.home / "packaging" / "bootstrap"
        target.mkdir(parents=True)
        shutil.copy(SCRIPT, target)
        # The script adds the administrator's folders to PATH; here they must not lead outside.
        text = (target / "setup.sh").read_text()
        reach = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
        assert reach in text
        (target / "setup.sh").write_text(text.replace(reach, ""))
        self.bin.mkdir()
        for name in NEEDED:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)
        fonts = folder / "home" / ".fonts"
        fonts.mkdir(parents=True)
        (fonts / "any.ttf").write_bytes(b"")
        self.libraries()
        self.command("id", "echo 1000")

    def command(self, name: str, body: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)

    def libraries(self, *missing: str) -> None:
        listed = "\n".join(f"\t{name} (libc6) => /lib/{name}" for name in set(SONAMES) - {*missing})
        self.command("ldconfig", f"cat <<'END'\n{listed}\nEND")

    def python(self, *, name: str = "python3.11", version: str = "3.11", venv: bool = True) -> None:
        self.command(
            name,
            f"""case "$*" in
                *version_info*) echo {version} ;;
                *ensurepip*) exit {0 if venv else 1} ;;
                *) exit 9 ;;
            esac""",
        )

    def set_up(self, mode: str = "run", **more: str) -> tuple[int, str]:
        done = subprocess.run(
            [str(self.bin / "bash"), str(self.home / "packaging/bootstrap/setup.sh"), mode],
            env={"PATH": str(self.bin), "HOME": str(self.bin.parent / "home"), **more},
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode, done.stderr

    def calls(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_a_person_without_rights_is_told_the_whole_command(system: System) -> None:
    system.python(venv=False)
    system.libraries("libxcb-cursor.so.0", "libEGL.so.1")
    system.command("apt-get", "")

    code, words = system.set_up()

    assert code == 2
    assert "sudo apt-get install -y --no-install-recommends python3.11-venv" in words
    assert "libxcb-cursor0" in words
    assert "libegl1" in words
    assert "libgl1" not in words, "what is there already is not asked for again"
    assert "apt-get" not in system.calls(), "nothing may be installed without rights"


def test_sudo_that_wants_a_password_is_not_used(system: System) -> None:
    system.python()
    system.libraries("libEGL.so.1")
    system.command("apt-get", "")
    system.command("sudo", "exit 1")

    code, words = system.set_up()

    assert code == 2
    assert "sudo apt-get update && sudo apt-get install" in words
    assert "apt-get" not in system.calls().replace("sudo -n true", "")


def test_sudo_without_password_installs_what_is_missing_alone(system: System) -> None:
    system.python()
    system.libraries("libEGL.so.1", "libgthread-2.0.so.0")
    system.command("apt-get", "")
    system.command("sudo", 'shift; exec "$@"')

    system.set_up()

    installs = [line for line in system.calls().splitlines() if "apt-get" in line and "ins" in line]
    assert any(line.endswith("--no-install-recommends libegl1 libglib2.0-0") for line in installs)


def test_stale_lists_are_renewed_and_a_failure_is_told(system: System) -> None:
    system.python()
    system.libraries("libEGL.so.1")
    system.command("id", "echo 0")
    system.command("apt-get", 'case "$*" in *install*) echo "no such package"; exit 100 ;; esac')

    code, words = system.set_up()

    assert code == 2
    assert "could not install: libegl1" in words
    assert "no such package" in words, "the reason that apt gives is shown"
    asked = system.calls()
    assert asked.count(" update") >= 1
    assert asked.count(" install ") == 2, "once more after the lists were renewed"


def test_a_newer_python_serves_and_its_own_venv_package_is_named(system: System) -> None:
    system.command("python3.11", "exit 127")  # a shim without a version behind it
    system.python(name="python3.13", version="3.13", venv=False)

    code, words = system.set_up()

    assert code == 2
    assert "python3.13-venv" in words


def test_without_any_suitable_python_one_is_asked_for(system: System) -> None:
    system.python(name="python3", version="")
    system.command("apt-get", "")

    code, words = system.set_up()

    assert code == 2
    assert "python3.11 python3.11-venv" in words


def test_a_python_named_by_hand_must_be_suitable(system: System) -> None:
    system.python(name="python2.7", version="")

    code, words = system.set_up(CLINIC_DESK_PYTHON="python2.7")

    assert code == 2
    assert "CLINIC_DESK_PYTHON=python2.7 is not Python 3.11 to 3.14" in words


def test_a_system_without_apt_gets_the_names(system: System) -> None:
    system.python()
    system.libraries("libEGL.so.1")

    code, words = system.set_up()

    assert code == 2
    assert "missing on this system, under their Debian names: libegl1" in words


def test_tests_need_a_display_server_and_running_does_not(system: System) -> None:
    system.python(venv=False)

    _, for_running = system.set_up("run")
    _, for_tests = system.set_up("test")

    assert "xvfb" not in for_running
    assert "xvfb" in for_tests
    assert "xdotool" in for_tests


def test_an_unknown_mode_is_refused(system: System) -> None:
    code, words = system.set_up("everything")

    assert code == 64
    assert "run, test or package" in words


@pytest.mark.alone
def test_a_finished_set_up_is_quick_and_asks_no_package_manager(tmp_path: Path) -> None:
    for name in ("apt-get", "sudo"):
        stub = tmp_path / name
        stub.write_text(f'#!/bin/sh\necho {name} >>"{tmp_path}/called"\n')
        stub.chmod(0o755)

    done = subprocess.run(
        [str(SCRIPT), "test", "--check"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=1.0,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), "run `make setup-test` first"
    assert not (tmp_path / "called").exists()
