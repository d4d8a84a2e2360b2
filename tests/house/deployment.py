#!/usr/bin/python3
"""deployment.py [ROOT [PROGRAM…]]: units, containers and package lists as their readers would take them.

What systemd's own tools say of deploy/systemd, what a container's builder would trip over in
deploy/containers, and the libraries of the PROGRAMs against deploy/packages.sh. Last line: "N passed, N
failed" (of checks).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import checks    # noqa: E402
import house     # noqa: E402

CHECKS = []
THRESHOLD = 20    # systemd-analyze's exposure, times ten
SYSTEM_UNITS = '/usr/lib/systemd/system'
INSTRUCTIONS = {'FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL', 'ENTRYPOINT',
                'CMD'}


def check(function):
    CHECKS.append(function)
    return function


def below(tree, folder, ending=''):
    return [path for path in tree.paths if path.startswith(folder + '/') and path.endswith(ending)]


def units(tree):
    return below(tree, 'deploy/systemd', '.service')


def need(tool):
    if shutil.which(tool) is None:
        raise checks.Skip(f'{tool} is not installed')


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


class Machine:
    """A root folder with our units, the system's own, and programs of the right names."""

    def __init__(self, tree):
        self.tree = tree

    def __enter__(self):
        self.root = tempfile.mkdtemp()
        own = os.path.join(self.root, 'etc/systemd/system')
        os.makedirs(own)
        os.makedirs(os.path.join(self.root, 'usr/bin'))
        if os.path.isdir(SYSTEM_UNITS):
            shutil.copytree(SYSTEM_UNITS, self.root + SYSTEM_UNITS, symlinks=True)
        for path in units(self.tree):
            shutil.copy(os.path.join(self.tree.root, path), own)
            program = os.path.join(self.root, 'usr/bin', re.sub(r'@?\.service$', '', os.path.basename(path)))
            with open(program, 'w', encoding='utf-8') as file:
                file.write('#!/bin/sh\n')
            os.chmod(program, 0o755)
        return self.root

    def __exit__(self, *error):
        shutil.rmtree(self.root)


@check
def units_are_what_systemd_expects(tree):
    """`systemd-analyze verify` has nothing to say about our units"""
    need('systemd-analyze')
    with Machine(tree) as root:
        for path in units(tree):
            result = run('systemd-analyze', 'verify', '--man=no', f'--root={root}', os.path.basename(path))
            if result.returncode != 0 or result.stderr.strip():
                yield path, result.stderr.strip() or f'exit code {result.returncode}'


@check
def daemons_may_do_little(tree):
    """`systemd-analyze security` finds an exposure of at most 2.0"""
    need('systemd-analyze')
    with Machine(tree) as root:
        for path in units(tree):
            result = run('systemd-analyze', 'security', '--no-pager', '--offline=yes', f'--root={root}',
                         f'--threshold={THRESHOLD}', os.path.basename(path))
            if result.returncode != 0:
                yield path, (result.stdout + result.stderr).strip().split('\n')[-1]


@check
def users_and_directories_can_be_made(tree):
    """systemd makes the units' users and their directories from our files, for nobody else to read"""
    need('systemd-sysusers')
    need('systemd-tmpfiles')
    with Machine(tree) as root:
        for path in units(tree):
            base = path[:-len('.service')]
            user = os.path.basename(base)
            for tool, ending in (('systemd-sysusers', '.sysusers.conf'),
                                 ('systemd-tmpfiles', '.tmpfiles.conf')):
                words = ['--create'] if tool == 'systemd-tmpfiles' else []
                result = run(tool, *words, f'--root={root}', os.path.join(tree.root, base + ending))
                if result.returncode != 0 and os.getuid() == 0:
                    yield base + ending, (result.stderr or 'failed').strip()
            home = os.path.join(root, 'var/lib', user)
            if os.getuid() == 0 and os.path.isdir(home) and os.stat(home).st_mode & 0o777 != 0o700:
                yield base + '.tmpfiles.conf', f'{home[len(root):]} is open to others'
            for key in ('User', 'Group', 'StateDirectory'):
                if f'{key}={user}\n' not in tree.text(path):
                    yield path, f'{key} is not {user}'


def instructions(text):
    """(line, word, rest) of a container file, continuations joined."""
    joined = re.sub(r'\\\n', lambda match: '\0', text)
    number = 1
    for line in joined.split('\n'):
        words = line.replace('\0', ' ').split(None, 1)
        if words and not line.startswith('#'):
            yield number, words[0], words[1] if len(words) > 1 else ''
        number += 1 + line.count('\0')


def copies(rest):
    words = rest.split()
    stage = words.pop(0)[len('--from='):] if words[0].startswith('--from=') else None
    return stage, words[:-1]


def faults_of(tree, name, word, rest, stages):
    """What a builder would say of one instruction."""
    if word not in INSTRUCTIONS:
        yield f'{word} is not used here'
    if word == 'COPY':
        stage, sources = copies(rest)
        if stage is not None and stage not in stages:
            yield f'no stage {stage}'
        for source in sources if stage is None else []:
            if source not in tree.paths and not below(tree, source):
                yield f'no {source} in the tree'
    if word in ('ENTRYPOINT', 'CMD'):
        try:
            command = json.loads(rest)
        except ValueError:
            command = []
        if not command or (word == 'ENTRYPOINT' and not command[0].endswith('/' + name)):
            yield f'{word} is not a list that starts {name}'


@check
def container_files_can_be_built(tree):
    """a container file copies what is there, ends as an ordinary user, and keeps its data in its volume"""
    for path in below(tree, 'deploy/containers'):
        if not os.path.basename(path).startswith('Containerfile.'):
            continue
        name = 'fedrouter-' + path.split('.')[-1]
        stages, last = [], {}
        for number, word, rest in instructions(tree.text(path)):
            if word == 'FROM':
                stages += re.findall(r' AS (\S+)$', rest)
                last = {}
            last[word] = rest
            for fault in faults_of(tree, name, word, rest, stages):
                yield f'{path}:{number}', fault
        if not re.fullmatch(r'[1-9]\d*:[1-9]\d*', last.get('USER', '')):
            yield path, 'runs as root'
        if last.get('VOLUME') != f'/var/lib/{name}':
            yield path, f'/var/lib/{name} is no volume'


@check
def the_composed_consortium_holds_together(tree):
    """compose.yaml builds from files that are there and mounts volumes that it names"""
    try:
        import yaml    # pylint: disable=import-outside-toplevel
    except ImportError:
        raise checks.Skip('python3-yaml is not installed') from None
    for path in below(tree, 'deploy/containers', '.yaml'):
        composed = yaml.safe_load(tree.text(path))
        for name, service in composed['services'].items():
            build = service['build']
            context = os.path.normpath(os.path.join(os.path.dirname(path), build['context']))
            file = os.path.normpath(os.path.join(context, build['dockerfile']))
            if file not in tree.paths:
                yield path, f'{name}: no {file}'
            for volume in service['volumes']:
                if volume.split(':')[0] not in composed['volumes']:
                    yield path, f'{name}: no volume {volume.split(":")[0]}'
            for other in service.get('depends_on', []):
                if other not in composed['services']:
                    yield path, f'{name}: no service {other}'


def libraries_of(program):
    dumped = run('objdump', '-p', program).stdout
    return set(re.findall(r'NEEDED +(\S+)', dumped)) - {'libc.so.6', 'libm.so.6'}


def package_of(library):
    """The Debian package of a library's file; several may bring the same name (alternatives)."""
    listed = re.search(rf'^\s*{re.escape(library)} .*=> (\S+)$', run('ldconfig', '-p').stdout, re.M)
    if not listed:
        return None
    file = os.path.realpath(listed.group(1))
    for name in (file, re.sub('^/usr', '', file)):    # dpkg knows some below /lib
        found = re.match(r'([^:]+)[:,]', run('dpkg', '-S', name).stdout)
        if found:
            return found.group(1)
    return None


@check
def packages_to_run_are_those_that_programs_need(tree):
    """`packages.sh --run` lists the packages of the libraries that the programs use, and no other"""
    for tool in ('dpkg', 'objdump', 'ldconfig'):
        need(tool)
    if not tree.programs:
        raise checks.Skip('the programs are not built')
    script = 'deploy/packages.sh'
    listed = set(run('bash', os.path.join(tree.root, script), '--run', '--list').stdout.split())
    libraries = set().union(*(libraries_of(program) for program in tree.programs))
    needed = {package_of(name) for name in libraries if not re.match('lib(a|ub|t)san', name)}
    for package in sorted(needed - listed - {None}):
        yield script, f'--run: {package} is missing'
    for package in sorted(listed - needed):
        yield script, f'--run: no program needs {package}'


def main(root=os.path.join(HERE, '../..'), *programs):
    tree = house.tree_of(os.path.abspath(root))
    tree.programs = [os.path.abspath(program) for program in programs]
    return house.report(CHECKS, tree)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
