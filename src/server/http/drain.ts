/**
 * The time between the decision to stop and the stop. The server is no longer ready, so load balancers send no more
 * connections, and every response closes its connection, so clients with open ones use other servers next. None of them
 * meets a closed connection.
 */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface Drain {
  readonly isUnderWay: boolean
  /** Called with each response before anything of it is sent. */
  onResponse(response: ServerResponse): void
  /** Called when readiness was asked for: someone chooses servers by it. */
  onProbe(): void
  /** Begins the drain. Resolves when it is over, or at once if no one would notice. A second call waits for the first. */
  run(drained: (() => Promise<unknown>) | undefined): Promise<unknown>
}

export function drainOf(server: Server): Drain {
  const sockets = new Set<Socket>()
  let isProbed = false
  let running: Promise<unknown> | undefined
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    get isUnderWay() {
      return running !== undefined
    },
    onResponse(response) {
      if (running) response.setHeader('connection', 'close')
    },
    onProbe() {
      isProbed = true
    },
    run(drained) {
      const isNoticed = isProbed || sockets.size > 0
      running ??= isNoticed && drained ? drained() : Promise.resolve()
      return running
    },
  }
}
