"""rules.py: reads rooms.rules (its head says the format)."""
import fnmatch
import os
import re


class Rules:
    def __init__(self):
        self.rooms = {}        # folder → (dependency or None, [folders it may include])
        self.files = {}        # file → [further folders]
        self.foreign = {}      # header or header/ → (dependency, [rooms])
        self.limits = {}       # name → number
        self.allowed = {}      # pattern of function names → number of parameters
        self.prefixes = {}     # file → [prefixes of further names]
        self.banned = {}       # word → what to say instead

    def room_of(self, path):
        """The room a file or folder belongs to, the innermost one; None outside."""
        while path and path not in self.rooms:
            path = os.path.dirname(path)
        return path or None

    def may_include(self, path, room):
        """Does `path` see the headers of `room`?"""
        if path.startswith('tests/'):
            return True
        own = self.room_of(path)
        seen = self.rooms[own][1] if own else []
        return room == own or room in seen or room in self.files.get(path, [])

    def foreign_of(self, header):
        """The rule for a foreign header, or None where it is free."""
        for name, rule in self.foreign.items():
            if header == name or (name.endswith('/') and header.startswith(name)):
                return rule
        return None

    def parameters(self, function, is_kernel):
        """How many parameters a function of this name may take."""
        for pattern, number in self.allowed.items():
            if fnmatch.fnmatch(function, pattern):
                return number
        return self.limits['kernel_parameters' if is_kernel else 'parameters']


def read_rules(text):
    rules = Rules()
    for number, line in enumerate(re.sub(r'\n[ \t]+(?=\S)', ' ', text).splitlines(), 1):
        line = line.split('#')[0].strip()
        if not line:
            continue
        left, _, right = line.partition(' :')
        words, behind = left.split(), right.split()
        try:
            if words[0] == 'room':
                folder, dependency = words[1:]
                for other in behind:
                    if other not in rules.rooms:
                        raise ValueError(f'{other} does not stand above {folder}')
                rules.rooms[folder] = (None if dependency == '-' else dependency, behind)
            elif words[0] == 'file':
                rules.files[words[1]] = behind
            elif words[0] == 'foreign':
                header, dependency = words[1:]
                rules.foreign[header] = (dependency, behind)
            elif words[0] == 'limit':
                rules.limits[words[1]] = int(words[2])
            elif words[0] == 'allow':
                rules.allowed[words[1]] = int(words[2])
            elif words[0] == 'prefix':
                rules.prefixes[words[1]] = words[2:]
            elif words[0] == 'banned':
                rules.banned[words[1]] = right.strip()
            else:
                raise ValueError(f'unknown word {words[0]}')
        except (ValueError, IndexError) as error:
            raise SystemExit(f'rooms.rules: rule {number}, "{line[:40]}": {error}') from error
    return rules
