"""source.py: just enough of C to find includes, functions and prototypes."""
import re

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
ATTRIBUTE = re.compile(r'__attribute__\s*\(\(')
NOT_FUNCTIONS = {'if', 'for', 'while', 'switch', 'return', 'sizeof', 'defined', '_Static_assert', 'cleanup'}


def blank(text):
    """`text` with comments, string contents and preprocessor lines as spaces; line ends stay."""
    def spaces(match):
        return re.sub(r'[^\n]', ' ', match.group())
    text = TOKEN.sub(lambda match: f'"{spaces(match)[1:-1]}"' if match[0][0] == '"' else spaces(match), text)
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', spaces, text, flags=re.M)


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def matching(text, at):
    """Index of the bracket that closes the one at `at`."""
    pairs, depth = {'(': ')', '{': '}', '[': ']'}, 0
    opens, closes = text[at], pairs[text[at]]
    for i in range(at, len(text)):
        depth += (text[i] == opens) - (text[i] == closes)
        if depth == 0:
            return i
    return len(text) - 1


def count_parameters(text):
    """Of what stands between a function's brackets."""
    text = text.strip()
    if text in ('', 'void'):
        return 0
    text = re.sub(r',\s*\.\.\.$', '', text)
    depth, commas = 0, 0
    for letter in text:
        depth += letter in '([{'
        depth -= letter in ')]}'
        commas += letter == ',' and depth == 0
    return commas + 1


class Function:
    def __init__(self, name, line, lines, parameters, is_static, is_prototype):
        self.name, self.line, self.lines, self.parameters = name, line, lines, parameters
        self.is_static, self.is_prototype = is_static, is_prototype


def functions(text):
    """Definitions and prototypes at the outermost level of blanked text, in order."""
    found, start, i = [], 0, 0
    while i < len(text):
        letter = text[i]
        if letter in ';{':
            head = text[start:i]
            function = parse_head(head, letter == ';')
            end = i if letter == ';' else matching(text, i)
            if function:
                function.line = line_of(text, start + function.line)
                function.lines = line_of(text, end) - function.line + 1
                found.append(function)
            i = start = end + 1
        else:
            i += 1
    return found


def parse_head(head, is_prototype):
    """The function that `type name(parameters)` declares, its line as an offset into it; or None."""
    cut = ATTRIBUTE.search(head)
    while cut:
        end = matching(head, head.index('(', cut.start()))
        head = head[:cut.start()] + ' ' * (end + 1 - cut.start()) + head[end + 1:]
        cut = ATTRIBUTE.search(head)
    if '=' in head or head.lstrip().startswith('typedef'):
        return None
    match = re.search(r'\b(START_TEST)\s*\(\s*(\w+)', head)
    if match:
        return Function(match.group(2), match.start(), 0, 0, True, False)
    after = 0    # of a macro on a line of its own
    for match in re.finditer(r'\b([A-Za-z_]\w*)\s*\(', head):
        if match.start() < after:
            continue
        if head[after:match.start()].strip() and match.group(1) not in NOT_FUNCTIONS:
            break
        after = matching(head, match.end() - 1) + 1
    else:
        return None
    close = matching(head, match.end() - 1)
    parameters = head[match.end():close]
    if parameters.lstrip().startswith('*'):
        return None    # a pointer to a function
    return Function(match.group(1), match.start(), 0, count_parameters(parameters),
                    re.search(r'\b(static|VEC_INLINE)\b', head[:match.start()]) is not None, is_prototype)


def includes(text):
    """(line, name, is_foreign) of every include line."""
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', text, re.M):
        yield line_of(text, match.start()), match.group(2), match.group(1) == '<'
