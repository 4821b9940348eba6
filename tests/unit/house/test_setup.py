"""Set-up on systems where something is missing, with a stand-in for each system command.

The commands are small scripts in a folder that is the whole PATH: what they were asked is written
to a log, so that a test sees what would have been installed.
"""

from __future__ import annotations

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
    "chmod",
    "rm",
    "sha256sum",
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

    def finished(self, mode: str) -> None:
        """An environment that this script has made and filled; the log begins anew."""
        for name in (
            "Xvfb",
            "xauth",
            "xdotool",
            "dbus-daemon",
            "dbus-run-session",
            "gnome-keyring-daemon",
        ):
            self.command(name, "")
        script = self.home / "packaging/bootstrap/setup.sh"
        # The accessibility bus is looked for under /usr, which a test cannot pretend.
        text = script.read_text()
        assert "/usr/lib*/" in text
        script.write_text(text.replace("/usr/lib*/", f"{self.bin}/*"))
        (self.bin / "at-spi-bus-launcher").write_text("")
        for lock in ("requirements.lock", "requirements-dev.lock"):
            (self.home / lock).write_text("packages\n")
        self.command("python", 'case "$*" in *version_info*) echo 3.11 ;; esac')
        venv = self.home / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(self.bin / "python")
        pip = venv / "lib" / "python3.11" / "site-packages" / "pip"
        pip.mkdir(parents=True)
        (pip / "__init__.py").write_text("")
        code, words = self.set_up(mode)
        assert code == 0, words
        self.log.unlink()

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file()
        }

    def set_up(self, mode: str = "run", *, check: bool = False, **more: str) -> tuple[int, str]:
        script = str(self.home / "packaging/bootstrap/setup.sh")
        done = subprocess.run(
            [str(self.bin / "bash"), script, mode, *(["--check"] if check else [])],
            env={"PATH": str(self.bin), "HOME": str(self.bin.parent / "home"), **more},
            capture_output=True,
            text=True,
            timeout=240,
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


@pytest.mark.parametrize("mode", ["run", "test"])
def test_a_finished_set_up_asks_no_package_manager_and_changes_nothing(
    system: System, mode: str
) -> None:
    system.python()
    system.command("apt-get", "")
    system.command("sudo", "")
    system.finished(mode)
    before = system.files()

    code, words = system.set_up(mode)

    assert (code, words) == (0, "")
    stubs = {path.name for path in system.bin.iterdir() if not path.is_symlink()}
    asked = [line.split()[0] for line in system.calls().splitlines() if line.split()[0] in stubs]
    assert set(asked) == {"ldconfig", "python"}, "it only looked"
    assert "pip install" not in system.calls()
    assert len(asked) <= 4, "and that not often: every make begins with it"
    assert system.files() == before


def test_a_changed_lock_is_noticed(system: System) -> None:
    system.python()
    system.finished("test")
    (system.home / "requirements-dev.lock").write_text("another\n")

    code, words = system.set_up("test", check=True)

    assert (code, words) == (3, "set-up: would install the packages of requirements-dev.lock\n")
    assert system.set_up("test")[0] == 0
    assert "pip install" in system.calls()
    assert system.set_up("test", check=True) == (0, "")
