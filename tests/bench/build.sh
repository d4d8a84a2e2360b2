# build.sh: to be sourced: `bench_build PROGRAM…` builds programs of this folder as they are released (-O3)
# and sets $build. BUILD: the build directory (build-bench, which git ignores). Says on stderr what it does.
bench_build() {
	local PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH" # Debian's own meson, whatever else there is
	build="${BUILD:-$root/build-bench}"
	bash "$root/deploy/packages.sh" --bench >&2
	[ -f "$build/build.ninja" ] || meson setup --buildtype release "$build" "$root" >&2
	ninja -C "$build" "${@/#/tests/bench/}" >&2
}
