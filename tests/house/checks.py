"""checks.py: the rules of the house, one function each.

A check takes a Tree and yields (place, what is wrong); its docstring is the rule in words. A check that can't
run here raises Skip with the reason.
"""
import functools
import os
import re
import shutil
import subprocess
import tempfile

import source

CHECKS = []
KIND = re.compile(r'\(kind: (kernel|machine|adapter|conductor)(, [^)]*)?\)')
CODE = ('.c', '.h', '.py', '.sh', '.rules', 'meson.build', 'meson_options.txt')
SKIPPED = r'build|\.git$|\.venv|__pycache__|demo$'    # folders, where git can't be asked
LIFE_CYCLE = r'_(init|deinit|new|free|open|close|cleanup)$'


class Skip(Exception):
    pass


def check(function):
    CHECKS.append(function)
    return function


class Tree:
    """Files below `root` by their path: those that git knows or would add, else all but build folders."""

    def __init__(self, root, rules):
        self.root, self.rules = root, rules
        self.paths = sorted(path for path in list_files(root) if os.path.isfile(os.path.join(root, path)))

    @functools.lru_cache(maxsize=None)
    def data(self, path):
        """A file's bytes; none where there is no file."""
        if path not in self.paths:
            return b''
        with open(os.path.join(self.root, path), 'rb') as file:
            return file.read()

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        return self.data(path).decode('utf-8', 'replace')

    @functools.lru_cache(maxsize=None)
    def code(self, path):
        return source.blank(self.text(path))

    @functools.lru_cache(maxsize=None)
    def functions(self, path):
        return source.functions(self.code(path))

    def c_files(self, *folders):
        """Sources and headers, of the whole tree or below these folders."""
        return [path for path in self.paths if path.endswith(('.c', '.h')) and
                (not folders or path.startswith(tuple(folder + '/' for folder in folders)))]

    def headers(self, path):
        """Own headers that `path` includes, at once or through others."""
        found, waiting = set(), [path]
        while waiting:
            for _, name, is_foreign in source.includes(self.text(waiting.pop())):
                if not is_foreign and name in self.paths and name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def is_kernel(self, path):
        match = KIND.search(self.text(path)[:600])
        return match is not None and match.group(1) == 'kernel'

    def scripts(self):
        return [path for path in self.paths if path.endswith('.sh') or
                re.match(rb'#!.*\b(ba)?sh\b', self.data(path)[:40])]

    def grep(self, paths, pattern, of):
        """(place, match) wherever `pattern` is found in of(path)."""
        for path in paths:
            text = of(path)
            for match in re.finditer(pattern, text, re.M):
                yield f'{path}:{source.line_of(text, match.start())}', match


def list_files(root):
    if os.path.exists(os.path.join(root, '.git')) and shutil.which('git'):
        command = ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
        git = subprocess.run(command, capture_output=True, check=False)
        if git.returncode == 0:
            return git.stdout.decode().strip('\0').split('\0')
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not re.match(SKIPPED, name)]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return found


def width(line):
    columns = 0
    for letter in line:
        columns = (columns // 8 + 1) * 8 if letter == '\t' else columns + 1
    return columns


# Who knows whom

@check
def rooms_include_only_rooms_above(tree):
    """a file includes its own room and those that rooms.rules lets it see"""
    for path in tree.c_files():
        if not path.startswith('tests/') and tree.rules.room_of(path) is None:
            yield path, 'lies in no room of rooms.rules'
            continue
        for line, name, is_foreign in source.includes(tree.text(path)):
            room = None if is_foreign else tree.rules.room_of(name)
            if room and not tree.rules.may_include(path, room):
                yield f'{path}:{line}', f'may not include {room}'


@check
def include_lines_are_paths_from_the_root(tree):
    """an own header is included by its path from the root, and it exists; nobody includes a .c"""
    for path in tree.c_files():
        for line, name, is_foreign in source.includes(tree.text(path)):
            if not is_foreign and name not in tree.paths:
                yield f'{path}:{line}', f'no file {name} from the root'
            if name.endswith('.c'):
                yield f'{path}:{line}', f'includes the source {name}'
            if not path.startswith('tests/') and name.startswith('tests/'):
                yield f'{path}:{line}', 'a program does not include tests'


@check
def foreign_headers_live_in_their_room(tree):
    """a foreign library's header is included only in its rooms"""
    for path in tree.c_files():
        if path.startswith('tests/'):
            continue
        for line, name, is_foreign in source.includes(tree.text(path)):
            rule = tree.rules.foreign_of(name) if is_foreign else None
            if rule and not any(path.startswith(room + '/') for room in rule[1]):
                yield f'{path}:{line}', f'<{name}> lives in {", ".join(rule[1])}'


@check
def build_files_name_the_rooms_that_are_included(tree):
    """a room's meson.build depends on what its files may include, and on what they do include"""
    by_dependency = {dependency: room for room, (dependency, _) in tree.rules.rooms.items() if dependency}
    for room, (dependency, _) in tree.rules.rooms.items():
        path = room + '/meson.build'
        if dependency is None or path not in tree.paths:
            continue
        named = set(re.findall(r'\b\w+_dep\b', tree.text(path))) - {dependency}
        seen = tree.rules.rooms[room][1] + [other for file, others in tree.rules.files.items()
                                            if os.path.dirname(file) == room for other in others]
        for name in sorted(named):
            if name in by_dependency and by_dependency[name] not in seen:
                yield path, f'depends on {by_dependency[name]}, which it may not include'
            for header, (library, rooms) in tree.rules.foreign.items():
                if name == library and room not in rooms:
                    yield path, f'depends on {library}, but <{header}> lives in {", ".join(rooms)}'
        reached = reach(tree, named, by_dependency)
        for needed, place in needs(tree, room):
            if needed not in reached and needed != dependency:
                yield path, f'{needed} is missing ({place})'


def reach(tree, names, by_dependency):
    """These dependencies, and those of the rooms among them."""
    reached, waiting = set(), set(names)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        path = by_dependency.get(name, '') + '/meson.build'
        if path in tree.paths:
            waiting |= set(re.findall(r'\b\w+_dep\b', tree.text(path))) - reached
    return reached


def needs(tree, room):
    """(dependency, where) of everything that files of this room, methods among them, include."""
    for path in tree.c_files(room):
        for line, name, is_foreign in source.includes(tree.text(path)):
            rule = tree.rules.foreign_of(name) if is_foreign else None
            other = None if is_foreign else tree.rules.room_of(name)
            if rule:
                yield rule[0], f'{path}:{line}'
            elif other and tree.rules.rooms[other][0]:
                yield tree.rules.rooms[other][0], f'{path}:{line}'


@check
def every_source_is_built(tree):
    """every .c is named in the meson.build of its folder"""
    for path in tree.c_files():
        folder, name = os.path.split(path)
        build = os.path.join(folder, 'meson.build')
        if not name.endswith('.c'):
            continue
        named = re.findall(r"'([^']*)'", tree.text(build)) if build in tree.paths else []
        stem = name[:-2]
        if not {name, stem, stem.removeprefix('test_'), stem.removeprefix('fuzz_')} & set(named):
            yield path, f'is not named in {build}'


# What a file looks like

@check
def files_say_what_they_are_for(tree):
    """a file begins with its name and purpose, and its kind in the first three lines; tests need no kind"""
    for path in tree.c_files():
        head = '\n'.join(tree.text(path).split('\n')[:3])
        if not head.startswith('/* '):
            yield f'{path}:1', 'does not begin with a comment that says what it is for'
        elif not path.startswith('tests/'):
            if not head.startswith(f'/* {os.path.basename(path)}: '):
                yield f'{path}:1', f'first comment does not begin with "{os.path.basename(path)}: "'
            if not KIND.search(head):
                yield f'{path}:1', 'first comment lacks (kind: kernel|machine|adapter|conductor)'


@check
def headers_are_guarded(tree):
    """every header has #pragma once, and no source has conditional code"""
    for path in tree.c_files():
        if path.endswith('.h') and not re.search(r'^#pragma once$', tree.text(path), re.M):
            yield path, 'lacks #pragma once'
    sources = [path for path in tree.c_files() if path.endswith('.c')]
    for place, _ in tree.grep(sources, r'^[ \t]*#[ \t]*if', tree.text):
        yield place, 'conditional code: choose files in meson instead'


@check
def headers_stand_alone(tree):
    """every header compiles by itself (the build sees to those over headers that it makes)"""
    headers = [path for path in tree.c_files() if path.endswith('.h') and
               not any(name.endswith('.pb-c.h') for _, name, _ in source.includes(tree.text(path)))]
    compiler = shutil.which('cc') or shutil.which('gcc') or shutil.which('clang-14')
    if compiler is None:
        raise Skip('no C compiler')
    command = [compiler, '-std=c11', '-D_GNU_SOURCE', '-I.', '-fsyntax-only', '-x', 'c', '-']
    for path in headers:
        run = subprocess.run(command, input=f'#include "{path}"\n', cwd=tree.root, text=True,
                             capture_output=True, check=False)
        if run.returncode != 0:
            yield path, run.stderr.strip().split('\n')[0]


@check
def lines_are_not_too_wide(tree):
    """no line of code is wider than the limit (a tab is 8 columns)"""
    limit, scripts = tree.rules.limits['columns'], tree.scripts()
    for path in tree.paths:
        if path.endswith(CODE) or path in scripts:
            for number, line in enumerate(tree.text(path).split('\n'), 1):
                if width(line) > limit:
                    yield f'{path}:{number}', f'{width(line)} columns, not more than {limit}'


@check
def files_are_not_too_long(tree):
    """a .c has at most 600 lines, a .h 200"""
    for path in tree.c_files():
        limit = tree.rules.limits['c_lines' if path.endswith('.c') else 'h_lines']
        lines = tree.text(path).count('\n')
        if lines > limit:
            yield path, f'{lines} lines, not more than {limit}'


@check
def functions_are_not_too_long(tree):
    """a function has at most 60 lines, in a kernel 80"""
    for path in tree.c_files():
        limit = tree.rules.limits['kernel_function_lines' if tree.is_kernel(path) else 'function_lines']
        for function in tree.functions(path):
            if not function.is_prototype and function.lines > limit:
                yield f'{path}:{function.line}', f'{function.name} has {function.lines} lines, limit {limit}'


@check
def functions_have_few_parameters(tree):
    """a function takes at most 5 parameters, in a kernel 7"""
    for path in tree.c_files():
        for function in tree.functions(path):
            limit = tree.rules.parameters(function.name, tree.is_kernel(path))
            if function.parameters > limit:
                yield f'{path}:{function.line}', f'{function.name} takes {function.parameters}, limit {limit}'


@check
def public_functions_have_their_files_prefix(tree):
    """what a header declares begins with the name of the file (or a prefix of rooms.rules), and a source
    exports only what a header declares"""
    for path in tree.c_files('common', 'server', 'client'):
        stem = os.path.basename(path)[:-2]
        prefixes = (stem + '_', *tree.rules.prefixes.get(path, []))
        declared = {function.name for header in tree.headers(path) for function in tree.functions(header)}
        for function in tree.functions(path):
            name = function.name
            if function.is_static or name in ('main', stem) or name.startswith(prefixes):
                continue
            if path.endswith('.h') or name not in declared:
                yield f'{path}:{function.line}', f'{name} does not begin with {stem}_'


@check
def public_functions_are_documented(tree):
    """the paragraph of a header that declares a function says what it does (life cycle pairs excepted)"""
    for path in tree.c_files('common', 'server', 'client'):
        if not path.endswith('.h'):
            continue
        lines = tree.text(path).split('\n')
        for function in tree.functions(path):
            if not function.is_prototype or re.search(LIFE_CYCLE, function.name):
                continue
            first = last = function.line - 1
            while first > 0 and lines[first - 1].strip():
                first -= 1
            while last + 1 < len(lines) and lines[last + 1].strip():
                last += 1
            if '/*' not in '\n'.join(lines[first:last + 1]):
                yield f'{path}:{function.line}', f'{function.name} is not documented'


# What is not done

@check
def nothing_jumps_or_ends_the_program(tree):
    """no goto anywhere; below the programs nothing prints to the terminal or ends the process"""
    for place, _ in tree.grep(tree.c_files(), r'\bgoto\b', tree.code):
        yield place, 'goto'
    programs = ('common/command/', 'server/commands/', 'server/main.c', 'client/commands/', 'client/main.c')
    rooms = [path for path in tree.c_files('common', 'server', 'client')
             if not path.startswith(programs) and path != 'common/base/error.c']    # which leaves the trail
    calls = (r'\b(v?printf|puts|putchar|perror|_?exit|abort)\s*\(|'
             r'\bf(printf|puts|putc)\s*\([^;]*?\bstd(out|err)\b')
    for place, match in tree.grep(rooms, calls, tree.code):
        yield place, match.group().split('(')[0].strip() + '() belongs into the programs'


@check
def unsafe_calls_are_not_made(tree):
    """no call without a bound, without an error or with hidden state"""
    calls = (r'\b(v?sprintf|strcpy|strcat|strtok|gets|atoi|atol|atof|rand|srand|random|system|popen|tmpnam)'
             r'\s*\(')
    for place, match in tree.grep(tree.c_files(), calls, tree.code):
        yield place, f'{match.group(1)}()'


@check
def nothing_waits_by_sleeping(tree):
    """no sleep and no volatile as a way for threads to meet (benchmarks may keep a result with
    it, and the operator's commands pause before they ask the daemon again)"""
    free = ('tests/support/', 'tests/bench/', 'server/commands/operator.c')
    paths = [path for path in tree.c_files() if not path.startswith(free)]
    for place, match in tree.grep(paths, r'\b(u?sleep|nanosleep)\s*\(|\bvolatile\b', tree.code):
        yield place, match.group().rstrip('( ')


@check
def nothing_is_left_to_do(tree):
    """no mark of unfinished work: what is to be done is said where work is planned"""
    marks = r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b'
    for place, match in tree.grep([path for path in tree.paths if is_text(tree, path)], marks, tree.text):
        yield place, match.group()


@check
def names_are_the_projects_words(tree):
    """files and identifiers use the words of the glossary, and none that says nothing"""
    for path in tree.paths:
        for word in re.split(r'[/_.-]', os.path.splitext(path)[0]):
            if word in tree.rules.banned:
                yield path, f'"{word}": {tree.rules.banned[word]}'
    for place, match in tree.grep(tree.c_files(), r'\b[A-Za-z_]\w*\b', tree.code):
        for word in match.group().lower().split('_'):
            if word in tree.rules.banned:
                yield place, f'"{match.group()}": {tree.rules.banned[word]}'


@check
def no_paths_of_a_machine(tree):
    """no file names a folder of somebody's machine"""
    pattern = r'(?<![\w.])/(?:ho' r'me|ro' r'ot|wo' r'rk|Us' r'ers)/\w|/t' r'mp/w\b'
    for place, match in tree.grep([path for path in tree.paths if is_text(tree, path)], pattern, tree.text):
        yield place, match.group()


@check
def nothing_binary_or_large_is_committed(tree):
    """files are text of moderate size; only fuzz seeds may be bytes, small ones"""
    for path in tree.paths:
        size = len(tree.data(path))
        if size > tree.rules.limits['file_bytes']:
            yield path, f'{size} bytes'
        elif path.startswith('tests/fuzz/'):
            if size > 65536:
                yield path, f'a seed of {size} bytes'
        elif not is_text(tree, path):
            yield path, 'is not text'


def is_text(tree, path):
    data = tree.data(path)
    try:
        data.decode('utf-8')
    except UnicodeDecodeError:
        return False
    return b'\0' not in data


# Tests and tools

@check
def tests_mirror_the_tree(tree):
    """every room has unit tests, and tests/unit/ROOM/test_MODULE[_ASPECT].c tests a module of it"""
    tests = [path for path in tree.c_files('tests/unit') if os.path.basename(path).startswith('test_')]
    for path in tests:
        room = path.split('/')[2]
        folder = room if room in ('server', 'client') else f'common/{room}'
        module = os.path.basename(path)[len('test_'):-2]
        modules = [os.path.basename(other)[:-2] for other in tree.c_files(folder)]
        if not any(module == other or module.startswith(other + '_') for other in modules):
            yield path, f'no {module}.c or {module}.h in {folder}'
    for room in tree.rules.rooms:
        top = room.split('/')[1] if room.startswith('common/') else room.split('/')[0]
        if tree.c_files(room) and not any(path.startswith(f'tests/unit/{top}/') for path in tests):
            yield room, 'has no unit tests'


@check
def kernels_are_tested(tree):
    """every module of numerics is included by a unit or golden test"""
    tested = {name for path in tree.c_files('tests/unit', 'tests/golden')
              for _, name, _ in source.includes(tree.text(path))}
    for path in tree.c_files('common/numerics'):
        if path.endswith('.c') and path[:-2] + '.h' in tree.paths and path[:-2] + '.h' not in tested:
            yield path, 'no unit or golden test includes its header'


@check
def sources_are_formatted(tree):
    """clang-format-14 would change nothing"""
    if shutil.which('clang-format-14') is None:
        raise Skip('clang-format-14 is not installed (deploy/packages.sh --develop)')
    if '.clang-format' not in tree.paths:
        yield '.clang-format', 'is missing'
        return
    run = subprocess.run(['clang-format-14', '--dry-run', *tree.c_files()], cwd=tree.root, text=True,
                         capture_output=True, check=False)
    for place in sorted(set(re.findall(r'^(\S+:\d+):\d+: warning', run.stderr, re.M))):
        yield place, 'clang-format-14 -i would change this'


@check
def scripts_parse(tree):
    """bash -n accepts every shell script; those that are run are executable and stop at unset variables"""
    for path in tree.scripts():
        with tempfile.NamedTemporaryFile() as file:
            file.write(tree.data(path))
            file.flush()
            run = subprocess.run(['bash', '-n', file.name], text=True, capture_output=True, check=False)
        if run.returncode != 0:
            yield path, run.stderr.strip().split('\n')[0]
        if tree.data(path).startswith(b'#!'):
            if not os.access(os.path.join(tree.root, path), os.X_OK):
                yield path, 'has a #! line but is not executable'
            if not re.search(r'^set -\w*u|exec bash', tree.text(path), re.M):
                yield path, 'lacks set -u'
