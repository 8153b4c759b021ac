# Drives pyramid.authentication for python.mjs: its tickets, and its cookie helper with real requests.
from lines import Clock, Refused, answer, text
from pyramid import authentication
from pyramid.request import Request

clock = Clock()
authentication.time_mod = clock

TYPES = {b'int': int, b'str': lambda uid: uid.decode('utf-8'), b'bytes': bytes}


def value(digest, secret, ip, time, uid, tokens, data):
    made = authentication.AuthTicket(
        text(secret), text(uid), ip.decode(), tokens=[text(token) for token in tokens.split(b',') if token],
        user_data=text(data), time=int(time), hashalg=digest.decode())
    return [made.cookie_value()]


def parse(digest, secret, ip, ticket):
    time, uid, tokens, data = authentication.parse_ticket(
        text(secret), ticket.decode('utf-8'), ip.decode(), digest.decode())
    return [time, uid, ','.join(tokens), data]


def helper(digest, secret, ip):
    """Without an address the helper is told to leave it out."""
    return authentication.AuthTktCookieHelper(text(secret), hashalg=digest.decode(), include_ip=ip != b'')


def request(ip, cookie=None):
    made = Request.blank('/', environ={'REMOTE_ADDR': ip.decode()})
    if cookie is not None:
        made.environ['HTTP_COOKIE'] = cookie.decode('latin-1')
    return made


def remember(digest, secret, ip, time, kind, uid, tokens):
    """The whole Set-Cookie header for a uid of a Python type."""
    clock.now = int(time)
    labels = [text(token) for token in tokens.split(b',') if token]
    headers = helper(digest, secret, ip).remember(request(ip), TYPES[kind](uid), tokens=labels)
    return [headers[0][1]]


def identify(digest, secret, ip, cookie):
    found = helper(digest, secret, ip).identify(request(ip, cookie))
    if found is None:
        raise Refused
    uid = found['userid']
    return [found['timestamp'], uid, ','.join(found['tokens']), found['userdata'], type(uid).__name__]


answer(
    {'value': value, 'parse': parse, 'remember': remember, 'identify': identify},
    (authentication.BadTicket, ValueError, TypeError))
