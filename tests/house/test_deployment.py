#!/usr/bin/python3
"""test_deployment.py: units, containers and lists that would fail their readers are seen (test_checks.py)."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import cases         # noqa: E402
import deployment    # noqa: E402

UNITS = 'deploy/systemd/fedrouter-client'
HERE_UNITS = os.path.join(HERE, '../..', UNITS)


def real(ending):
    with open(HERE_UNITS + ending, encoding='utf-8') as file:
        return file.read()


BUILD = 'deploy/containers/Containerfile.client'
COMPOSE = 'deploy/containers/compose.yaml'
PACKAGES = 'deploy/packages.sh'
TREE = {
    UNITS + '.service': real('.service'),
    UNITS + '.sysusers.conf': real('.sysusers.conf'),
    UNITS + '.tmpfiles.conf': real('.tmpfiles.conf'),
    'client/main.c': '',
    BUILD: 'FROM debian:12-slim AS build\nCOPY client client\nRUN true \\\n\t&& true\n\nFROM debian:12-slim\n'
           'COPY --from=build /c /usr/bin/fedrouter-client\nUSER 10001:10001\n'
           'VOLUME /var/lib/fedrouter-client\nENTRYPOINT ["/usr/bin/fedrouter-client"]\nCMD ["run"]\n',
    COMPOSE: 'services:\n  acme:\n    build: {context: ../.., dockerfile: ' + BUILD + '}\n'
             '    volumes: ["acme:/data"]\n  birch:\n    depends_on: [acme]\n    build: {context: ../.., '
             'dockerfile: ' + BUILD + '}\n    volumes: ["acme:/data:ro"]\nvolumes:\n  acme:\n',
    PACKAGES: '#!/bin/sh\necho libtinfo6\n',
}


def instead(path, old, new):
    assert old in TREE[path], old
    return {path: TREE[path].replace(old, new)}


BREACHES = [
    ('units_are_what_systemd_expects', UNITS + '.service',
     instead(UNITS + '.service', 'LimitNOFILE=', 'LimitNOFILES=')),
    ('units_are_what_systemd_expects', UNITS + '.service',
     instead(UNITS + '.service', 'ExecStart=fedrouter-client', 'ExecStart=/opt/fedrouter')),
    ('daemons_may_do_little', UNITS + '.service',
     instead(UNITS + '.service', 'SystemCallFilter=', '#')),
    ('users_and_directories_can_be_made', UNITS + '.service',
     instead(UNITS + '.service', 'User=fedrouter-client', 'User=daemon')),
    ('container_files_can_be_built', BUILD + ':2', {'client/main.c': None}),
    ('container_files_can_be_built', BUILD + ':7', instead(BUILD, '--from=build', '--from=built')),
    ('container_files_can_be_built', BUILD + ':9', instead(BUILD, 'VOLUME /', 'ADD /etc /etc\nVOLUME /')),
    ('container_files_can_be_built', BUILD + ':11', instead(BUILD, '["run"]', 'run')),
    ('container_files_can_be_built', BUILD, instead(BUILD, 'USER 10001:10001\n', '')),
    ('container_files_can_be_built', BUILD, instead(BUILD, 'VOLUME /var/lib', 'VOLUME /srv')),
    ('the_composed_consortium_holds_together', COMPOSE, instead(COMPOSE, '["acme:/data"]', '["oak:/data"]')),
    ('the_composed_consortium_holds_together', COMPOSE, instead(COMPOSE, '[acme]', '[oak]')),
    ('packages_to_run_are_those_that_programs_need', PACKAGES, instead(PACKAGES, 'libtinfo6', '')),
    ('packages_to_run_are_those_that_programs_need', PACKAGES, instead(PACKAGES, 'tinfo6', 'tinfo6 libx')),
]


def main():
    world = cases.World('', TREE, '/bin/bash')
    return cases.prove(deployment.CHECKS, world, [{}], BREACHES, {})


if __name__ == '__main__':
    sys.exit(main())
