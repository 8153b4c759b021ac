/** Password files by Debian's own htpasswd. */
import { execFileSync } from 'node:child_process'
import { HTPASSWD } from './debian.mjs'

/** Ways of writing a password, by their names here. */
export const SCHEMES = Object.freeze({
  apr1: ['-m'],
  bcrypt: ['-B', '-C', '4'],
  'bcrypt, cost 10': ['-B', '-C', '10'],
  sha256: ['-2'],
  sha512: ['-5'],
  'sha512, 10000 rounds': ['-5', '-r', '10000'],
  sha1: ['-s'],
  des: ['-d'],
  plain: ['-p'],
})

/**
 * A line of a password file, with no line end. The password is given over a pipe and not as an argument, which every
 * user of the machine could read.
 * @param {string} uid @param {string} password at most 255 bytes of UTF-8 and no line end
 * @param {keyof typeof SCHEMES} scheme
 */
export function htpasswdLine(uid, password, scheme) {
  const input = `${password}\n`
  // -i takes one line; a few schemes are told about on stderr (they are weak).
  return execFileSync(HTPASSWD, ['-n', '-i', ...SCHEMES[scheme], uid], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  }).trim()
}
