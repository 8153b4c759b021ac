/** As little of a client as will do: a socket, a request written as bytes, an answer whose length is known. */
import { connect, type Socket } from 'node:net'

export interface Connection {
  readonly socket: Socket
  /** Of one answer: status line, headers and body. */
  readonly length: number
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.on('error', reject)
  })
}

/** One whole answer. */
export function ask(socket: Socket, request: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const read = (bytes: Buffer) => {
      text += bytes.toString('latin1')
      const head = text.indexOf('\r\n\r\n') + 4
      const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1])
      if (head < 4 || text.length < head + length) return
      socket.off('data', read)
      resolve(text)
    }
    socket.on('data', read)
    socket.write(request)
  })
}

export async function open(port: number, count: number, request: Uint8Array): Promise<Connection[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await opened(port)
      return { socket, length: (await ask(socket, request)).length }
    }),
  )
}

/** Sends `count` requests, one at a time on each connection. `from`: the first of them. */
export function load(
  connections: readonly Connection[],
  requests: readonly Uint8Array[],
  count: number,
  from = 0,
): Promise<void> {
  let sent = 0
  let answered = 0
  const next = () => requests[(from + sent++) % requests.length] as Uint8Array
  return new Promise((resolve, reject) => {
    for (const { socket, length } of connections) {
      let missing = length
      socket.removeAllListeners('data')
      socket.on('data', (bytes: Buffer) => {
        if (missing === length && bytes.latin1Slice(9, 12) !== '200') reject(new Error('Not every answer is a 200'))
        missing -= bytes.length
        if (missing > 0) return
        if (missing < 0) reject(new Error('An answer is longer than the others'))
        missing = length
        if (++answered === count) resolve()
        else if (sent < count) socket.write(next())
      })
      if (sent < count) socket.write(next())
    }
  })
}
