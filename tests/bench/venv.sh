# venv.sh: to be sourced: `bench_venv PACKAGE…` makes or extends the virtual environment of the yardsticks and
# sets $python.
bench_venv() {
	local venv="${XDG_CACHE_HOME:-$HOME/.cache}/fedrouter-bench"
	python="$venv/bin/python"
	[ -x "$python" ] || python3 -m venv "$venv" >&2
	"$python" -m pip --quiet --disable-pip-version-check install "$@" >&2
}
