/**
 * Small files in memory, as they were last answered. Every use asks the disk whether the file is still the same one:
 * `stat` goes the whole way again, through folders and symbolic links, so it fails or finds another inode where one of
 * them is gone, shut or replaced; a write changes size, mtime or ctime, and new permissions or owners change ctime, which
 * nobody can set back. What stat cannot tell is a second write within one tick of the file system's clock: files that
 * were touched just now are not kept (`isSettled`). Writes through a memory map are seen when the kernel tells them.
 */

import { type Stats, statSync } from 'node:fs'
import type { DiskPath } from './names.js'

export interface Kept {
  readonly file: DiskPath
  readonly stat: Stats
  /** Name, value, name, value ...: of a whole answer, and of one that says that nothing has changed. */
  readonly head: string[]
  readonly unchanged: string[]
  readonly etag: string
  /** One char a byte: node:http sends it together with the head, in one write. */
  readonly body: string
}

export interface Cache {
  /** Undefined as well where the file is not what it was. */
  get(path: string): Kept | undefined
  set(path: string, kept: Kept): void
}

/** Largest body that is kept. */
export const SMALL = 65_536
const TOTAL = 32 * 1024 * 1024
/** About what an entry costs beside its path and body. */
const ENTRY = 1024
/** Milliseconds: the coarsest clock of a file system that is in use, FAT's. */
const TICK = 2000

interface Slot {
  readonly kept: Kept
  readonly cost: number
  used: boolean
}

export function createCache(total: number = TOTAL): Cache {
  const slots = new Map<string, Slot>()
  let sum = 0

  function drop(path: string, slot: Slot): void {
    slots.delete(path)
    sum -= slot.cost
  }

  /** The oldest that has not been used since it was last looked at (a clock: cheaper than an order kept on each use). */
  function makeRoom(): void {
    for (const [path, slot] of slots) {
      if (sum <= total) return
      drop(path, slot)
      if (!slot.used) continue
      slot.used = false
      slots.set(path, slot)
      sum += slot.cost
    }
  }

  return {
    get(path) {
      const slot = slots.get(path)
      if (slot === undefined) return undefined
      if (isSame(slot.kept.stat, statOf(slot.kept.file))) {
        slot.used = true
        return slot.kept
      }
      drop(path, slot)
      return undefined
    },
    set(path, kept) {
      const before = slots.get(path)
      if (before) drop(path, before)
      const slot = { kept, cost: ENTRY + path.length + kept.body.length, used: false }
      slots.set(path, slot)
      sum += slot.cost
      makeRoom()
    },
  }
}

export function isSame(one: Stats, other: Stats | undefined): boolean {
  return (
    other !== undefined &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  )
}

/** Old enough that the next write gets another time. */
export function isSettled(stat: Stats, now: number): boolean {
  return now - Math.max(stat.mtimeMs, stat.ctimeMs) > TICK
}

function statOf(file: DiskPath): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
