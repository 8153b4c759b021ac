/** Listen and TLS: where a gateway listens, and which certificate it shows to whom. */

import t from 'tap'
import { notes, read, wrong } from './config-helpers.js'

const listen = (text: string) => read(text, { file: '/etc/site.conf' }).serving.listen
const host = (address: string, lines: string) => `<VirtualHost ${address}>\n${lines}\n</VirtualHost>`
const SSL = 'SSLEngine on\nSSLCertificateFile c.pem'

t.test('ports and addresses', async (t) => {
  const rows: [text: string, host: string, port: number][] = [
    ['80', '*', 80],
    ['0.0.0.0:80', '*', 80],
    ['*:8080', '*', 8080],
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['[::1]:80', '::1', 80],
    ['[fe80::1%eth0]:80', 'fe80::1', 80],
    ['"443" http', '*', 443],
  ]
  for (const [text, host, port] of rows) {
    t.same(listen(`# c\nListen ${text}`), [
      { endpoint: { host, port }, tls: undefined, at: '/etc/site.conf:2: Listen' },
    ])
  }
  for (const text of ['', '0', '99999', 'http', '/run/a.sock', '::1', 'unix:/x'])
    t.match(wrong(`Listen ${text}`), /^site\.conf:1: Listen: needs a port, or an address with one/, text)
  t.same(listen(''), [])
  t.match(notes('Listen 443 https'), [/Listen: is for https, and nobody there has SSLEngine on/])
})

t.test('certificates are those of the hosts on the port, the first one first', async (t) => {
  const text = `ServerRoot /etc/apache2\nListen 80\nListen 443 https\nListen 192.0.2.1:444
${host('*:80', 'ServerName a')}
${host('*:443', `ServerName a\nServerAlias *.A\nSSLEngine on\nSSLCertificateFile "a b.pem"\nSSLCertificateKeyFile /k/a.key`)}
${host('*:443 [::1]:444', `ServerName b\n${SSL}`)}
${host('192.0.2.1:444', SSL)}`
  t.match(listen(text), [
    { endpoint: { port: 80 }, tls: undefined },
    {
      endpoint: { port: 443 },
      tls: [
        { names: ['a', '*.a'], certFile: '/etc/apache2/a b.pem', keyFile: '/k/a.key', at: /:12: SSLCertificateFile$/ },
        { names: ['b'], certFile: '/etc/apache2/c.pem', keyFile: '/etc/apache2/c.pem' },
      ],
    },
    { endpoint: { port: 444 }, tls: [{ names: [] }] },
  ])
})

t.test('hosts have what the main server has', async (t) => {
  t.match(listen(`Listen 443\n${SSL}`), [{ tls: [{ names: [], certFile: '/etc/c.pem' }] }])
  t.match(listen(`Listen 443\n${SSL}\n${host('*', 'ServerName a')}`), [
    { tls: [{ names: ['a'], certFile: '/etc/c.pem' }] },
  ])
  const off = `Listen 80\nListen 443\n${SSL}\n${host('*:80', 'SSLEngine off')}\n${host('*:443', 'ServerName a')}`
  t.match(listen(off), [{ tls: undefined }, { tls: [{ names: ['a'] }] }])
  t.match(listen(`Listen [::1]:443\n${host('[0:0::1]:443', SSL)}\n${host('[::2]:443', '')}`), [
    { tls: [{ names: [] }] },
  ])
  t.match(listen(`Listen 192.0.2.1:443\n${SSL}\n${host('192.0.2.2:443', 'SSLEngine off')}`), [{ tls: [{}] }])
})

t.test('what cannot be is an error with its line', async (t) => {
  t.match(
    wrong(`Listen 443\n${host('*:443', '\nSSLEngine on')}`),
    /^site\.conf:4: SSLEngine: is on, and there is no certificate; add SSLCertificateFile/,
  )
  t.match(
    wrong(`Listen 443\n${host('*:443', SSL)}\n${host('*:443', '')}`),
    /^site\.conf:6: <VirtualHost>: has no TLS, and others have it on port 443 \(line 3\); put SSLEngine/,
  )
  t.equal(
    wrong(`Listen 443\n${host('*:443', SSL)}\n${host('*', '')}`),
    'no error',
    'a host for any port is not asked there',
  )
  t.match(wrong(`Listen 443\n${SSL} more`), /SSLCertificateFile: takes one argument/)
})

t.test('what is not shown is told', async (t) => {
  const told = notes(`Listen 443\n${SSL}\nSSLCertificateFile ecc.pem\nSSLCertificateChainFile chain.pem`)
  t.match(told, [/5: SSLCertificateChainFile: is not read here; append its/, /4: SSLCertificateFile: only the first/])
  t.match(notes(host('*:443', 'SSLEngine on')), [/2: SSLEngine: no Listen line has its port/])
  t.same(notes(`Listen 443\n${SSL}`), [])
})
