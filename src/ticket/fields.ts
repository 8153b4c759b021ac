/** What a ticket can carry. The fast look says yes or no; only a no is looked at again, for its reason. */

import { TktError } from '../errors.js'
import type { IssueFields } from '../types.js'
import { joinTokens, splitTokens } from './tokens.js'

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control bytes are what they look for
const UID = /^[^\0-\x1f\x7f!]+$/
const LABELS = /^[^\0-\x1f\x7f!,]+(?:,[^\0-\x1f\x7f!,]+)*$/
const DATA = /^[^\0-\x1f\x7f]*$/
const CONTROL = /[\0-\x1f\x7f]/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: end

/** `uid!tokens!data`. Throws `ERR_TKT_FIELD` with the field's name where a ticket cannot carry it safely. */
export function joinFields(fields: IssueFields, { plainData }: { readonly plainData: boolean }): string {
  if (typeof fields !== 'object' || fields === null) throw fieldError('fields must be an object with a uid')
  for (const name in fields) {
    if (name !== 'uid' && name !== 'tokens' && name !== 'userData') {
      throw fieldError(`there is no field '${name}'; the fields are uid, tokens, userData`)
    }
  }
  const { uid, tokens = [], userData = '' } = fields
  if (typeof uid !== 'string' || !UID.test(uid)) throw why(uid, 'uid', '!')
  if (typeof userData !== 'string' || !DATA.test(userData)) throw why(userData, 'userData', '')
  if (plainData && userData.includes('!')) throw why(userData, 'userData', '!')
  return `${uid}!${joinLabels(tokens)}!${userData}`
}

function joinLabels(tokens: readonly string[]): string {
  if (!Array.isArray(tokens)) throw fieldError('tokens must be an array of strings')
  if (tokens.length === 0) return ''
  const labels = joinTokens(tokens)
  let commas = 0
  for (let at = labels.indexOf(','); at >= 0; at = labels.indexOf(',', at + 1)) commas++
  if (commas !== tokens.length - 1 || !LABELS.test(labels) || tokens.some((label) => typeof label !== 'string')) {
    const index = tokens.findIndex((label) => typeof label !== 'string' || label.includes(',') || !UID.test(label))
    throw why(tokens[index], `tokens[${index}]`, '!,')
  }
  return labels
}

/** The error for a field that was refused; `separators` are the chars that it must not contain. */
function why(value: unknown, field: string, separators: string): TktError {
  if (typeof value !== 'string') return fieldError(`${field} must be a string`)
  if (value === '') return fieldError(`${field} is empty`)
  if (CONTROL.test(value)) return fieldError(`${field} must not contain control bytes`)
  const found = [...separators].find((separator) => value.includes(separator))
  return fieldError(`${field} must not contain \`${found}\``)
}

export function fieldError(message: string): TktError {
  return new TktError('ERR_TKT_FIELD', `issue: ${message}`)
}

/** The fields of a text `uid!tokens!data`, or `uid!data`, that is known to be one. */
export function splitText(text: string): { uid: string; tokens: string[]; userData: string } {
  const uidEnd = text.indexOf('!')
  const second = text.indexOf('!', uidEnd + 1)
  const tokensEnd = second < 0 ? uidEnd : second
  return {
    uid: text.slice(0, uidEnd),
    tokens: second < 0 ? [] : splitTokens(text, uidEnd + 1, second),
    userData: text.slice(tokensEnd + 1),
  }
}
