"""scenario.py: integration tests as functions whose names are sentences.

A test file decorates them with @scenario, each takes a scratch folder, and ends with scenario.main(). Last
line of output: "N passed, N failed".
"""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


def run(*command, code=0, cwd=None, env=None):
    """Run to the end; the exit code has to be `code`. Returns what it printed: (output, errors)."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})},
                          capture_output=True, text=True, check=False)
    if done.returncode != code:
        told = f'{done.stdout}\n{done.stderr}'
        raise AssertionError(f'{command}: exit code {done.returncode}, not {code}\n{told}')
    return done.stdout, done.stderr


def main():
    failed = 0
    for function in SCENARIOS:
        scratch = tempfile.mkdtemp(prefix='fedrouter-')
        try:
            function(scratch)
        except Exception:   # whatever went wrong is this scenario's failure, and the next one still runs
            failed += 1
            print(f'FAILED {function.__name__}')
            traceback.print_exc(file=sys.stdout)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    print(f'{len(SCENARIOS) - failed} passed, {failed} failed')
    return 1 if failed else 0
