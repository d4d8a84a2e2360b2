#!/usr/bin/env bash
# demo.sh: what a federation of routers is worth, from nothing to a table and a plot.
#
#   deploy/demo.sh [--out DIR] [--clients N] [--queries Q] [--seed S]
#   deploy/demo.sh [--out DIR] --log FILE [--embeddings FILE.npy] [--clients N] [--seed S]
#
# Installs the packages that are missing, builds, writes a synthetic consortium, trains every learner in
# federated, central and local scope, and prints how each stands against the controls. Safe to repeat: the
# files named at the end are written anew, nothing else is touched.
#   --out DIR           for what is made (demo, beside this project's README)
#   --clients N         organizations (10)
#   --queries Q         queries of the synthetic consortium (6000)
#   --seed S            of everything that is drawn (100)
#   --log FILE          the same on an evaluation log of yours, with several models per query
#   --embeddings FILE   its embeddings, one row per query; without them the built-in hash encoder is used
# BUILD is the build folder (build).
set -euo pipefail
here=$PWD
root=$(cd "$(dirname "$0")/.." && pwd)
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"   # Debian's own meson, whatever else is installed
export OPENBLAS_NUM_THREADS=1

usage() { sed -n '2,17s/^# \{0,1\}//p' "$root/deploy/demo.sh"; }
say() { printf '== %s\n' "$*"; }
wrong() { echo "demo.sh: $* (see --help)" >&2; exit 2; }
fail() { echo "demo.sh: $*" >&2; exit 1; }
absolute() { case "$1" in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$here/$1" ;; esac; }

out=$root/demo log="" embeddings="" clients=10 queries=6000 seed=100
while [ $# -gt 0 ]; do
	case "$1" in
	--help | -h) usage; exit 0 ;;
	--out | --log | --embeddings | --clients | --queries | --seed)
		[ -n "${2:-}" ] || wrong "$1 needs a value" ;;
	*) wrong "there is no option $1" ;;
	esac
	case "$1" in
	--out) out=$(absolute "$2") ;;
	--log) log=$(absolute "$2") ;;
	--embeddings) embeddings=$(absolute "$2") ;;
	--clients) clients=$2 ;;
	--queries) queries=$2 ;;
	--seed) seed=$2 ;;
	esac
	shift 2
done
[ -z "$embeddings" ] || [ -n "$log" ] || wrong "--embeddings belongs to a --log"
for file in "$log" "$embeddings"; do
	[ -z "$file" ] || [ -r "$file" ] || fail "$file can't be read; check the path"
done
build=$root/build
[ -z "${BUILD:-}" ] || build=$(absolute "$BUILD")
coordinator=$build/server/fedrouter-coordinator

# What root made for someone belongs to that someone.
give_back() {
	[ "$(id -u)" != 0 ] || [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"
}

say "packages"
bash "$root/deploy/packages.sh"

say "build"
cd "$root"
mkdir -p "$build"
{ [ -f "$build/build.ninja" ] || meson setup "$build" "$root"; } >"$build/demo.log" 2>&1 &&
	ninja -C "$build" server/fedrouter-coordinator >>"$build/demo.log" 2>&1 ||
	{ tail -n 60 "$build/demo.log"; fail "the build failed, see $build/demo.log"; }
echo "$coordinator"
give_back "$build"

if [ ! -d "$out" ]; then
	mkdir -p "$out" || fail "$out can't be made; name another folder with --out"
	give_back "$out"
fi
if [ -n "$log" ]; then
	arguments=(--log "$log" --clients "$clients" --seed "$seed")
	if [ -n "$embeddings" ]; then
		arguments+=(--embeddings "$embeddings")
	else
		arguments+=(--encoder hash)
	fi
else
	consortium=$out/consortium
	say "sample"
	if [ -e "$consortium" ] && ! [ -f "$consortium/partition.json" ]; then
		fail "$consortium is not one that this script wrote; name another folder with --out"
	fi
	rm -rf "$out/consortium.partial"
	"$coordinator" sample --out "$out/consortium.partial" --clients "$clients" --queries "$queries" \
		--seed "$seed" >/dev/null
	rm -rf "$consortium"
	mv "$out/consortium.partial" "$consortium"
	give_back "$consortium"
	echo "$consortium: $clients clients, $queries queries"
	arguments=(--log "$consortium/all.jsonl" --encoder hash --partition "$consortium/partition.json"
		--seed "$seed")
fi

say "simulate"
"$coordinator" simulate "${arguments[@]}" --learner static,ridge,kmeans,mlp \
	--json "$out/simulate.json" --plot "$out/plot.svg" | tee "$out/table.txt"
give_back "$out/simulate.json" "$out/plot.svg" "$out/table.txt"

cat <<END

== what to look at
$out/plot.svg
	cost against accuracy: a router is worth something where its curve is above the line of the static
	mix, the best that can be done without looking at the query
$out/table.txt
	the table above: compare federated with local (what a client reaches alone) and with central (all
	logs in one place); lift is what a router adds to the static learner
$out/simulate.json
	all figures, for a script
END
[ -n "$log" ] || echo "$consortium/clients/NAME/log.jsonl
	what each client of the synthetic consortium knows"
