import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Starts to listen and returns the port. Rejects with the problem and its solution. */
export function listen(server: Server, host: string, port: number, variable = 'PORT'): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new CannotListen(host, port, error, variable))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** The server cannot listen on the address. Not thrown for failures after the start. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
  readonly host: string
  readonly port: number

  constructor(host: string, port: number, cause: NodeJS.ErrnoException, variable: string) {
    const reason = reasons[cause.code ?? '']?.replace(/\bPORT\b/, variable) ?? cause.message
    super(`Cannot listen on ${host}, port ${port}: ${reason}`, { cause })
    this.host = host
    this.port = port
  }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'the port is already in use. Stop the other program, or set PORT to another port (0: any free one).',
  EACCES: 'this user may not use that port. Set PORT to 1024 or higher.',
  EADDRNOTAVAIL: 'this machine does not have that address. Set HOST to one of its addresses.',
  ENOTFOUND: 'the host name is unknown. Set HOST to an address of this machine.',
}
