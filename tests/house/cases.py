"""cases.py: proves that checks fail where they must: one change to a good tree, one report."""
import os
import shutil
import tempfile

import checks
import rules


class World:
    """A tiny tree that keeps all rules: {path: text}. `program`: the path of one that the checks may run."""

    def __init__(self, rule_text, tree, program=None):
        self.rules, self.tree, self.program = rule_text, tree, program

    def breaches(self, all_checks, change):
        """{check: [places]} of the tree with `change` ({path: text, or None: removed}); None: skipped."""
        root = tempfile.mkdtemp()
        try:
            for path, text in (self.tree | change).items():
                if text is not None:
                    write(os.path.join(root, path), text)
            tree = checks.Tree(root, rules.read_rules(self.rules))
            tree.program = os.path.join(root, self.program) if self.program else None
            tree.called = {'fedrouter-coordinator': tree.program, 'fedrouter-client': tree.program}
            tree.programs = [tree.program] if self.program else []
            found = {check.__name__: places(check, tree) for check in all_checks}
            return {name: where for name, where in found.items() if where != []}
        finally:
            shutil.rmtree(root)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, 0o755 if text.startswith('#!') else 0o644)


def places(check, tree):
    try:
        return [place for place, _ in check(tree)]
    except checks.Skip:
        return None


def prove(all_checks, world, good, breaches, along):
    """Print what does not come out as it must, then "N passed, N failed"; the exit code.

    good: changes that nothing reports. breaches: (check, place, change): that check must report that place
    alone. along: {check: [others that a breach brings along by its nature]}. Every check needs a breach.
    """
    passed = failed = 0

    def count(is_good, message):
        nonlocal passed, failed
        passed += is_good
        failed += not is_good
        if not is_good:
            print('FAILED', message)

    for change in good:
        found = {name: where for name, where in world.breaches(all_checks, change).items() if where}
        count(not found, f'a good tree is refused ({", ".join(change) or "unchanged"}): {found}')
    for name, place, change in breaches:
        found = world.breaches(all_checks, change)
        if name in found and found[name] is None:
            print(f'skipped {name}')
            continue
        reported = {other for other, where in found.items() if where}
        count(found.get(name) == [place] and reported <= {name, *along.get(name, [])},
              f'{name}: expected {place} alone, found {found}')
    for check in all_checks:
        count(any(name == check.__name__ for name, _, _ in breaches), f'{check.__name__} has no case')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0
