#!/usr/bin/env bash
# Brings a fresh Debian or Ubuntu to the point where the program runs.
#
#   packaging/bootstrap/setup.sh run|test|package [--check]
#
# --check only looks: exit code 3 and a line for the first thing that is missing.
# Looks before it acts: when nothing is missing it touches nothing, calls no package manager and
# is over in a fraction of a second. System packages are installed when this is root or sudo needs
# no password; otherwise the one command to type is printed and the exit code is 2.
#
# CLINIC_DESK_PYTHON names the interpreter to use instead of the first suitable one in PATH.
set -euo pipefail

mode=${1:?usage: setup.sh run|test|package}
case "$mode" in run | test | package) ;; *)
    echo "setup.sh: unknown mode '$mode': run, test or package" >&2
    exit 64
    ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
check=${2:-}
# An ordinary Debian user's PATH leaves out ldconfig.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
venv=.venv

say() { printf 'set-up: %s\n' "$*" >&2; }
die() {
    printf 'set-up: %s\n' "$*" >&2
    exit 2
}

would() {
    [ -z "$check" ] || {
        say "would $*"
        exit 3
    }
}

# One set-up at a time: two makes in one folder would write the same environment.
if command -v flock >/dev/null 2>&1; then
    mkdir -p build
    exec 9>build/.setup.lock
    flock 9
fi

# ---------------------------------------------------------------- what is missing from the system

wanted=() # system packages to install
want() {
    local package
    for package in "$@"; do
        case " ${wanted[*]-} " in *" $package "*) ;; *) wanted+=("$package") ;; esac
    done
}

python_version() { # prints "3.11" when the interpreter runs and is one that we support
    "$1" -c 'import sys
if (3, 11) <= sys.version_info[:2] <= (3, 14): print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

python=
version=
find_python() {
    local candidate
    for candidate in ${CLINIC_DESK_PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        version=$(python_version "$candidate") || version=
        if [ -n "$version" ]; then
            python=$(command -v "$candidate")
            return 0
        fi
    done
    return 1
}

# pip counts too: an environment interrupted while it was made has a python but no pip.
venv_ready() {
    [ -x "$venv/bin/python" ] || return 1
    version=$(python_version "$venv/bin/python") || return 1
    [ -n "$version" ] && compgen -G "$venv/lib/python$version/site-packages/pip/__init__.py" >/dev/null
}

check_python() {
    venv_ready && return 0
    if ! find_python; then
        [ -z "${CLINIC_DESK_PYTHON:-}" ] ||
            die "CLINIC_DESK_PYTHON=$CLINIC_DESK_PYTHON is not Python 3.11 to 3.14."
        want python3.11 python3.11-venv
        return 0
    fi
    # Debian ships the module that fills an environment in a package of its own.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || want "python$version-venv"
}

libraries() { # the shared libraries Qt opens, and the packages that bring them
    cat <<'LIST'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libX11-xcb.so.1 libx11-xcb1
libxcb.so.1 libxcb1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render.so.0 libxcb-render0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-util.so.1 libxcb-util1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libgthread-2.0.so.0 libglib2.0-0
libgssapi_krb5.so.2 libgssapi-krb5-2
libbrotlidec.so.1 libbrotli1
libz.so.1 zlib1g
libzstd.so.1 libzstd1
LIST
}

check_libraries() {
    local known soname package
    known=$(ldconfig -p 2>/dev/null || true)
    while read -r soname package; do
        case "$known" in *"$soname "*) ;; *) want "$package" ;; esac
    done < <(libraries)
    [ -d /etc/fonts ] || want fontconfig-config
    # Qt paints boxes without any scalable font.
    if [ -z "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" \
        "${HOME:-/nonexistent}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -print -quit 2>/dev/null)" ]; then
        want fontconfig fonts-dejavu-core
    fi
}

check_test_tools() {
    command -v Xvfb >/dev/null 2>&1 || want xvfb
    command -v xauth >/dev/null 2>&1 || want xauth
    command -v xdotool >/dev/null 2>&1 || want xdotool
    command -v dbus-daemon >/dev/null 2>&1 || want dbus
    command -v dbus-run-session >/dev/null 2>&1 || want dbus
    command -v gnome-keyring-daemon >/dev/null 2>&1 || want gnome-keyring
    compgen -G '/usr/lib*/at-spi-bus-launcher' >/dev/null ||
        compgen -G '/usr/lib*/at-spi2-core/at-spi-bus-launcher' >/dev/null || want at-spi2-core
}

check_package_tools() {
    command -v objdump >/dev/null 2>&1 || want binutils
    # Debian's interpreter carries its library inside; the bundle needs it as a file of its own.
    local interpreter=$venv/bin/python
    [ -x "$interpreter" ] || interpreter=$python
    if [ -n "$interpreter" ] && ! "$interpreter" - <<'PY' 2>/dev/null
import ctypes, os, sys, sysconfig
name = sysconfig.get_config_var("INSTSONAME") or ""
folder = sysconfig.get_config_var("LIBDIR") or ""
if ".so" not in name:
    name = "libpython%d.%d.so.1.0" % sys.version_info[:2]
try:
    ctypes.CDLL(name)
except OSError:
    sys.exit(0 if os.path.exists(os.path.join(folder, name)) else 1)
PY
    then
        want "libpython$version"
    fi
}

# ------------------------------------------------------------------------------ getting it there

install_wanted() {
    [ ${#wanted[@]} -gt 0 ] || return 0
    would "install system packages: ${wanted[*]}"
    if ! command -v apt-get >/dev/null 2>&1; then
        die "missing on this system, under their Debian names: ${wanted[*]}. Install what" \
            "your distribution calls them and run make again."
    fi
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null </dev/null; then
            as_root=(sudo -n)
        else
            say "some system packages are missing. Please run this once, then make again:"
            printf '\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n\n' \
                "${wanted[*]}" >&2
            exit 2
        fi
    fi
    say "installing system packages: ${wanted[*]}"
    mkdir -p build
    local log=build/apt.log
    apt() {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@" \
            </dev/null >>"$log" 2>&1
    }
    give_up() {
        tail -n 20 "$log" >&2
        die "$1 The whole log is in $log."
    }
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
        apt update || give_up "apt-get update failed."
    fi
    if ! apt install -y --no-install-recommends "${wanted[@]}"; then
        # The lists may be older than the archive.
        apt update || give_up "apt-get update failed."
        apt install -y --no-install-recommends "${wanted[@]}" ||
            give_up "apt-get could not install: ${wanted[*]}."
    fi
}

make_venv() {
    venv_ready && return 0
    find_python || die "no Python 3.11 to 3.14 was found after the installation."
    would "make $venv with Python $version"
    say "making $venv with Python $version"
    rm -rf "$venv"
    "$python" -m venv "$venv" || die "$python could not make the environment $venv."
}

# The stamp holds what was installed, not when: a fresh checkout has new times on old files.
fingerprint() {
    { cat "$1" packaging/bootstrap/setup.sh; printf '%s %s' "$root" "$version"; } | sha256sum
}

install_locked() {
    local lock=$1 stamp=$venv/.installed-$(basename "$1")
    local now
    now=$(fingerprint "$lock")
    [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return 0
    would "install the packages of $lock"
    say "installing the packages of $lock"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --requirement "$lock" ||
        die "the packages of $lock could not be installed; pip's own message is above."
    printf '%s' "$now" >"$stamp"
    # The development lock holds everything of the smaller one.
    [ "$lock" = requirements.lock ] ||
        fingerprint requirements.lock >"$venv/.installed-requirements.lock"
}

# The program itself is not copied into the environment: it is found where it is edited.
link_program() {
    local site link
    site=$(echo "$venv"/lib/python3.*/site-packages)
    link=$site/clinic_desk_source.pth
    [ "$(cat "$link" 2>/dev/null)" = "$root" ] || printf '%s\n' "$root" >"$link"
    local script=$venv/bin/clinic-desk
    [ -x "$script" ] && return 0
    cat >"$script" <<SCRIPT
#!$root/$venv/bin/python
import sys

from clinic_desk.__main__ import main

sys.exit(main())
SCRIPT
    chmod +x "$script"
}

check_python
check_libraries
[ "$mode" = run ] || check_test_tools
[ "$mode" != package ] || check_package_tools
install_wanted
make_venv
if [ "$mode" = run ]; then
    install_locked requirements.lock
else
    install_locked requirements-dev.lock
fi
link_program
