/** Writing to file descriptors, and the system's errors in words. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import t from 'tap'
import { descriptors, explain, naming } from '../../src/cli/output.js'
import { TktError } from '../../src/errors.js'

t.test('output is kept until there is enough of it, or flush', async (t) => {
  const file = `${t.testdir()}/out`
  const fd = openSync(file, 'w')
  t.teardown(() => closeSync(fd))
  const output = descriptors(fd, fd)
  output.out('one\n')
  t.equal(readFileSync(file, 'utf8'), '')
  output.err('two\n')
  t.equal(readFileSync(file, 'utf8'), 'two\n', 'complaints come at once')
  output.flush()
  output.flush()
  t.equal(readFileSync(file, 'utf8'), 'two\none\n')
  output.out('é'.repeat(70_000))
  t.equal(readFileSync(file, 'utf8'), `two\none\n${'é'.repeat(70_000)}`)
})

t.test('a pipe that takes a part and is then not ready gets all of it', async (t) => {
  const dir = t.testdir()
  execFileSync('mkfifo', [`${dir}/pipe`])
  // Opened for both, so that it opens without a reader; and not waiting, as a pipe is that a terminal program was given.
  const fd = openSync(`${dir}/pipe`, constants.O_RDWR | constants.O_NONBLOCK)
  const reader = spawn('sh', ['-c', 'cat pipe > copy'], { cwd: dir })
  const output = descriptors(fd, fd)
  const text = '0123456789'.repeat(100_000)
  output.out(text)
  output.flush()
  closeSync(fd)
  await once(reader, 'close')
  t.equal(readFileSync(`${dir}/copy`, 'utf8'), text)
})

t.test('output that cannot be written is an error, a complaint that cannot is lost', async (t) => {
  const fd = openSync(`${t.testdir({ file: '' })}/file`, 'r')
  t.teardown(() => closeSync(fd))
  const output = descriptors(fd, fd)
  output.err('nobody hears')
  output.out('text')
  t.throws(() => output.flush(), { code: 'EBADF' })
  t.doesNotThrow(() => output.flush(), 'it is not tried again')
})

const system = (properties: object) => Object.assign(new Error('as the system says it'), properties)

const ERRORS: [error: unknown, text: string][] = [
  [new TktError('ERR_TKT_OPTIONS', 'in our words'), 'in our words'],
  [new TypeError('a bug'), 'a bug'],
  [system({ code: 'EMFILE', path: 'x', syscall: 'open' }), 'as the system says it'],
  [system({ code: 'ENOENT', path: 'x', syscall: 'open' }), 'x: there is no such file (ENOENT)'],
  [system({ code: 'ENOENT', path: '', syscall: 'open' }), "'': there is no such file (ENOENT)"],
  [naming('x', system({ code: 'EISDIR', syscall: 'read' })), 'x: it is a folder, not a file (EISDIR)'],
  [system({ code: 'ENOSPC', syscall: 'write' }), 'cannot write the output: no space left on the disk (ENOSPC)'],
  [system({ code: 'EIO', syscall: 'read' }), 'read: input/output error (EIO)'],
]

for (const [error, text] of ERRORS) {
  t.test(`explain: ${text}`, async (t) => t.equal(explain(error), text))
}
