#!/usr/bin/python3
"""documents.py [ROOT [PROGRAM [CLIENT]]]: do README and docs say what is so?

Links, rooms, reasons and settings are compared with the tree; options, commands and JSON with PROGRAM
(fedrouter-coordinator), whose examples are run. Last line: "N passed, N failed" (of checks).
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import checks    # noqa: E402
import house     # noqa: E402

CHECKS = []
NAME, CLIENT = 'fedrouter-coordinator', 'fedrouter-client'
READERS = ('common/data/', 'common/io/lines.c', 'common/io/npy.c', 'common/io/mapped.c')


def check(function):
    CHECKS.append(function)
    return function


def documents(tree):
    return [path for path in tree.paths if path.endswith('.md')]


def blocks(text, language):
    """(line, text) of the fenced blocks of a language."""
    for match in re.finditer(rf'^```{language}\n(.*?)^```', text, re.M | re.S):
        yield text.count('\n', 0, match.start(1)) + 1, match.group(1)


def need_program(tree):
    if tree.program is None:
        raise checks.Skip('the program is not built')


def run(tree, *arguments, folder=None):
    return subprocess.run([tree.program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def options_of_help(text):
    return set(re.findall(r'^ +(?:-\w, )?(--[a-z][a-z-]*)', text, re.M))


@check
def links_lead_somewhere(tree):
    """a relative link in a document leads to a file or folder of the tree"""
    for path in documents(tree):
        text = tree.text(path)
        for match in re.finditer(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', text):
            target = match.group(1)
            if re.match(r'[a-z]+:', target):
                continue
            full = os.path.normpath(os.path.join(os.path.dirname(path), target))
            if full not in tree.paths and not any(other.startswith(full + '/') for other in tree.paths):
                yield f'{path}:{checks.source.line_of(text, match.start())}', f'no {full}'


@check
def the_map_has_every_room(tree):
    """README's map of the rooms names every room of rooms.rules (methods are in one)"""
    rooms = {room for room in tree.rules.rooms if room.count('/') == 1 and tree.c_files(room)}
    named = set(re.findall(r'^\| \[([a-z_/]+)\]\(\1\) \|', tree.text('README.md'), re.M))
    for room in sorted(rooms - named):
        yield 'README.md', f'{room} is not on the map'


@check
def every_reason_is_documented(tree):
    """docs/logs.md lists every reason why a row or a log is refused, and no other"""
    calls = (r'\b(?:findings_add|log_build_bad|log_build_torn)\(\s*([^;]*?);'
             r'|static const struct log_value_fault ([^;]*);')
    texts = r'"((?:[^"\\]|\\.)*)"'
    reasons, sources = set(), ''
    for path in tree.c_files('common'):
        if path.endswith('.c') and path.startswith(READERS):
            sources += tree.text(path)
            for call, fault in re.findall(calls, tree.text(path)):
                strings = re.findall(texts, call or fault)
                if strings and '%' not in strings[0]:
                    reasons.add(strings[0])
    text = tree.text('docs/logs.md')
    for reason in sorted(reasons):
        if f'`{reason}`' not in text:
            yield 'docs/logs.md', f'"{reason}" is missing'
    for row in re.findall(r'^\| (`.*?) \|', text, re.M):
        for reason in re.findall(r'`([^`]+)`', row):
            if ' ' in reason and f'"{reason}"' not in sources:
                yield 'docs/logs.md', f'nobody says "{reason}"'


@check
def every_setting_is_documented(tree):
    """docs/simulate.md lists the settings of all learners, and no other"""
    settings = set()
    for path in tree.c_files('common/learn'):
        learner = path.split('/')[2]
        for table in re.findall(r'struct setting \w+\[\] = \{(.*?)\};', tree.text(path), re.S):
            names = re.findall(r'\{\s*(?:\.name = )?"([a-z_]+)",', table)
            settings |= {f'{learner}.{name}' for name in names}
    named = set(re.findall(r'^\| `([a-z]+\.[a-z_]+)` \|', tree.text('docs/simulate.md'), re.M))
    for name in sorted(settings ^ named):
        yield 'docs/simulate.md', f'{name} is {"missing" if name in settings else "no setting"}'


@check
def figures_of_the_readme_are_those_of_the_results(tree):
    """a row of figures in README's tables stands in docs/results.md, word for word"""
    text = tree.text('README.md')
    for match in re.finditer(r'^\|.*\| *[-+]?(\d+|\d*\.\d+) *\|.*$', text, re.M):
        if match.group() not in tree.text('docs/results.md').split('\n'):
            yield f'README.md:{checks.source.line_of(text, match.start())}', 'is not a row of docs/results.md'


def manual_of(tree, command):
    """(path, text, synopsis) of a command: docs/COMMAND.md, or its section of docs/coordinator.md"""
    path = f'docs/{command}.md'
    if path in tree.paths:
        text = tree.text(path)
        synopsis = re.search(r'## Synopsis\n+```\n(.*?)```', text, re.S)
        return path, text, synopsis.group(1) if synopsis else ''
    whole = tree.text('docs/coordinator.md') if 'docs/coordinator.md' in tree.paths else ''
    section = re.search(rf'^## {command}\n(.*?)(?=^## |\Z)', whole, re.M | re.S)
    if not section:
        return path, None, ''
    synopsis = re.search(r'```\n(.*?)```', section.group(1), re.S)
    return f'docs/coordinator.md, {command}', section.group(1), synopsis.group(1) if synopsis else ''


@check
def help_and_manual_have_the_same_options(tree):
    """every command has a manual; its tables of options and --help name the same ones"""
    need_program(tree)
    commands = re.findall(r'^  ([a-z]+) {2,}', run(tree, '--help').stdout, re.M)
    if not commands:
        yield '--help', 'names no command'
    for command in commands:
        path, text, synopsis = manual_of(tree, command)
        if text is None:
            yield path, 'is missing'
            continue
        known = options_of_help(run(tree, command, '--help').stdout)
        named = set(re.findall(r'^\| `(--[a-z][a-z-]*)', text, re.M))
        for option in sorted(known ^ named):
            yield path, f'{option} is {"missing" if option in known else "no option"}'
        shown = set(re.findall(r'--[a-z][a-z-]*', synopsis))
        for option in sorted((known - {'--help'}) ^ shown):
            yield path, f'synopsis: {option} is {"missing" if option in known else "no option"}'


@check
def the_clients_manual_has_its_options(tree):
    """docs/client.md shows every command of the client with its options, and no other"""
    program = tree.called.get(CLIENT)
    if program is None:
        raise checks.Skip('the client is not built')
    synopsis, shown = next((text for _, text in blocks(tree.text('docs/client.md'), '')), ''), {}
    for command, words in re.findall(rf'^{CLIENT} ([a-z]+) (.*(?:\n .*)*)', synopsis, re.M):
        shown[command] = set(re.findall(r'--[a-z][a-z-]*', words))
    listed = re.findall(r'^  ([a-z]+) {2,}', help_of(program), re.M)
    for command in sorted(set(listed) ^ set(shown)):
        yield 'docs/client.md', f'{command} is {"missing" if command in listed else "no command"}'
    for command in sorted(set(listed) & set(shown)):
        known = options_of_help(help_of(program, command)) - {'--help'}
        for option in sorted(known ^ shown[command]):
            yield 'docs/client.md', f'{command}: {option} is {"missing" if option in known else "no option"}'


def help_of(program, *command):
    return subprocess.run([program, *command, '--help'], capture_output=True, text=True, check=False).stdout


@check
def commands_in_documents_exist(tree):
    """a command in a document is a script of the tree or a subcommand, with options that it has"""
    need_program(tree)
    for path in documents(tree):
        for first, block in blocks(tree.text(path), 'sh'):
            for number, line in enumerate(block.replace('\\\n', ' ').split('\n')):
                line = line.split(' #')[0]
                place = f'{path}:{first + number}'
                for word in re.findall(r'(?<![\w/.-])((?:deploy|tests|\.ci)/[\w./-]+)', line):
                    if word not in tree.paths:
                        yield place, f'no {word}'
                call = re.search(r'(fedrouter-[a-z]+) ([a-z]+)(?![\w-])(.*)', line)
                program = tree.called.get(call.group(1)) if call else None
                if program:
                    known = options_of_help(help_of(program, call.group(2)))
                    for option in re.findall(r'(--[a-z][a-z-]*)', call.group(3)):
                        if option not in known:
                            yield place, f'{call.group(2)} has no {option}'


@check
def examples_of_the_readme_run(tree):
    """the commands of the README's example end well, write what they say, and print the rows shown"""
    need_program(tree)
    text, printed = tree.text('README.md'), ''
    calls = [line for _, block in blocks(text, 'sh')
             for line in block.replace('\\\n', ' ').split('\n') if NAME in line]
    if not calls:
        yield 'README.md', 'has no example'
    with tempfile.TemporaryDirectory() as folder:
        for line in calls:
            arguments = shlex.split(line)[1:]
            result = run(tree, *arguments, folder=folder)
            printed += result.stdout
            if result.returncode != 0:
                yield 'README.md', f'{line.strip()}: {result.stderr.strip()[-300:]}'
                return
            for option in ('--json', '--plot'):
                if option in arguments:
                    file = arguments[arguments.index(option) + 1]
                    if file != '-' and not os.path.exists(os.path.join(folder, file)):
                        yield 'README.md', f'{line.strip()}: no {file}'
    for first, block in blocks(text, 'text'):
        for number, line in enumerate(block.rstrip().split('\n')):
            if not has_row(printed, line):
                yield f'README.md:{first + number}', 'the example does not print this'


def has_row(printed, row):
    """Is there a line that begins with `row`, numbers within .005 (other processors round otherwise)?"""
    number = r'[-+]?\d+\.\d+'
    for line in printed.split('\n'):
        line = line[:len(row)]
        pairs = zip(re.findall(number, line), re.findall(number, row))
        if re.sub(number, '#', line) == re.sub(number, '#', row) and \
                all(abs(float(a) - float(b)) < .005 for a, b in pairs):
            return True
    return False


def keys_of(value):
    """All keys of objects in a JSON value, without what lies below `settings`."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    inner = [keys_of(item) for key, item in value.items() if key != 'settings']
    return set(value) | (set().union(*inner) if inner else set())


@check
def fields_of_the_json_are_documented(tree):
    """docs/simulate.md and docs/sample.md name every field of the JSON"""
    need_program(tree)
    with tempfile.TemporaryDirectory() as folder:
        sample = run(tree, 'sample', '--out', 'w', '--clients', '3', '--queries', '300', '--json',
                     folder=folder)
        simulate = run(tree, 'simulate', '--log', 'w/all.jsonl', '--partition', 'w/partition.json',
                       '--learner', 'static', '--json', '-', folder=folder)
    for command, result in (('sample', sample), ('simulate', simulate)):
        path = f'docs/{command}.md'
        if result.returncode != 0:
            yield path, f'{command} failed: {result.stderr.strip()[-300:]}'
            continue
        prose = re.sub(r'^```.*?^```', '', tree.text(path), flags=re.M | re.S)
        words = set(re.findall(r'\w+', ' '.join(re.findall(r'`([^`]+)`', prose))))
        for key in sorted(keys_of(json.loads(result.stdout)) - words):
            yield path, f'JSON: {key} is missing'


def main(root=os.path.join(HERE, '../..'), program=None, client=None):
    tree = house.tree_of(os.path.abspath(root))
    tree.program = os.path.abspath(program) if program else None
    tree.called = {NAME: tree.program, CLIENT: os.path.abspath(client) if client else None}
    return house.report(CHECKS, tree)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
