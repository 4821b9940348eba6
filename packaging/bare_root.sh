#!/usr/bin/env bash
# Proves that a fresh Debian with only git, make and Python is enough. Needs root and debootstrap.
#
#   packaging/bare_root.sh [FOLDER] [TARGET...]      default: build/bare-root, test run
#
# 1. A minimal Debian is unpacked into FOLDER (kept and used again when it is there already).
# 2. An ordinary user without sudo runs `make setup`: it must end with 2 and print the command.
# 3. Root runs `make TARGET` for each target in a fresh clone of the last commit.
#
# From the environment, because no machine's own arrangements belong in the repository:
#   MIRROR  archive to unpack from            default: the first one this machine's apt uses
#   SUITE   release                           default: bookworm
#   BINDS   more folders to show inside       e.g. a folder of packages that pip is pointed at
# This machine's apt sources, pip configuration, certificates and PIP_*/SSL_* variables are copied.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$repository/build/bare-root}")
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(test run)
suite=${SUITE:-bookworm}

say() { printf '\n== %s\n' "$*"; }
[ "$(id -u)" = 0 ] || { echo "bare_root.sh: only root can unpack a system" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "bare_root.sh: debootstrap is missing" >&2; exit 2; }

mirror_of_this_machine() {
    awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep . ||
        awk '/^deb / {for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) {print $i; exit}}' \
            /etc/apt/sources.list
}

if [ ! -e "$folder/etc/debian_version" ]; then
    say "unpacking $suite into $folder"
    debootstrap --variant=minbase --include=git,make,python3,ca-certificates \
        "$suite" "$folder" "${MIRROR:-$(mirror_of_this_machine)}" >"$folder.log" 2>&1 ||
        { tail -5 "$folder.log"; exit 1; }
fi

copy_here() { # this machine's own way to its packages
    local path
    for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d/99* \
        /etc/apt/preferences.d /etc/apt/keyrings /usr/share/keyrings \
        /etc/pip.conf /root/.config/pip/pip.conf /root/.pip/pip.conf \
        /etc/resolv.conf /etc/hosts /etc/ssl/certs /usr/local/share/ca-certificates; do
        [ -e "$path" ] || continue
        mkdir -p "$folder$(dirname "$path")"
        rm -rf "${folder:?}$path"
        cp -rL "$path" "$folder$path" 2>/dev/null || true
    done
    rm -f "$folder"/etc/apt/sources.list.d/*.disabled*
}
copy_here

inside() { # USER COMMAND: with its own mounts and processes, gone when it ends
    local user=$1 command=$2 home=/root
    [ "$user" = root ] || home=/home/$user
    local keep=()
    while IFS= read -r name; do keep+=("$name=${!name}"); done < <(compgen -e | grep -E '^(PIP|SSL)_')
    export folder BINDS=${BINDS:-}
    unshare --mount --pid --fork bash -c '
        mount -t proc proc "$folder/proc"
        mount -t sysfs -o ro sysfs "$folder/sys"
        mount -t tmpfs tmpfs "$folder/run"
        mount --bind /dev "$folder/dev"
        mkdir -p /dev/shm
        for bind in $BINDS; do
            mkdir -p "$folder$bind" && mount --bind -o ro "$bind" "$folder$bind"
        done
        exec chroot --userspec="$1" "$folder" /usr/bin/env -i "HOME=$2" "${@:4}" \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CI=true \
            bash -c "$3"
    ' -- "$user" "$home" "$command" "${keep[@]}" </dev/null
}

clone_into() { # PATH inside
    rm -rf "${folder:?}$1"
    git clone -q --no-hardlinks "$repository" "$folder$1"
}

say "an ordinary user without sudo"
chroot "$folder" id clerk >/dev/null 2>&1 || chroot "$folder" useradd --create-home clerk
if chroot "$folder" dpkg-query -W libegl1 >/dev/null 2>&1; then
    echo "skipped: the system libraries are already there; remove $folder to see it again"
else
    clone_into /home/clerk/clinic-desk
    chroot "$folder" chown -R clerk: /home/clerk/clinic-desk
    code=0
    inside clerk 'cd ~/clinic-desk && make setup' || code=$?
    [ "$code" = 2 ] || { echo "make ended with $code, not 2" >&2; exit 1; }
fi

clone_into /root/clinic-desk
for target in "${targets[@]}"; do
    say "root: make $target"
    started=$SECONDS
    inside root "cd ~/clinic-desk && make $target"
    say "make $target took $((SECONDS - started)) s"
done
