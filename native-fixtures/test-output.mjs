/** What a Perl test file prints (TAP), counted. */

/**
 * @typedef {object} FileResult
 * @property {string} file
 * @property {readonly number[]} passed numbers of tests
 * @property {readonly number[]} failed those that the plan has and that were not run among them
 * @property {string | undefined} skipped why the whole file was
 * @property {readonly string[]} failures what was printed about each failed test; what ended the file early
 */

/** @param {string} file @param {string} text what it has printed @returns {FileResult} */
export function readTestOutput(file, text) {
  /** @type {number[]} */
  const passed = []
  /** @type {number[]} */
  const failed = []
  /** @type {string[]} */
  const failures = []
  /** Test.pm's comments stand before the line that they are about. @type {string[]} */
  let comments = []
  let planned = 0
  let skipped
  for (const line of text.split('\n')) {
    const plan = /^1\.\.(\d+)(?:\s*#\s*skip\S*:?\s*(.*))?/i.exec(line)
    const test = /^(not )?ok (\d+)/.exec(line)
    if (plan) {
      planned = Number(plan[1])
      if (planned === 0) skipped = plan[2] || 'no reason given'
    } else if (test) {
      if (test[1]) failures.push([line, ...comments].join('\n'))
      ;(test[1] ? failed : passed).push(Number(test[2]))
      comments = []
    } else if (line !== '') comments.push(line)
  }
  const run = new Set([...passed, ...failed])
  const missing = Array.from({ length: planned }, (_, i) => i + 1).filter((number) => !run.has(number))
  if (missing.length > 0 || (planned === 0 && skipped === undefined))
    failures.push(['ended early', ...comments].join('\n'))
  return { file, passed, failed: [...failed, ...missing], skipped, failures }
}
