#!/usr/bin/python3
"""test_checks.py: every rule of the house is seen to fail.

A tiny tree keeps all rules; each case changes one thing in it, and exactly the check that is meant must
report it, at the place that is meant. A check without a case fails, too. Last line: "N passed, N failed".
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import cases     # noqa: E402
import checks    # noqa: E402

RULES = '''
room common/base  base_dep  :
room common/top   top_dep   : common/base
room common/side  side_dep  : common/base
room common/numerics - :
file common/top/every.c     : common/side
foreign uv.h      uv_dep    : common/top
foreign zlib.h    zlib_dep  : common/side
limit columns 110
limit c_lines 600
limit h_lines 200
limit function_lines 60
limit kernel_function_lines 80
limit parameters 5
limit kernel_parameters 7
limit file_bytes 6000
allow *_half      6 : an interface
prefix common/base/base.h  basis_
banned util  : say what it is about
banned party : client
'''

ROOM = '''{0}_lib = static_library('{0}', files('{0}.c'), dependencies: [{1}])
{0}_dep = declare_dependency(link_with: {0}_lib, dependencies: [{1}])
'''

TREE = {
    '.clang-format': 'BasedOnStyle: LLVM\nUseTab: Always\nIndentWidth: 8\nTabWidth: 8\n'
                     'BreakBeforeBraces: Linux\nColumnLimit: 110\nAllowShortFunctionsOnASingleLine: None\n'
                     'SortIncludes: Never\n',
    'run.sh': '#!/usr/bin/env bash\nset -euo pipefail\necho fine\n',
    'common/base/meson.build': ROOM.format('base', 'm_dep'),
    'common/base/base.h': '/* base.h: the ground.          (kind: kernel)\n *\n * All stand on it.\n */\n'
                          '#pragma once\n\n/* Twice x. */\nint base_twice(int x);\n',
    'common/base/base.c': '/* base.c: the ground.                (kind: kernel) */\n'
                          '#include "common/base/base.h"\n\nint base_twice(int x)\n{\n\treturn 2 * x;\n}\n',
    'common/top/meson.build': ROOM.format('top', 'base_dep, uv_dep'),
    'common/top/top.h': '/* top.h: the roof.                  (kind: machine) */\n#pragma once\n\n'
                        '/* Four times x. */\nint top_four(int x);\n',
    'common/top/top.c': '/* top.c: the roof.          (kind: machine) */\n#include "common/top/top.h"\n\n'
                        '#include "common/base/base.h"\n\nint top_four(int x)\n{\n'
                        '\treturn base_twice(base_twice(x));\n}\n',
    'common/side/meson.build': ROOM.format('side', 'base_dep, zlib_dep'),
    'common/side/side.h': '/* side.h: a wing.                   (kind: adapter) */\n#pragma once\n\n'
                          '/* Zero. */\nint side_zero(void);\n',
    'common/side/side.c': '/* side.c: a wing.                   (kind: adapter) */\n'
                          '#include "common/side/side.h"\n\nint side_zero(void)\n{\n\treturn 0;\n}\n',
    **{f'tests/unit/{room}/test_{room}.c': f'/* What {room} promises. */\n#include "common/{room}/{room}.h"\n'
       for room in ('base', 'top', 'side')},
    **{f'tests/unit/{room}/meson.build': f"executable('test_{room}', 'test_{room}.c')\n"
       for room in ('base', 'top', 'side')},
}

FILE = '/* {0}: a file.      (kind: {1}) */\n'


def behind(path, text):
    """The file of the good tree with more at its end."""
    return {path: TREE[path] + text}


def instead(path, old, new):
    assert old in TREE[path]
    return {path: TREE[path].replace(old, new)}


def function(name, lines, parameters='void'):
    body = '\tbase_twice(1);\n' * (lines - 4) + '\treturn 0;\n'
    return f'\nstatic int {name}({parameters})\n{{\n{body}}}\n'


def numbers(n):
    return ', '.join(f'int {letter}' for letter in 'abcdefghijkl'[:n])


# (the check that must report, where, what is changed in the tree)
BREACHES = [
    ('rooms_include_only_rooms_above', 'common/base/base.c:3',
     instead('common/base/base.c', '\n\nint', '\n#include "common/top/top.h"\n\nint')),
    ('rooms_include_only_rooms_above', 'common/top/top.c:4',
     instead('common/top/top.c', '#include "common/base',
             '#include "common/side/side.h"\n#include "common/base')
     | {'common/top/meson.build': ROOM.format('top', 'base_dep, uv_dep')}),
    ('rooms_include_only_rooms_above', 'common/attic/attic.h',
     {'common/attic/attic.h': FILE.format('attic.h', 'kernel') + '#pragma once\n'}),
    ('include_lines_are_paths_from_the_root', 'common/top/top.c:4',
     instead('common/top/top.c', '"common/base/base.h"', '"base.h"')),
    ('include_lines_are_paths_from_the_root', 'tests/unit/top/test_top.c:3',
     behind('tests/unit/top/test_top.c', '#include "common/top/top.c"\n')),
    ('include_lines_are_paths_from_the_root', 'common/top/top.c:10',
     behind('common/top/top.c', '#include "tests/support/suite.h"\n')
     | {'tests/support/suite.h': '/* Runs tests. */\n#pragma once\n'}),
    ('foreign_headers_live_in_their_room', 'common/base/base.c:3',
     instead('common/base/base.c', '\n\nint', '\n#include <uv.h>\n\nint')),
    ('build_files_name_the_rooms_that_are_included', 'common/base/meson.build',
     {'common/base/meson.build': ROOM.format('base', 'side_dep')}),
    ('build_files_name_the_rooms_that_are_included', 'common/top/meson.build',
     {'common/top/meson.build': ROOM.format('top', 'base_dep, zlib_dep')}),
    ('build_files_name_the_rooms_that_are_included', 'common/top/meson.build',
     {'common/top/meson.build': ROOM.format('top', 'uv_dep')}),
    ('every_source_is_built', 'common/base/more.c',
     {'common/base/more.c': FILE.format('more.c', 'kernel') + '#include "common/base/base.h"\n'}),
    ('every_source_is_built', 'tests/unit/top/test_more.c',
     {'tests/unit/top/test_more.c': '/* More. */\n', 'common/top/more.h': FILE.format('more.h', 'kernel') +
      '#pragma once\n'}),
    ('files_say_what_they_are_for', 'common/base/base.c:1',
     instead('common/base/base.c', '/* base.c: ', '/* bass.c: ')),
    ('files_say_what_they_are_for', 'common/base/base.c:1',
     instead('common/base/base.c', '(kind: kernel)', '(kind: pebble)')),
    ('files_say_what_they_are_for', 'tests/unit/top/test_top.c:1',
     {'tests/unit/top/test_top.c': '#include "common/top/top.h"\n'}),
    ('headers_are_guarded', 'common/top/top.h', instead('common/top/top.h', '#pragma once\n\n', '')),
    ('headers_are_guarded', 'common/top/top.c:3',
     instead('common/top/top.c', '\n\n#include "common/base/base.h"',
             '\n#ifndef SHORT\n#include "common/base/base.h"\n#endif')),
    ('headers_stand_alone', 'common/top/top.h',
     instead('common/top/top.h', 'int top_four(int x);', 'int top_four(size_t x);')),
    ('lines_are_not_too_wide', 'run.sh:3',
     {'run.sh': '#!/bin/bash\nset -u\n' + 'echo x'.ljust(111, 'x') + '\n'}),
    ('lines_are_not_too_wide', 'common/top/meson.build:3',
     behind('common/top/meson.build', '\t\t' + 'x' * 95 + '\n')),
    ('files_are_not_too_long', 'common/top/top.c', behind('common/top/top.c', '/* . */\n' * 592)),
    ('files_are_not_too_long', 'common/top/top.h', behind('common/top/top.h', '/* . */\n' * 197)),
    ('functions_are_not_too_long', 'common/top/top.c:11',
     behind('common/top/top.c', function('long_one', 61))),
    ('functions_are_not_too_long', 'common/base/base.c:9',
     behind('common/base/base.c', function('long_one', 81))),
    ('functions_have_few_parameters', 'common/top/top.c:11',
     behind('common/top/top.c', function('busy', 5, numbers(6)))),
    ('functions_have_few_parameters', 'common/base/base.c:9',
     behind('common/base/base.c', function('busy', 5, numbers(8)))),
    ('functions_have_few_parameters', 'common/top/top.c:11',
     behind('common/top/top.c', function('top_half', 5, numbers(7)))),
    ('public_functions_have_their_files_prefix', 'common/top/top.h:7',
     behind('common/top/top.h', '/* . */\nint roof_five(int x);\n')),
    ('public_functions_have_their_files_prefix', 'common/top/top.c:11',
     behind('common/top/top.c', '\nint five(void)\n{\n\treturn 5;\n}\n')),
    ('public_functions_are_documented', 'common/top/top.h:7',
     behind('common/top/top.h', '\nint top_five(int x);\n')),
    ('nothing_jumps_or_ends_the_program', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic int hop(void)\n{\n\tgoto end;\nend:\n\treturn 0;\n}\n')),
    ('nothing_jumps_or_ends_the_program', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic void stop(void)\n{\n\texit(1);\n}\n')),
    ('nothing_jumps_or_ends_the_program', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic void tell(void)\n{\n\tfprintf(stderr, "so");\n}\n')),
    ('unsafe_calls_are_not_made', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic void copy(char *to)\n{\n\tstrcpy(to, "a");\n}\n')),
    ('nothing_waits_by_sleeping', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic void wait(void)\n{\n\tusleep(1);\n}\n')),
    ('nothing_is_left_to_do', 'run.sh:4', behind('run.sh', '# TO' 'DO: more\n')),
    ('names_are_the_projects_words', 'common/top/top.c:13',
     behind('common/top/top.c', '\nstatic void count(void)\n{\n\tbase_twice(n_party);\n}\n')),
    ('names_are_the_projects_words', 'docs/util.md', {'docs/util.md': 'Things.\n'}),
    ('no_paths_of_a_machine', 'run.sh:4', behind('run.sh', 'ls /ho' 'me/anna\n')),
    ('nothing_binary_or_large_is_committed', 'data.txt', {'data.txt': 'x' * 79 + '\n' + 'y\n' * 3000}),
    ('nothing_binary_or_large_is_committed', 'data.bin', {'data.bin': 'a\0b'}),
    ('tests_mirror_the_tree', 'tests/unit/top/test_gone.c',
     {'tests/unit/top/test_gone.c': '/* Of what? */\n',
      'tests/unit/top/meson.build': "executable('x', 'test_top.c', 'test_gone.c')\n"}),
    ('tests_mirror_the_tree', 'common/side', {'tests/unit/side/test_side.c': None}),
    ('kernels_are_tested', 'common/numerics/gelu.c',
     {'common/numerics/gelu.h': FILE.format('gelu.h', 'kernel') + '#pragma once\n',
      'common/numerics/gelu.c': FILE.format('gelu.c', 'kernel') + '#include "common/numerics/gelu.h"\n',
      'common/numerics/meson.build': "files('gelu.c')\n",
      'tests/unit/numerics/test_gelu.c': '/* Of nothing. */\n',
      'tests/unit/numerics/meson.build': "executable('test_gelu', 'test_gelu.c')\n"}),
    ('sources_are_formatted', 'common/top/top.c:6', instead('common/top/top.c', '\n{', ' {')),
    ('scripts_parse', 'run.sh', {'run.sh': '#!/bin/bash\nset -u\nif true; then\n'}),
    ('scripts_parse', 'run.sh', {'run.sh': '#!/bin/bash\necho "$1"\n'}),
]

# What a breach brings along by its nature.
ALONG = {
    'rooms_include_only_rooms_above': ['build_files_name_the_rooms_that_are_included'],
    'foreign_headers_live_in_their_room': ['build_files_name_the_rooms_that_are_included'],
}

# Changes that keep all rules.
GOOD = [
    {},
    {'common/top/made.h': FILE.format('made.h', 'machine') + '#pragma once\n\n#include <made.pb-c.h>\n'},
    behind('common/top/top.c', function('long_one', 60)),
    behind('common/base/base.c', function('long_one', 80)),
    behind('common/top/top.c', function('busy', 5, numbers(5))),
    behind('common/base/base.c', function('busy', 5, numbers(7))),
    behind('common/top/top.c', function('top_half', 5, numbers(6))),
    behind('common/top/top.c',
           '\nstatic const char *word(void)\n{\n\treturn "goto exit(1) util"; /* goto */\n}\n'),
    behind('common/base/base.h', '\n/* . */\nint basis_three(int x);\n'),
    {'common/top/every.c': FILE.format('every.c', 'conductor') + '#include "common/side/side.h"\n',
     'common/top/meson.build': ROOM.format('top', 'base_dep, uv_dep, side_dep').replace(
         "'top.c'", "'top.c', 'every.c'")},
]


def main():
    return cases.prove(checks.CHECKS, cases.World(RULES, TREE), GOOD, BREACHES, ALONG)


if __name__ == '__main__':
    sys.exit(main())
