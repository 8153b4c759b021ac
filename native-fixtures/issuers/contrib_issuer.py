# Drives auth_ticket.py, which mod_auth_tkt brings along for Python 2, for python.mjs. argv: the file's path.
import base64
import hashlib
import http.cookies
import importlib.util
import sys
import types

from lines import answer


def module(name, **names):
    made = types.ModuleType(name)
    vars(made).update(names)
    return made


# Python 2's strings are bytes: here a char is one. `cgi` is imported and never used.
sys.modules['md5'] = module('md5', new=lambda message: hashlib.md5(message.encode('latin-1')))
sys.modules['Cookie'] = http.cookies
sys.modules['cgi'] = module('cgi')

spec = importlib.util.spec_from_file_location('auth_ticket', sys.argv[1])
auth_ticket = importlib.util.module_from_spec(spec)
spec.loader.exec_module(auth_ticket)


class Python2Text(str):
    def encode(self, codec):
        assert codec == 'base64'
        return base64.encodebytes(str.encode(self, 'latin-1')).decode('ascii')


class Ticket(auth_ticket.AuthTicket):
    def cookie_value(self):
        return Python2Text(super().cookie_value())


def ticket(secret, ip, time, uid, tokens, data):
    fields = [field.decode('latin-1') for field in (secret, uid, ip)]
    labels = [token.decode('latin-1') for token in tokens.split(b',') if token]
    return Ticket(*fields, tokens=labels, user_data=data.decode('latin-1'), time=int(time))


def value(*fields):
    return [str.encode(ticket(*fields).cookie_value(), 'latin-1')]


def cookie(*fields):
    header = ticket(*fields).cookie()['auth_tkt'].OutputString()
    return [header.removeprefix('auth_tkt=').removesuffix('; Path=/')]


answer({'value': value, 'cookie': cookie}, ())
