#!/usr/bin/python3
"""operations.py [ROOT]: do the documents of the daemons say what the daemons say?

Reason codes and limits of the wire against proto/README.md, log events and ends of runs against
docs/operate.md, lanes against docs/privacy.md; in both directions.
Last line: "N passed, N failed" (of checks).
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import checks    # noqa: E402
import house     # noqa: E402

CHECKS = []
PROTOCOL = 'proto/README.md'
MANUAL = 'docs/operate.md'
PRIVACY = 'docs/privacy.md'
CODE = r'"([a-z]+(?:-[a-z]+)*)"'
HYPHENED = r'"([a-z]+(?:-[a-z]+)+)"'
COORDINATOR_ROOMS = ('server/coordinator', 'server/round', 'common/rpc')


def check(function):
    CHECKS.append(function)
    return function


def section(text, title):
    """What stands below a heading, up to the next one of any depth."""
    found = re.search(rf'^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)', text, re.M | re.S)
    return found.group(1) if found else ''


def rows(text):
    """First cells of the tables' rows that are in backquotes."""
    return set(re.findall(r'^\| `([^`]+)`', text, re.M))


def sources(tree, *folders):
    return [tree.text(path) for path in tree.c_files(*folders) if path.endswith('.c')]


def first_codes(texts, calls):
    """The first string of every call of these functions that is a code."""
    found = set()
    for text in texts:
        for call in re.findall(rf'\b(?:{calls})\(([^;{{]*?);', text):
            strings = re.findall(r'"(?:[^"\\]|\\.)*"', call)
            found |= set(re.findall(f'^{CODE}$', strings[0])) if strings else set()
    return found


def differ(path, said, documented, what):
    for name in sorted(said - documented):
        yield path, f'{what} {name} is missing'
    for name in sorted(documented - said):
        yield path, f'nobody says the {what} {name}'


@check
def every_reason_of_the_coordinator_is_told(tree):
    """proto/README.md has every reason with which a call ends, and no other"""
    texts = sources(tree, *COORDINATOR_ROOMS)
    said = first_codes(texts, 'office_refuse|rpc_call_end|rpc_call_refuse')
    for text in texts:
        said |= set(re.findall(rf'(?:return|[?:=])\s*{HYPHENED}\s*[;:]', text))    # judges return them
        said |= set(re.findall(rf'\] = \{{\s*{HYPHENED},\s*"', text))             # or have them in a table
        said |= set(re.findall(rf'\bjudge\(\w+, RPC_\w+,\s*{CODE}', text))
    yield from differ(PROTOCOL, said, rows(section(tree.text(PROTOCOL), 'Reasons')), 'reason')


@check
def every_refusal_of_a_task_is_told(tree):
    """proto/README.md has every reason why a client refuses a task, and no other"""
    said = first_codes(sources(tree, 'client/agent'), 'agent_refuse|refuse')
    yield from differ(PROTOCOL, said, rows(section(tree.text(PROTOCOL), 'Why a client refuses a task')),
                      'refusal')


@check
def every_limit_of_the_wire_is_told(tree):
    """proto/README.md has every limit of wire.h, with its value"""
    values = {}
    for block in re.findall(r'enum \{(.*?)\};', tree.text('common/wire/wire.h'), re.S):
        for name, value in re.findall(r'(WIRE_\w+) = ([\w<+ ]+)', block):
            if not name.startswith('WIRE_E_') and name not in ('WIRE_OLDEST', 'WIRE_NEWEST'):
                if re.fullmatch(r'(?:\w+|[<+ ]+)+', value):
                    values[name] = eval(value, {}, dict(values))    # names, numbers, + and << only
    told = re.findall(r'^\| `(WIRE_\w+)` \| ([\d,]+) \|', tree.text(PROTOCOL), re.M)
    told = {name: int(value.replace(',', '')) for name, value in told}
    yield from differ(PROTOCOL, set(values), set(told), 'limit')
    for name in sorted(values.keys() & told.keys()):
        if values[name] != told[name]:
            yield PROTOCOL, f'{name} is {values[name]:,}, not {told[name]:,}'


@check
def every_event_is_explained(tree):
    """docs/operate.md explains every event of the logs, and no other"""
    texts = sources(tree, 'common', 'server', 'client')
    said = first_codes(texts, 'agent_pause')
    for text in texts:
        for call in re.findall(r'\blog_say\(([^;{]*)', text):
            said |= set(re.findall(CODE, call))
    told = rows(section(tree.text(MANUAL), 'Events'))
    yield from differ(MANUAL, said, told, 'event')


@check
def every_end_of_a_run_is_explained(tree):
    """docs/operate.md has every reason with which a run ends, and no other"""
    said = first_codes(sources(tree, 'server/coordinator'), 'runs_end')
    yield from differ(MANUAL, said, rows(section(tree.text(MANUAL), 'Why a run ended')), 'reason')


@check
def every_lane_is_told(tree):
    """docs/privacy.md has every lane that a client can send, and no other"""
    said = set()
    for text in sources(tree, 'common/learn'):
        said |= set(re.findall(r'\blanes_add\(\w+, "(\w+)"', text))
    table = section(tree.text(PRIVACY), 'What leaves, byte for byte')
    told = set()
    for row in re.findall(r'^\|[^|]*\|[^|]*\|([^|]*)\| [^a]', table, re.M):    # "a … file" has no lanes
        told |= set(re.findall(r'`(\w+)`', row))
    yield from differ(PRIVACY, said, told, 'lane')


def main(root=os.path.join(HERE, '../..')):
    return house.report(CHECKS, house.tree_of(os.path.abspath(root)))


if __name__ == '__main__':
    sys.exit(main())
