# What the Python drivers share: questions and answers, a line each, as line-program.mjs asks them.
import sys


class Refused(Exception):
    pass


class Clock:
    """Stands where a library has its `time` module, so that a ticket is made at a chosen time."""

    now = 0

    def time(self):
        return self.now


def text(field):
    """What an application hands over: text where the bytes are UTF-8, else the bytes."""
    try:
        return field.decode('utf-8')
    except UnicodeDecodeError:
        return field


def as_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode('utf-8')


def answer(questions, refusals):
    """`questions`: name to function of byte strings; what it returns is the answer."""
    for line in sys.stdin:
        name, *args = line.rstrip('\n').split('\t')
        try:
            values = questions[name](*(bytes.fromhex(arg) for arg in args))
            print('\t'.join(['ok', *(as_bytes(value).hex() for value in values)]), flush=True)
        except (Refused, *refusals):
            print('refused', flush=True)
