# Drives paste.auth.auth_tkt for python.mjs.
import base64
import hashlib
from http.cookies import SimpleCookie

from lines import Clock, Refused, answer, text
from paste.auth import auth_tkt

clock = Clock()
auth_tkt.time_mod = clock


def ticket(digest, secret, ip, time, uid, tokens, data):
    return auth_tkt.AuthTicket(
        text(secret), text(uid), ip.decode(), tokens=text(tokens), user_data=text(data), time=int(time),
        digest_algo=getattr(hashlib, digest.decode()))


def value(*fields):
    return [ticket(*fields).cookie_value()]


def cookie(*fields):
    return [ticket(*fields).cookie()['auth_tkt'].OutputString().split(';')[0].removeprefix('auth_tkt=')]


def middleware(secret, ip, time, uid, tokens, data):
    """The cookie value that the middleware sets. (On Python 3 it cannot read one.)"""
    clock.now = int(time)
    headers = []

    def application(environ, start):
        environ['paste.auth_tkt.set_user'](text(uid), text(tokens), text(data))
        start('200 OK', [])
        return []

    environ = {'REMOTE_ADDR': ip.decode(), 'HTTP_HOST': 'www.example.com'}
    guarded = auth_tkt.AuthTKTMiddleware(application, text(secret))
    guarded(environ, lambda status, fields, error=None: headers.extend(fields))
    return [headers[0][1].removeprefix('auth_tkt=').removesuffix('; Path=/')]


def read(digest, secret, ip, received):
    """What an application does that puts .cookie() on the wire: base64 inside; without it the ticket as it is."""
    found = SimpleCookie('auth_tkt=' + received.decode('latin-1')).get('auth_tkt')
    if found is None:
        raise Refused
    bare = found.value.encode('latin-1')
    raw = bare if b'!' in bare else base64.b64decode(bare)
    time, uid, tokens, data = auth_tkt.parse_ticket(
        text(secret), raw, ip.decode(), digest_algo=getattr(hashlib, digest.decode()))
    return [time, uid, b','.join(tokens), data]


answer(
    {'value': value, 'cookie': cookie, 'middleware': middleware, 'read': read},
    (auth_tkt.BadTicket, ValueError, TypeError))
