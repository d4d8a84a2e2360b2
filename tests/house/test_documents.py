#!/usr/bin/python3
"""test_documents.py: documents that don't say what is so are seen to fail, as in test_checks.py."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import cases        # noqa: E402
import documents    # noqa: E402

RULES = 'room common/data data_dep :\nroom common/learn learn_dep : common/data\n'

# Writes no world, prints what the documents say of it.
PROGRAM = """#!/bin/sh
case "$1 $2 $*" in
--help*) printf 'Commands:\\n  sample    a world\\n  simulate  a run\\n' ;;
*" --bad "*) echo refused >&2; exit 1 ;;
"sample --help"*) printf 'Options:\\n  --out DIR  where\\n  --json     so\\n  --help     this\\n' ;;
"simulate --help"*) printf 'Options:\\n  --log FILE  of what\\n  --json FILE  so\\n  --help  this\\n' ;;
sample*) echo '{"schema": "s/1"}' ;;
*"--json -"*) echo '{"schema": "r/1", "seeds": [{"aiq": 1, "settings": {"any": 1}}]}' ;;
simulate*) echo '  router   0.512  more' && touch out.json ;;
esac
"""

TREE = {
    'program': PROGRAM,
    'run.sh': '#!/bin/sh\n',
    'tests/run.sh': '#!/bin/sh\n',
    'common/data/log.c': 'findings_add(f, NULL, 0, "log is empty", NULL);\n'
                         'static const struct log_value_fault fault = { "cost is negative", "mend it" };\n',
    'common/learn/ridge/ridge.c': 'static const struct setting ridge_settings[] = {\n'
                                  '\t{ "variance", SETTING_BOOLEAN, 0, 0, 1, "large" },\n'
                                  '\t{ .name = NULL },\n};\n',
    'README.md': 'See [logs](docs/logs.md).\n\n| [common/data](common/data) | logs |\n'
                 '| [common/learn](common/learn) | methods |\n\n'
                 '```sh\ntests/run.sh   # all\nbuild/fedrouter-coordinator sample --out world\n'
                 'build/fedrouter-coordinator simulate --log world \\\n    --json out.json\n```\n\n'
                 '```text\n  router   0.513\n```\n\n| ridge | 5 | .541 |\n',
    'docs/results.md': '| ridge | 5 | .541 |\n| mlp | 5 | .525 |\n',
    'docs/logs.md': '| `log is empty` | file |\n| `cost is negative` | row |\n',
    'docs/sample.md': '## Synopsis\n\n```\nsample --out DIR [--json]\n```\n\n'
                      '| `--out DIR` | where |\n| `--json` | so |\n| `--help` | this |\n\nJSON: `schema`.\n',
    'docs/client.md': '```\nfedrouter-client sample --out DIR\n                 [--json]\n'
                      'fedrouter-client simulate --log FILE [--json FILE]\n```\n',
    'docs/simulate.md': '## Synopsis\n\n```\nsimulate --log FILE [--json FILE]\n```\n\n'
                        '| `--log FILE` | what |\n| `--json FILE` | so |\n| `--help` | this |\n\n'
                        '| `ridge.variance` | large |\n\nJSON: `schema`, `seeds[] {aiq, settings}`.\n',
}


def instead(path, old, new):
    assert old in TREE[path]
    return {path: TREE[path].replace(old, new)}


def behind(path, text):
    return {path: TREE[path] + text}


BREACHES = [
    ('links_lead_somewhere', 'README.md:1', instead('README.md', '(docs/logs.md)', '(docs/log.md)')),
    ('links_lead_somewhere', 'docs/logs.md:3', behind('docs/logs.md', '[up](docs/sample.md)\n')),
    ('the_map_has_every_room', 'README.md',
     instead('README.md', '| [common/data](common/data) | logs |\n', '')),
    ('every_reason_is_documented', 'docs/logs.md',
     behind('common/data/log.c', 'log_build_bad(build, "score is odd", NULL);\n')),
    ('every_reason_is_documented', 'docs/logs.md',
     instead('docs/logs.md', '| `cost is negative` | row |\n', '')),
    ('every_reason_is_documented', 'docs/logs.md', behind('docs/logs.md', '| `row is blue` | row |\n')),
    ('every_setting_is_documented', 'docs/simulate.md',
     instead('docs/simulate.md', '| `ridge.variance` | large |\n', '')),
    ('every_setting_is_documented', 'docs/simulate.md',
     behind('docs/simulate.md', '| `ridge.colour` | what is not there |\n')),
    ('figures_of_the_readme_are_those_of_the_results', 'README.md:17',
     instead('docs/results.md', '.541', '.542')),
    ('help_and_manual_have_the_same_options', 'docs/sample.md', {'docs/sample.md': None}),
    ('help_and_manual_have_the_same_options', 'docs/sample.md',
     behind('docs/sample.md', '| `--more` | what is not there |\n')),
    ('help_and_manual_have_the_same_options', 'docs/simulate.md',
     instead('docs/simulate.md', '| `--json FILE` | so |\n', '')),
    ('help_and_manual_have_the_same_options', 'docs/simulate.md',
     instead('docs/simulate.md', ' [--json FILE]', '')),
    ('the_clients_manual_has_its_options', 'docs/client.md', instead('docs/client.md', '[--json]', '')),
    ('the_clients_manual_has_its_options', 'docs/client.md', instead('docs/client.md', 'DIR\n', '--all\n')),
    ('the_clients_manual_has_its_options', 'docs/client.md',
     {'docs/client.md': TREE['docs/client.md'].split(f'{documents.CLIENT} sim', maxsplit=1)[0] + '```\n'}),
    ('commands_in_documents_exist', 'README.md:7', {'tests/run.sh': None}),
    ('commands_in_documents_exist', 'docs/logs.md:4',
     behind('docs/logs.md', '```sh\nfedrouter-coordinator sample --out x --quickly\n```\n')),
    ('examples_of_the_readme_run', 'README.md', instead('README.md', '--out world', '--out world --bad x')),
    ('examples_of_the_readme_run', 'README.md', instead('README.md', '--json out.json', '--json other.json')),
    ('examples_of_the_readme_run', 'README.md:14', instead('README.md', '0.513', '0.523')),
    ('fields_of_the_json_are_documented', 'docs/simulate.md', instead('docs/simulate.md', '{aiq, ', '{')),
]

ALONG = {
    'examples_of_the_readme_run': ['commands_in_documents_exist'],
    'help_and_manual_have_the_same_options': ['fields_of_the_json_are_documented'],
}


def main():
    return cases.prove(documents.CHECKS, cases.World(RULES, TREE, 'program'), [{}], BREACHES, ALONG)


if __name__ == '__main__':
    sys.exit(main())
