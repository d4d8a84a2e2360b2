#!/usr/bin/python3
"""test_operations.py: documents that don't say what daemons say are seen to fail, as in test_checks.py."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import cases         # noqa: E402
import operations    # noqa: E402

UPLOADS = 'server/coordinator/uploads.c'
RPC = 'common/rpc/rpc_call.c'
AGENT = 'client/agent/agent.c'
WIRE = 'common/wire/wire.h'
LEARN = 'common/learn/static/static.c'
PROTOCOL, MANUAL, PRIVACY = operations.PROTOCOL, operations.MANUAL, operations.PRIVACY

TREE = {
    UPLOADS: 'office_refuse(coordinator, call, RPC_X, "busy", "no worker: %s", "again");\n'
             'office_refuse(coordinator, call, RPC_X, reason, "run %s", run);\n'
             'reason = found ? judge(found) :\n\t"unknown-run";\n'
             'return fits ? NULL : "wrong-size";\n'
             'runs_end(run, ROUND_STOPPED, "stopped", "by somebody");\n'
             'log_say(LOG_INFO, "call-refused", { "reason", reason });\n',
    RPC: '[RPC_E_NONE] = { "no-certificate", "needs one" },\n',
    AGENT: 'agent_refuse(agent, "policy-bytes", "%d more", n);\n'
           'return refuse(computation, "bad-plan", "so");\n'
           'agent_pause(agent, "poll-failed", outcome);\n'
           'log_say(up ? LOG_INFO : LOG_WARNING, up ? "connected" : "disconnected", { "hint", hint });\n',
    WIRE: 'enum { WIRE_OLDEST = 1, WIRE_NEWEST = 1 };\nenum { WIRE_E_BAD = 1 };\n'
          'enum {\n\tWIRE_PIECE = 256 << 10, /* bytes */\n\tWIRE_PIECE_MOST = WIRE_PIECE + 64,\n};\n',
    LEARN: 'TRY(lanes_add(lanes, "n_score", 1, models, 0, 1, 2));\n',
    PROTOCOL: '| `WIRE_PIECE` | 262,144 | of |\n| `WIRE_PIECE_MOST` | 262,208 | of |\n\n## Reasons\n\n'
              '| `busy` | so |\n| `unknown-run` | so |\n| `wrong-size` | so |\n| `no-certificate` | so |\n\n'
              '### Why a client refuses a task\n\n| `policy-bytes` | so |\n| `bad-plan` | so |\n',
    MANUAL: '### Why a run ended\n\n| `stopped` | so |\n\n### Events\n\n| `call-refused` | so |\n'
            '| `poll-failed` | so |\n| `connected` | so |\n| `disconnected` | so |\n',
    PRIVACY: '## What leaves, byte for byte\n\n| static | 0 | `n_score` | K | 0 | rows |\n'
             '| kmeans | 0 | `centroids` | a safetensors file | - | means |\n',
}


def without(path, line):
    assert line + '\n' in TREE[path], line
    return {path: TREE[path].replace(line + '\n', '')}


def behind(path, text):
    return {path: TREE[path] + text}


REASON, REFUSAL = 'every_reason_of_the_coordinator_is_told', 'every_refusal_of_a_task_is_told'
EVENT, END = 'every_event_is_explained', 'every_end_of_a_run_is_explained'
LIMIT, LANE = 'every_limit_of_the_wire_is_told', 'every_lane_is_told'

BREACHES = [
    (REASON, PROTOCOL, without(PROTOCOL, '| `busy` | so |')),
    (REASON, PROTOCOL, without(PROTOCOL, '| `unknown-run` | so |')),
    (REASON, PROTOCOL, without(PROTOCOL, '| `wrong-size` | so |')),
    (REASON, PROTOCOL, without(PROTOCOL, '| `no-certificate` | so |')),
    (REASON, PROTOCOL, {RPC: ''}),
    (REFUSAL, PROTOCOL, without(PROTOCOL, '| `policy-bytes` | so |')),
    (REFUSAL, PROTOCOL, without(PROTOCOL, '| `bad-plan` | so |')),
    (REFUSAL, PROTOCOL, behind(PROTOCOL, '| `bad-mood` | so |\n')),
    (LIMIT, PROTOCOL, {PROTOCOL: TREE[PROTOCOL].replace('262,208', '262,209')}),
    (LIMIT, PROTOCOL, without(PROTOCOL, '| `WIRE_PIECE` | 262,144 | of |')),
    (LIMIT, PROTOCOL, behind(WIRE, 'enum { WIRE_MORE = 7 };\n')),
    (EVENT, MANUAL, without(MANUAL, '| `call-refused` | so |')),
    (EVENT, MANUAL, without(MANUAL, '| `poll-failed` | so |')),
    (EVENT, MANUAL, without(MANUAL, '| `disconnected` | so |')),
    (EVENT, MANUAL, behind(MANUAL, '| `exploded` | so |\n')),
    (END, MANUAL, without(MANUAL, '| `stopped` | so |')),
    (LANE, PRIVACY, behind(LEARN, 'TRY(lanes_add(lanes, "sum_secret", 1, models, 0, 1, 2));\n')),
    (LANE, PRIVACY, behind(PRIVACY, '| static | 0 | `sum_y` | K | 0 | rows |\n')),
]


def main():
    return cases.prove(operations.CHECKS, cases.World('', TREE), [{}], BREACHES, {})


if __name__ == '__main__':
    sys.exit(main())
