#!/usr/bin/env bash
# Builds dist/clinic-desk/ and tries it as a stranger would: from another folder, with an empty
# home, without this environment's variables.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

.venv/bin/pyinstaller --noconfirm --log-level ERROR \
    --distpath dist --workpath build/pyinstaller packaging/clinic_desk.spec

stranger=$(mktemp -d)
trap 'rm -rf "$stranger"' EXIT
mkdir "$stranger/home" "$stranger/elsewhere"
elsewhere() {
    (cd "$stranger/elsewhere" &&
        env -i HOME="$stranger/home" PATH=/usr/bin:/bin LANG=C.UTF-8 \
            "$root/dist/clinic-desk/clinic-desk" "$@")
}

try_out() { # WORDS... : says what went wrong and shows it
    echo "trying dist/clinic-desk: $*"
    elsewhere "$@" >"$stranger/log" 2>&1 || {
        cat "$stranger/log"
        echo "the packaged program did not pass: $*" >&2
        exit 1
    }
}

try_out --help
try_out demo --no-window
printf 'Record number,Surname,First name,Born,Phone\nT-1,Müller,Ana,1988-03-04,+44 20 7946 0018\n' \
    >"$stranger/elsewhere/patients.csv"
try_out import patients.csv --user maria --password-stdin <<<2580 # the practice clinic's PIN
try_out verify --json
try_out doctor --json
.venv/bin/python -m json.tool "$stranger/log" >/dev/null

try_out tour --out "$stranger/tour"
pictures=$(find "$stranger/tour" -name '*.png' | wc -l)
[ "$pictures" -ge 4 ] || {
    echo "the tour of the packaged program made only $pictures pictures" >&2
    exit 1
}
echo "dist/clinic-desk works: $pictures pictures of the tour," \
    "$(du -sh dist/clinic-desk | cut -f1) on disk"
