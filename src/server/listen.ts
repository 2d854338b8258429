import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Starts to listen, and tells on which port. Rejects with what is wrong and what to do about it. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new CannotListen(host, port, error))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** The address cannot be listened on. Not thrown for what happens after the start. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
  readonly host: string
  readonly port: number

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`Cannot listen on ${host}, port ${port}: ${reasons[cause.code ?? ''] ?? cause.message}`, { cause })
    this.host = host
    this.port = port
  }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'another program listens there. Stop it, or set PORT to another one (0: any that is free).',
  EACCES: 'this user may not use that port. Set PORT to one from 1024 up.',
  EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one that it has.',
  ENOTFOUND: 'no such host is known. Set HOST to an address of this machine.',
}
