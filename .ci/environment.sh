# shellcheck shell=sh disable=SC2154
# Makes and refreshes .venv; read by ./jcgov and ./check, which set $here to the checkout's folder.
#
# Each stamp in .venv repeats what the environment was made from. It is written last, so that an
# environment without a current stamp is not used. Everything printed here goes to stderr.

newline='
'

# prepare_environment jcgov   what the program needs
# prepare_environment check   that, and what the checks need
prepare_environment() {
    wanted=$(fingerprint requirements.lock pyproject.toml) || exit 3
    wanted_tests=
    if [ "$1" = check ]; then
        wanted_tests=$(fingerprint requirements.lock tests/requirements.lock) || exit 3
    fi
    if environment_is_current; then
        return
    fi
    with_lock update_environment || exit
}

environment_is_current() {
    runtime_is_current && tests_are_current
}

runtime_is_current() {
    [ -x "$here/.venv/bin/python" ] && has_stamp .jcgov-stamp "$wanted"
}

tests_are_current() {
    [ -z "$wanted_tests" ] || has_stamp .jcgov-tests-stamp "$wanted_tests"
}

update_environment() {
    runtime_is_current || install_runtime || return
    tests_are_current || install_tests
}

# A moved, foreign or half-made environment is made anew; one of ours is brought up to date.
install_runtime() {
    if [ -x "$here/.venv/bin/python" ] && made_here; then
        say "bringing the environment in .venv up to date"
        rm -f "$here/.venv/.jcgov-stamp" "$here/.venv/.jcgov-tests-stamp"
    else
        find_python || return
        say "making the environment in .venv (once, about half a minute)"
        rm -rf "$here/.venv" || return 3
        "$python" -m venv "$here/.venv" >&2 || return 3
    fi
    pip_install --require-hashes -r "$here/requirements.lock" &&
        pip_install --no-deps --no-build-isolation -e "$here" &&
        write_stamp .jcgov-stamp "$wanted"
}

install_tests() {
    say "installing what the checks need"
    pip_install --require-hashes -r "$here/tests/requirements.lock" &&
        write_stamp .jcgov-tests-stamp "$wanted_tests"
}

pip_install() {
    "$here/.venv/bin/python" -m pip install -q --disable-pip-version-check --no-input "$@" >&2 || {
        say "the environment is not complete; the next call tries again"
        return 3
    }
}

# --- stamps

fingerprint() {
    cd "$here" || exit
    if command -v sha256sum >/dev/null; then
        sha256sum "$@" || exit
    else
        shasum -a 256 "$@" || exit
    fi
    printf '%s\n' "$here"
}

has_stamp() {
    read_stamp "$1"
    [ "$found" = "$2" ]
}

made_here() {
    read_stamp .jcgov-stamp
    case $found in *"$newline$here") ;; *) return 1 ;; esac
}

read_stamp() {
    found=
    [ -r "$here/.venv/$1" ] || return 0
    while IFS= read -r line; do
        found=${found:+$found$newline}$line
    done <"$here/.venv/$1"
}

write_stamp() {
    printf '%s\n' "$2" >"$here/.venv/$1.new" && mv -f "$here/.venv/$1.new" "$here/.venv/$1"
}

# --- one at a time: whoever waited looks again before doing anything

with_lock() {
    [ -w "$here" ] || {
        say "$here cannot be written to, and its .venv is missing or out of date"
        return 3
    }
    if command -v flock >/dev/null; then
        ( flock 9 && "$@" ) 9>"$here/.venv.lock"
    else
        with_lock_folder "$@"
    fi
}

# Where flock is missing. The folder names its owner; one that has died loses it.
with_lock_folder() {
    until mkdir "$here/.venv.lock.d" 2>/dev/null; do
        sleep 1
        owner=
        read -r owner 2>/dev/null <"$here/.venv.lock.d/pid" || continue
        kill -0 "$owner" 2>/dev/null || rm -rf "$here/.venv.lock.d"
    done
    (
        trap 'rm -rf "$here/.venv.lock.d"' EXIT
        trap 'exit 130' INT TERM HUP
        echo $$ >"$here/.venv.lock.d/pid"
        "$@"
    )
}

# --- what comes from the system

# Sets $python to a Python that can make environments: its real file, so that an upgrade of the
# system's Python leaves a dangling link, which is noticed, and not an environment that half works.
find_python() {
    if choose_python; then
        return
    fi
    if [ -z "$python" ]; then
        say "needs Python 3.11 or newer, and found none (tried python3, python3.13, python3.12, python3.11)"
        return 3
    fi
    install_packages python3-venv || return
    choose_python || {
        say "$python still cannot make environments: its modules venv and ensurepip are missing"
        return 3
    }
}

choose_python() {
    python=
    for candidate in python3 python3.13 python3.12 python3.11; do
        real=$("$candidate" -c '
import os, sys
if sys.version_info >= (3, 11):
    print(os.path.realpath(sys.executable))
' 2>/dev/null) || continue
        [ -n "$real" ] || continue
        python=${python:-$real}
        if "$real" -c 'import ensurepip, venv' 2>/dev/null; then
            python=$real
            return 0
        fi
    done
    return 1
}

# The superuser's call installs Debian packages; anyone else is told the line to type.
install_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $* with apt-get"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@"; } >&2 || return 3
    else
        say "missing on this machine: $*. Please type:"
        echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends $*" >&2
        return 3
    fi
}

say() {
    echo "jcgov: $*" >&2
}
