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

echo "trying dist/clinic-desk: doctor"
elsewhere doctor --json >"$stranger/doctor.json" || {
    cat "$stranger/doctor.json"
    echo "the packaged program is not well" >&2
    exit 1
}
.venv/bin/python -m json.tool "$stranger/doctor.json" >/dev/null

echo "trying dist/clinic-desk: tour"
elsewhere tour --out "$stranger/tour" >"$stranger/tour.log" 2>&1 || {
    cat "$stranger/tour.log"
    echo "the packaged program did not pass the tour" >&2
    exit 1
}
pictures=$(find "$stranger/tour" -name '*.png' | wc -l)
[ "$pictures" -ge 4 ] || {
    echo "the tour of the packaged program made only $pictures pictures" >&2
    exit 1
}
echo "dist/clinic-desk works: $pictures pictures of the tour," \
    "$(du -sh dist/clinic-desk | cut -f1) on disk"
