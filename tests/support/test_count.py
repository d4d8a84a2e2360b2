#!/usr/bin/python3
"""test_count.py: what went wrong in a test run is counted and shown. Last line: "N passed, N failed"."""
import contextlib
import io
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import count    # noqa: E402

CHECK = '{0}%: Checks: {1}, Failures: {2}, Errors: {3}\n'

# (what, entry of meson's log, passed, failed, what must be shown or None)
CASES = [
    ('a Check program counts by its summary', {'result': 'OK', 'stdout': CHECK.format(100, 7, 0, 0)},
     7, 0, None),
    ('failures and errors of Check are failures',
     {'result': 'FAIL', 'stdout': 'area.c:9: 3 != 4\n' + CHECK.format(57, 7, 2, 1)}, 4, 3, 'area.c:9'),
    ('a script counts by its last line',
     {'result': 'OK', 'stdout': '3 passed, 0 failed\n9 passed, 0 failed\n'}, 9, 0, None),
    ('a script that reports failures failed', {'result': 'FAIL', 'stdout': '3 passed, 2 failed\n'},
     3, 2, 'FAILED'),
    ('any other test is one', {'result': 'OK', 'stdout': 'fine\n'}, 1, 0, None),
    ('a test that says nothing and fails is one failure', {'result': 'FAIL'}, 0, 1, 'FAILED'),
    ('a crash is a failure', {'result': 'FAIL', 'stderr': 'Segmentation fault'}, 0, 1, 'Segmentation'),
    ('a timeout is a failure, whatever was printed before',
     {'result': 'TIMEOUT', 'stdout': '3 passed, 0 failed\n'}, 3, 1, 'TIMEOUT'),
    ('a sanitizer that complains at the end is a failure',
     {'result': 'FAIL', 'stdout': CHECK.format(100, 7, 0, 0), 'stderr': 'LeakSanitizer'},
     7, 1, 'LeakSanitizer'),
    ('a skipped test is neither, and says why', {'result': 'SKIP', 'stdout': 'no shared data\n'}, 0, 0,
     'no shared data'),
]


def run(entries):
    """(exit code, output) of count.py for these entries."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log, \
            contextlib.redirect_stdout(io.StringIO()) as output:
        log.write(''.join(json.dumps({'name': 'the test', **entry}) + '\n' for entry in entries))
        log.flush()
        code = count.main('release', log.name)
    return code, output.getvalue()


def main():
    passed = failed = 0
    for what, entry, good, bad, shown in CASES:
        code, output = run([entry])
        is_right = output.endswith(f'{good} passed, {bad} failed\n') and code == (1 if bad else 0) \
            and (shown is None or shown in output)
        passed += is_right
        failed += not is_right
        if not is_right:
            print(f'FAILED {what}: {code}\n{output}')
    code, output = run([entry for _, entry, _, _, _ in CASES])
    total = f'{sum(case[2] for case in CASES)} passed, {sum(case[3] for case in CASES)} failed\n'
    passed += output.endswith(total) and code == 1
    failed += not (output.endswith(total) and code == 1)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
