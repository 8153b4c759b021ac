# Drives repoze.who's auth_tkt plugin for python.mjs, with the environment of real requests.
from lines import Clock, Refused, answer, text
from repoze.who import _auth_tkt
from repoze.who.plugins.auth_tkt import AuthTktCookiePlugin

clock = Clock()
_auth_tkt.time_mod = clock

TYPES = {b'int': int, b'str': lambda uid: uid.decode('utf-8')}


def plugin(secret, ip):
    """Without an address the plugin is told to leave it out."""
    return AuthTktCookiePlugin(text(secret), include_ip=ip != b'')


def environ(ip, cookie=None):
    made = {'REMOTE_ADDR': ip.decode(), 'HTTP_HOST': 'www.example.com'}
    if cookie is not None:
        made['HTTP_COOKIE'] = cookie.decode('latin-1')
    return made


def remember(secret, ip, time, kind, uid, tokens, data):
    """The whole Set-Cookie header, as a WSGI server puts it on the wire."""
    clock.now = int(time)
    identity = {
        'repoze.who.userid': TYPES[kind](uid),
        'tokens': [text(token) for token in tokens.split(b',') if token],
        'userdata': text(data),
    }
    headers = plugin(secret, ip).remember(environ(ip), identity)
    return [headers[0][1].encode('latin-1')]


def forget(secret, ip):
    return [plugin(secret, ip).forget(environ(ip), {})[0][1]]


def identify(secret, ip, cookie):
    found = plugin(secret, ip).identify(environ(ip, cookie))
    if found is None:
        raise Refused
    uid = found['repoze.who.plugins.auth_tkt.userid']
    return [found['timestamp'], uid, ','.join(found['tokens']), found['userdata'], type(uid).__name__]


answer({'remember': remember, 'forget': forget, 'identify': identify}, (ValueError, TypeError))
