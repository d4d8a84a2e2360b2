#!/usr/bin/python3
"""house.py [ROOT]: does the tree keep the rules of the house (rooms.rules, checks.py)?

Prints every breach as file:line: what is wrong, and as its last line "N passed, N failed" (of checks).
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import checks    # noqa: E402
import rules     # noqa: E402


def tree_of(root):
    with open(os.path.join(HERE, 'rooms.rules'), encoding='utf-8') as file:
        return checks.Tree(root, rules.read_rules(file.read()))


def report(all_checks, tree):
    """Run the checks, print what they find; the exit code."""
    passed = failed = 0
    for check in all_checks:
        try:
            breaches = list(check(tree))
        except checks.Skip as reason:
            print(f'skipped {check.__name__}: {reason}')
            continue
        passed += not breaches
        failed += bool(breaches)
        if breaches:
            print(f'FAILED {check.__name__}: {check.__doc__}')
            for place, what in breaches:
                print(f'  {place}: {what}')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


def main(root=os.path.join(HERE, '../..')):
    return report(checks.CHECKS, tree_of(os.path.abspath(root)))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
