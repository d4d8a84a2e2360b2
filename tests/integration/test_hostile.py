#!/usr/bin/python3
"""test_hostile.py COORDINATOR CLIENT HOSTILE: bad peers are refused with a reason, and the run ends right."""
import json
import os
import socket
import ssl
import sys

from consortium import Consortium, simulated
from scenario import main, run, scenario

COORDINATOR, CLIENT, HOSTILE = (os.path.abspath(path) for path in sys.argv[1:4])
STRANGE = 2000
MONTH_S = 30 * 86400

REASONS = {
    'run': 'unknown-run', 'phase': 'wrong-phase', 'lanes': 'wrong-lanes', 'kind': 'wrong-lanes',
    'rows': 'too-many-rows', 'size': 'wrong-size', 'huge': 'malformed', 'offset': 'wrong-offset',
    'no-header': 'malformed', 'two-headers': 'malformed', 'digest': 'wrong-bytes',
    'bounds': 'bad-contribution', 'negative': 'bad-contribution', 'truncated': 'incomplete',
    'empty': 'incomplete', 'long': 'too-long',
}


def hostile(consortium, name, *words):
    """What the hostile peer got for each of its attacks."""
    printed = run(HOSTILE, f'{consortium.scratch}/{name}', f'localhost:{consortium.port}', *words)[0]
    return dict(line.split(' ', 1) for line in printed.splitlines())


def enroll(consortium, invitation, where, code=0):
    directory = f'{consortium.scratch}/{where}'
    return run(CLIENT, 'enroll', '--invite', invitation, '--dir', directory, code=code)[1]


def is_cut(consortium, scratch, name):
    """Does the port hang up on this client's certificate, before a byte of ours is answered?"""
    context = ssl.create_default_context(cafile=f'{scratch}/outsider/authority.pem')
    context.load_cert_chain(f'{scratch}/{name}/client.pem', f'{scratch}/{name}/client.key')
    context.set_alpn_protocols(['h2'])
    plain = socket.create_connection(('localhost', consortium.port))
    try:
        with plain, context.wrap_socket(plain, server_hostname='localhost') as connection:
            return not connection.recv(1)   # a server of HTTP/2 speaks first
    except (ssl.SSLError, ConnectionError):
        return True


def make_stranger(scratch):
    """A client whose certificate comes from another consortium."""
    os.mkdir(f'{scratch}/elsewhere')
    with Consortium(f'{scratch}/elsewhere', COORDINATOR, CLIENT) as elsewhere:
        elsewhere.start_coordinator()
        elsewhere.join('client-00')
    os.rename(f'{scratch}/elsewhere/client-00', f'{scratch}/stranger')


@scenario
def a_run_ends_right_whatever_one_peer_sends(scratch):
    saved, digests, names = simulated(scratch, COORDINATOR)
    bad = names[-1]
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        consortium.start_coordinator()
        for name in [*names, 'outsider']:
            consortium.join(name)
        for name in names:
            consortium.engineer(name, 'import', f'{saved}/clients/{name}/log.jsonl', '--encoder', 'hash:64')
            if name != bad:
                consortium.start_client(name)
        consortium.operator('start', '--plan', f'{saved}/plans/static.yaml')
        started = 'static-1'
        got = hostile(consortium, bad, 'attack')
        assert got == REASONS, {name: got[name] for name in got if got[name] != REASONS[name]}
        strange = hostile(consortium, bad, 'strange', STRANGE)
        assert int(strange['headers']) == STRANGE // 2, strange
        assert hostile(consortium, 'outsider', 'intrude', started)['intruder'] == 'not-in-roster'
        got = hostile(consortium, 'outsider', 'anonymous')
        assert got == {'poll': 'no-certificate'}, got
        make_stranger(scratch)
        assert is_cut(consortium, scratch, 'stranger')
        assert not is_cut(consortium, scratch, 'outsider')
        consortium.operator('revoke', 'outsider')
        got = hostile(consortium, 'outsider', 'intrude', started)
        assert got == {'poll': 'revoked', 'intruder': 'revoked'}, got
        consortium.start_client(bad)
        consortium.operator('start', '--plan', f'{saved}/plans/ridge.yaml', '--wait')
        published = {model['learner']: model['digest'] for model in consortium.models()}
        assert published == {name: digests[name] for name in ('static', 'ridge')}, published
        consortium.stop(bad)
        again = hostile(consortium, bad, 'again', 'ridge-2')
        assert again == {'same': 'duplicate', 'other': 'conflict'}, again


@scenario
def an_invitation_is_good_for_one_key_and_a_while(scratch):
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        consortium.start_coordinator()
        invitation, late, forged = (f'{scratch}/{name}.json' for name in ('eve', 'late', 'forged'))
        consortium.operator('invite', 'eve', '--out', invitation)
        consortium.operator('invite', 'late', '--out', late)
        enroll(consortium, invitation, 'eve')
        enroll(consortium, invitation, 'eve')   # the same key: an answer was lost
        assert 'used with another key' in enroll(consortium, invitation, 'mallory', code=1)
        with open(invitation, encoding='utf-8') as file:
            content = json.load(file)
        content['token'] = content['token'][::-1]
        with open(forged, 'w', encoding='utf-8') as file:
            json.dump(content, file)
        assert 'no such invitation' in enroll(consortium, forged, 'mallory', code=1)
        consortium.stop('coordinator')
        consortium.start_coordinator(env={'FEDROUTER_CLOCK_SHIFT': str(MONTH_S)})
        assert 'has expired' in enroll(consortium, late, 'late', code=1)


if __name__ == '__main__':
    sys.exit(main())
