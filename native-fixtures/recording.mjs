/** How a recording is written: one row a line, and the file is ASCII. */
import { mkdir, writeFile } from 'node:fs/promises'

const LIVE = new URL('live/', import.meta.url)

/** Bytes beyond ASCII are escaped. @param {object} meta @param {readonly object[]} vectors */
function print(meta, vectors) {
  const lines = vectors.map((vector) => JSON.stringify(vector)).join(',\n')
  const text = `{\n"meta": ${JSON.stringify(meta, null, 2)},\n"vectors": [\n${lines}\n]\n}\n`
  return text.replace(/[\x7f-\xff]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
}

/** @param {string} name of the file @param {object} meta @param {readonly object[]} vectors */
export async function writeRecording(name, meta, vectors) {
  await mkdir(LIVE, { recursive: true })
  await writeFile(new URL(`${name}.json`, LIVE), print(meta, vectors))
  console.log(`live/${name}.json: ${vectors.length} vectors`)
}

/** Today, for `meta`. */
export const today = () => new Date().toISOString().slice(0, 10)
