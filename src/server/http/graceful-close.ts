import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from './exchange.ts'

/**
 * Watches the server's connections from before it listens, and returns a function that closes the server. Idle
 * connections are closed immediately, others after their response. Connections that remain after `limitMs` are
 * destroyed. A second call waits for the first one. Node's own `close` leaves connections open that never carried a
 * request.
 */
export function closeGently(server: Server): (underWay: ReadonlySet<Exchange>, limitMs: number) => Promise<void> {
  const sockets = new Set<Socket>()
  let closing: Promise<void> | undefined
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  return (underWay, limitMs) => {
    closing ??= new Promise<void>((resolve) => {
      const limit = setTimeout(() => {
        for (const exchange of underWay)
          exchange.controller.abort(new DOMException('The server is stopping', 'AbortError'))
        for (const socket of sockets) socket.destroy()
      }, limitMs)
      server.close(() => {
        clearTimeout(limit)
        resolve()
      })
      const busy = new Set<Socket>()
      for (const { request, response } of underWay) {
        busy.add(request.socket)
        if (response.headersSent) response.once('close', () => request.socket.destroySoon())
        else response.setHeader('connection', 'close')
      }
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy()
    })
    return closing
  }
}
