/** Webhooks over TLS: the connection goes to an address that was checked, and the certificate must be that of the name. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { addressPolicy } from '../../src/webhooks/address-policy.ts'
import { openSender } from '../../src/webhooks/send-message.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

test('webhook requests: TLS asks for the host name of the URL and checks the certificate against it', async () => {
  const { key, certificate } = selfSigned('receiver.example')
  trust(certificate)
  const { port, names } = await listen(key, certificate)
  expect(await send(`https://receiver.example:${port}/hook`)).toEqual({ status: 200, error: undefined })
  expect(names).toEqual(['receiver.example'])
})

test('webhook requests: a certificate of another name is refused before anything is sent', async () => {
  const { key, certificate } = selfSigned('other.example')
  trust(certificate)
  const { port, names } = await listen(key, certificate)
  const { status, error } = await send(`https://receiver.example:${port}/hook`)
  expect({ status, error }).toEqual({
    status: undefined,
    error: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  })
  expect(names).toEqual([])
})

test('webhook requests: a certificate that no authority has signed is refused', async () => {
  const { key, certificate } = selfSigned('receiver.example')
  const { port, names } = await listen(key, certificate)
  const { status, error } = await send(`https://receiver.example:${port}/hook`)
  expect({ status, error }).toEqual({ status: undefined, error: expect.stringContaining('SELF_SIGNED') })
  expect(names).toEqual([])
})

async function send(url: string) {
  const sender = openSender({
    policy: addressPolicy(['127.0.0.0/8']),
    resolve: async () => ['127.0.0.1'],
    timeoutMs: 5_000,
  })
  try {
    return await sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal)
  } finally {
    sender.close()
  }
}

/** `names`: the server names of the requests. */
async function listen(key: string, certificate: string) {
  const names: unknown[] = []
  const server = createServer({ key, cert: certificate }, (request, response) => {
    names.push((request.socket as TLSSocket & { servername?: unknown }).servername)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, names }
}

function trust(certificate: string): void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, certificate])
  opened.push(() => setDefaultCACertificates(before))
}

/** A certificate in the form of RFC 5280, for an hour. */
function selfSigned(name: string): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
  const subject = sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))))
  const time = (ms: number) =>
    der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
  const names = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(der(0x82, Buffer.from(name)))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    subject,
    sequence(time(Date.now() - 60_000), time(Date.now() + 3_600_000)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(names)),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
  }
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts)
}

function oid(...bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes))
}
