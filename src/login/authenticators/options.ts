/** Checks what an authenticator is given: once, when it is made. */

import type { z } from 'zod'
import { TktError } from '../../errors.js'
import { placeOf } from '../../policy/options.js'
import { unknownKey } from '../../policy/wording.js'

/** The options, or an error that names the first thing wrong; values are never repeated, as some are secret. */
export function checkedOptions<S extends z.ZodObject>(who: string, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues as [z.core.$ZodIssue]
  const message =
    issue.code === 'unrecognized_keys' ? unknownKey(issue.keys[0] as string, Object.keys(schema.shape)) : issue.message
  const place = placeOf(issue.path)
  throw new TktError('ERR_TKT_OPTIONS', `${who}: ${place && `${place}: `}${message}`)
}
