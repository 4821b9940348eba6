"""The command line: what can be asked, and how answers and errors leave the program.

Answers go to the standard output, everything else (progress, errors) to the error stream. Only
what a command needs is imported, so that ``--help`` and short questions start at once.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clinic_desk import __version__
from clinic_desk.domain.errors import Fault, Refusal

OK, REFUSED, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130

VIEWS = ("doctor", "flow")
"""Pages that the window can begin with."""

EXIT_CODES = """\
exit codes:
  0    done, nothing to complain about
  1    findings or a refusal: verify or doctor found something, rows were rejected, no opening,
       a wrong name or password, or not allowed for this person
  2    the command line was not understood
  3    a fault of the machine: no disk space, no permission, a file from a newer program
  130  interrupted
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: ``data`` for --json, ``lines`` for people, ``code`` for scripts."""

    data: Mapping[str, object]
    lines: Sequence[str]
    code: int = OK


def parser(*, window: bool = False) -> argparse.ArgumentParser:
    """Of all commands; ``window``: of "run" alone, which is every start of the window and reads
    and refuses the same."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the clinic's data folder (default: the system's own folder for programs)",
    )
    shared.add_argument("--verbose", action="store_true", help="log details to the error stream")
    answering = argparse.ArgumentParser(add_help=False, parents=[shared])
    answering.add_argument("--json", action="store_true", help="answer as one JSON object")
    personal = argparse.ArgumentParser(add_help=False, parents=[answering])
    personal.add_argument(
        "--user",
        default="",
        metavar="LOGIN",
        help="your log-in name, in a clinic that has accounts; the password or PIN is asked for",
    )
    personal.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password or PIN from the standard input instead of asking for it",
    )
    top = argparse.ArgumentParser(
        prog="clinic-desk",
        description="The desktop program for a clinic's front desk.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"Clinic Desk {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str, parent: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=text,
            description=f"{text[:1].upper()}{text[1:]}.",
            parents=[parent],
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _viewing(add("run", "open the clinic's window", shared))
    if window:
        return top
    demo = add("demo", "open the window on a demo clinic, made on the first start", shared)
    demo.add_argument(
        "--abroad", action="store_true", help="with two more sites, in Istanbul and New York"
    )
    _viewing(demo)
    demo.add_argument("--no-window", action="store_true", help="only make the demo clinic")
    tour = add("tour", "drive the real program offscreen and take pictures", shared)
    tour.add_argument(
        "--out", type=Path, default=Path("build/tour"), metavar="DIR", help="where they go"
    )
    tour.add_argument(
        "--everything",
        action="store_true",
        help="every screen as well, small and large, light and dark",
    )
    _importing(add("import", "take in patient lists (CSV) and diaries (iCalendar)", personal))
    _exporting(add("export", "write visits to an iCalendar file", personal))
    _openings(add("openings", "print the free starts of doctors", personal))
    doctor = add("doctor", "check the installation and the database", answering)
    doctor.add_argument(
        "--repair", action="store_true", help="put right what can be, after a safety copy"
    )
    doctor.add_argument(
        "--report",
        action="store_true",
        help="print the diagnostic report instead, in which there is nothing that anybody typed",
    )
    verify = add("verify", "prove the database against its own history", answering)
    verify.add_argument(
        "--head", default="", help="a fingerprint of the audit trail, noted earlier: 1234:abcd…"
    )
    backup = add("backup", "make a verified copy of the clinic's file", answering)
    backup.add_argument("--to", type=Path, metavar="FILE", help="where the copy goes")
    restore = add("restore", "put a backup in the place of the clinic's file", personal)
    restore.add_argument("file", type=Path, help="the backup")
    restore.add_argument(
        "--reason",
        default="By the command line",
        metavar="WORDS",
        help="why; told in the audit trail",
    )
    restore.add_argument(
        "--recovery-key",
        action="store_true",
        help="type the backup's recovery key first: its key is not in this computer's keyring",
    )
    reminders = add("reminders", "send the messages that are due, without a window", answering)
    how = reminders.add_mutually_exclusive_group()
    how.add_argument(
        "--once", action="store_true", help="send what is due now, and end (the default)"
    )
    how.add_argument(
        "--daemon",
        action="store_true",
        help="go on sending until it is told to end (SIGTERM, Ctrl+C, the end of its terminal)",
    )
    encrypt = add("encrypt", "encrypt the clinic's data with a key in the keyring", personal)
    encrypt.add_argument(
        "--backups",
        choices=("encrypt", "delete", "keep"),
        default="encrypt",
        help="what happens to older backups, which anybody can read (default: encrypt)",
    )
    add("decrypt", "take the encryption off the clinic's data", personal)
    recovery = add("recovery-key", "show the recovery key of encrypted data", personal)
    recovery.add_argument(
        "--enter", action="store_true", help="type it instead, when the keyring has lost the key"
    )
    add("second-place", "the helper that copies backups to the second place", shared)
    add("migrate", "bring the clinic's file to this program's format", answering)
    return top


def _viewing(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--view",
        choices=VIEWS,
        default="",
        help="begin with the doctor's view, or with the day-flow board",
    )
    command.add_argument(
        "--doctor",
        default="",
        metavar="CODE",
        help="whose day the doctor's view shows (default: this desk's own)",
    )
    command.add_argument(
        "--another-window",
        action="store_true",
        help="open one more window beside the one that is there",
    )
    # by the program itself, which starts again where it fell
    command.add_argument("--back", default="", help=argparse.SUPPRESS)


def _with_command(argv: Sequence[str]) -> Sequence[str]:
    """ "clinic-desk --view doctor" stands for "clinic-desk run --view doctor"."""
    if argv and argv[0].startswith("-") and any(one.split("=")[0] == "--view" for one in argv):
        return ["run", *argv]
    return argv


def _importing(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".csv or .ics")
    command.add_argument(
        "--dry-run", action="store_true", help="say what would happen and write nothing"
    )
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="HEADING=FIELD",
        help="read a column as a field, e.g. 'Vorname=first_name'; empty FIELD leaves it out",
    )
    command.add_argument("--encoding", default="", help="instead of the one recognised")
    command.add_argument("--delimiter", default="", help="instead of the one recognised")
    command.add_argument("--region", default="", help="country of phone numbers without a code")
    command.add_argument("--zone", default="", help="zone of diary times that name none")
    command.add_argument(
        "--rejects", type=Path, metavar="DIR", help="where reject files go (default: beside each)"
    )


def _exporting(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--ics", type=Path, required=True, metavar="FILE", help="the file to write"
    )
    command.add_argument("--doctor", default="", help="code or name (default: all doctors)")
    command.add_argument(
        "--from", dest="first", default="", metavar="DAY", help="2026-12-01, fri, +2w"
    )
    command.add_argument("--to", dest="last", default="", metavar="DAY", help="included")


def _openings(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--doctor",
        action="append",
        default=[],
        help="code or name, may be repeated (default: any doctor)",
    )
    command.add_argument(
        "--type", default="", help="short name, code or name (default: the clinic's first type)"
    )
    command.add_argument(
        "--from", dest="first", default="today", metavar="DAY", help="2026-12-01, fri, +2w"
    )
    command.add_argument("--days", type=int, default=14, help="how many days (default: 14)")
    command.add_argument("--count", type=int, default=0, help="at most so many (default: all)")
    command.add_argument("--length", type=int, help="minutes, instead of the type's")
    command.add_argument(
        "--when", default="", metavar="WORDS", help="narrow it, e.g. 'tue pm' or 'after 4'"
    )


def run(argv: Sequence[str]) -> int:
    """Parses, dispatches, and turns what is raised into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of few letters must not end it
            stream.reconfigure(errors="backslashreplace")
    try:
        words = _with_command(argv)
        options = parser(window=words[:1] == ["run"]).parse_args(words)
    except SystemExit as stop:  # argparse has said why
        code = stop.code if isinstance(stop.code, int) else USAGE
        if code == USAGE and "--json" in argv:
            _print_json({"error": "usage", "message": "The command line was not understood."})
        return code
    as_json = bool(getattr(options, "json", False))
    try:
        answer = _handler(options.command)(options)
    except Refusal as refusal:
        return _failed(REFUSED, refusal.code, refusal.sentence, as_json)
    except Fault as fault:
        return _failed(FAULT, fault.code, fault.sentence, as_json)
    except KeyboardInterrupt:
        return _failed(INTERRUPTED, "interrupted", "Interrupted.", as_json)
    except OSError as error:
        words = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        return _failed(FAULT, "system", words, as_json)
    except Exception:
        traceback.print_exc()
        return _failed(FAULT, "bug", "Something went wrong that should not; see above.", as_json)
    if isinstance(answer, int):
        return answer
    return _say(answer, as_json)


def _say(answer: Answer, as_json: bool) -> int:
    if as_json:
        text = json.dumps(answer.data, ensure_ascii=False, indent=1, default=str)
    else:
        text = "\n".join(answer.lines)
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.code


def _failed(code: int, name: str, sentence: str, as_json: bool) -> int:
    if as_json:
        _print_json({"error": name, "message": sentence})
    print(f"clinic-desk: {sentence}", file=sys.stderr)
    return code


def _print_json(data: Mapping[str, object]) -> None:
    with suppress(BrokenPipeError):
        print(json.dumps(data, ensure_ascii=False), flush=True)


Handler = Callable[[argparse.Namespace], Answer | int]


def _handler(command: str) -> Handler:
    if command in ("run", "demo", "tour"):
        from clinic_desk.app import start

        return {"run": start.run, "demo": start.demo, "tour": start.tour}[command]
    if command == "second-place":
        from clinic_desk.store import place_worker

        return lambda _options: place_worker.main()
    if command == "doctor":
        from clinic_desk.app import checkup

        return checkup.doctor
    if command == "import":
        from clinic_desk.app import taking_in

        return taking_in.import_
    if command == "export":
        from clinic_desk.app import handing_on

        return handing_on.export
    if command == "reminders":
        from clinic_desk.app import reminders

        return reminders.send
    if command in ("encrypt", "decrypt", "recovery-key"):
        from clinic_desk.app import key_commands

        return {
            "encrypt": key_commands.encrypt,
            "decrypt": key_commands.decrypt,
            "recovery-key": key_commands.recovery_key,
        }[command]
    from clinic_desk.app import answers

    return {
        "openings": answers.openings,
        "verify": answers.verify,
        "backup": answers.backup,
        "restore": answers.restore,
        "migrate": answers.migrate,
    }[command]
