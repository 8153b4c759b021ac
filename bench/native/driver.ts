/**
 * AssemblyScript, a module of its own: puts one cookie value after the other in its place and calls the engine, so that
 * neither JavaScript nor its copy into WebAssembly's memory is in the figure. It shares the engine's memory.
 */

@external("engine", "verify")
declare function verify(length: i32, addressLength: i32, addressTextLength: i32): i32
@external("engine", "wipe")
declare function wipe(): void
@external("engine", "digest")
declare function digest(digest: i32, length: i32): i32

/** Verifies the `count` tickets at `table` `passes` times; a ticket is its length, its address, its bytes in steps of 16. */
export function verifyAll(table: usize, count: i32, passes: i32, cookie: usize, address: usize): i32 {
  let wrong = 0
  for (let pass = 0; pass < passes; pass++) {
    let at = table
    for (let i = 0; i < count; i++) {
      const length = load<i32>(at)
      store<u32>(address, load<u32>(at, 4))
      const end = at + 16 + ((length + 15) & ~15)
      let to = cookie
      for (at += 16; at < end; at += 16) {
        v128.store(to, v128.load(at))
        to += 16
      }
      wrong += i32(verify(length, 4, 0) != 1)
      wipe()
    }
  }
  return wrong
}

/** Digests a message of `length` bytes `passes` times. */
export function digestAll(algorithm: i32, length: i32, passes: i32): i32 {
  let last = 0
  for (let pass = 0; pass < passes; pass++) last = digest(algorithm, length)
  return last
}
