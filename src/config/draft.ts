/** One place of a configuration while its directives are read: settings that are set there, and nothing else. */

import type { z } from 'zod'
import type { AreaOptions } from '../policy/options.js'
import type { Rule } from '../policy/require.js'
import { settingShape } from '../policy/settings.js'
import type { SignatureDigest } from '../types.js'
import { configError, type Place } from './notes.js'
import type { Directive } from './tree.js'

type SettingName = keyof typeof settingShape
/** What an area can set; durations may be text. */
export type AreaSettings = Pick<AreaOptions, SettingName | 'publicKeys' | 'passthruKey'>

/** A secret's bytes and where it stands. */
export interface SecretAt extends Place {
  readonly secret: Uint8Array<ArrayBuffer>
}

/** A public key and where TKTAuthPublicKey stands. */
export interface PublicKeyAt extends Place {
  /** PEM. */
  readonly text: string
  readonly path: string
}
export interface DigestAt extends Place {
  readonly digest: SignatureDigest
}

/** What a place says of signatures; in the end it takes both. */
export interface SignedHalves {
  key?: PublicKeyAt
  digest?: DigestAt
}

export interface Draft {
  /** Settings of this very place. */
  readonly settings: AreaSettings
  /** Bare Require lines and containers, in order: one of them must grant. */
  readonly rules: Rule[]
  readonly tokens: string[]
  /** What durations have added up to. */
  timeout: number | undefined
  cookieExpires: number | undefined
  readonly signed: SignedHalves
  /** Holds a directive for tickets (A7). */
  owns: boolean
  /** Something that bears on who may enter was skipped here: nobody enters. */
  denied: boolean
  /** Server level only. */
  readonly keys: { secret?: SecretAt; old?: SecretAt; digest?: 'md5' | 'sha256' | 'sha512' } | undefined
}

export function createDraft(level: 'server' | 'section'): Draft {
  return {
    settings: {},
    rules: [],
    tokens: [],
    timeout: undefined,
    cookieExpires: undefined,
    signed: {},
    owns: false,
    denied: false,
    keys: level === 'server' ? {} : undefined,
  }
}

/** Sets what a directive says, if the guard can do it. */
export function set<K extends SettingName>(draft: Draft, at: Directive, key: K, value: AreaSettings[K]): void {
  const shape: z.ZodType = settingShape[key]
  const checked = shape.safeParse(value)
  const [issue] = checked.error?.issues ?? []
  if (issue) throw configError(at, at.name, `cannot be used: ${issue.message}`)
  draft.settings[key] = value
}

/** What the section's Require lines come to; undefined where there are none. */
export function ruleOf({ rules, denied }: Draft): Rule | undefined {
  if (denied) return 'denied'
  return rules.length > 1 ? { any: rules } : rules[0]
}
