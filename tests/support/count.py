#!/usr/bin/python3
"""Count what one `meson test` run did: count.py LABEL BUILD/meson-logs/testlog.json

Prints the output of every failing test, the reason of every skipped one, and as its last line "N passed,
N failed". Check programs count by their own summary, scripts by their last "N passed, N failed" line, any
other test as one. A test that reports no failure and still ends badly (a sanitizer, a crash at exit) is one
failure more.
"""
import json
import re
import sys

CHECK = re.compile(r'^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$', re.M)
SCRIPT = re.compile(r'^(\d+) passed, (\d+) failed', re.M)


def count(test):
    """(passed, failed) of one entry of the log."""
    output = test.get('stdout', '')
    good = test['result'] in ('OK', 'EXPECTEDFAIL')
    passed = failed = 0
    if checks := CHECK.findall(output):
        failed = sum(int(failures) + int(errors) for _, failures, errors in checks)
        passed = sum(int(checked) for checked, _, _ in checks) - failed
    elif scripts := SCRIPT.findall(output):
        passed, failed = map(int, scripts[-1])
    elif good:
        passed = 1
    if not good and failed == 0:
        failed = 1
    return passed, failed


def main(label, path):
    passed = failed = 0
    with open(path, encoding='utf-8') as log:
        tests = [json.loads(line) for line in log]
    for test in tests:
        if test['result'] == 'SKIP':
            reason = (test.get('stdout', '') + test.get('stderr', '')).strip().splitlines()
            print(f"{label}: skipped {test['name']}: {reason[-1] if reason else 'no reason given'}")
            continue
        good, bad = count(test)
        passed += good
        failed += bad
        if bad:
            print(f"{label}: FAILED {test['name']} ({test['result']})")
            print(test.get('stdout', '') + test.get('stderr', ''))
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
