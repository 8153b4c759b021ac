/** Which files are programs, whose text is never shown. */

import t from 'tap'
import { PROGRAMS } from '../../../src/config/programs.js'
import { programNames } from '../../../src/gateway/static/names.js'

const isProgram = programNames([...PROGRAMS, 'run'])

t.test('any of their endings counts, and whole names', async (t) => {
  for (const name of ['a.php', '/srv/A.PHP', 'a.php.bak', 'a.cgi~', '.php', 'x.tar.pl.gz', 'Run', '/srv/run']) {
    t.ok(isProgram(name), name)
  }
})

t.test('others are files', async (t) => {
  for (const name of ['a.html', 'php', 'a.phpx', 'a', '', 'run.txt', 'a.', '/run/a']) t.notOk(isProgram(name), name)
  t.notOk(programNames([])('a.php'))
})
