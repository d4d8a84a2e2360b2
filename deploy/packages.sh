#!/usr/bin/env bash
# packages.sh: the Debian 12 packages of this project, known here and nowhere else.
#
#   deploy/packages.sh [--help] [--list] [--run] [--develop] [--bench]
#
# Installs what is missing; says so first, and does nothing (and needs no rights) when nothing is.
#   --list      print the names and install nothing
#   --run       only what the built programs need: for a machine that does not build
#   --develop   also what only someone who changes the code needs (clang-format)
#   --bench     also what the scripts below tests/bench need to make their virtual environment
set -euo pipefail

build="gcc libc6-dev meson ninja-build pkg-config protobuf-c-compiler"
libraries="libssl-dev libjansson-dev libcyaml-dev libyaml-dev zlib1g-dev libzstd-dev libuv1-dev"
libraries="$libraries libutf8proc-dev libopenblas-dev"   # libcyaml-dev forgets libyaml-dev
libraries="$libraries libprotobuf-c-dev libgrpc-dev libsqlite3-dev libmicrohttpd-dev libcurl4-openssl-dev"
run="libssl3 libjansson4 libcyaml1 libyaml-0-2 zlib1g libzstd1 libuv1 libutf8proc2 libopenblas0-pthread"
run="$run libprotobuf-c1 libgrpc29 libsqlite3-0 libmicrohttpd12 libcurl4"
tests="check python3 binutils clang-14 libclang-rt-14-dev systemd openssl"
wanted="$build $libraries $tests"
list=no

for argument in "$@"; do
	case "$argument" in
	--help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
	--list) list=yes ;;
	--run) wanted=$run ;;
	--develop) wanted="$wanted clang-format-14" ;;
	--bench) wanted="$wanted python3-venv" ;;
	*) echo "packages.sh: unknown option $argument (see --help)" >&2; exit 2 ;;
	esac
done

if [ $list = yes ]; then
	tr ' ' '\n' <<<"$wanted"
	exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "packages.sh: this is not a Debian system; install the counterparts of: $wanted" >&2
	exit 1
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' | sed -n 's/ installed$//p')
missing=""
for package in $wanted; do
	grep -qxF "$package" <<<"$installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=""
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "packages.sh: missing:$missing" >&2
		echo "packages.sh: run as root, or install sudo, or install these packages yourself" >&2
		exit 1
	fi
	root=sudo
fi
echo "packages.sh: installing with apt-get:$missing"
# Waits for whoever else installs, as a fresh machine does by itself.
apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
$apt update
# shellcheck disable=SC2086   # two lists of words
$apt install --yes --no-install-recommends $missing >/dev/null
echo "packages.sh: done"
