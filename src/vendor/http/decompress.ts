/**
 * Decodes response bodies that are compressed although the request asked for `identity`. Some proxies and caches do
 * that.
 */
import { pipeline, Readable, type Transform } from 'node:stream'
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzip,
  inflate,
  inflateRaw,
  type ZlibOptions,
} from 'node:zlib'
import type { HeaderMap } from './rate-limit-headers.ts'

export type Decoded = { readonly bytes: Buffer } | { readonly problem: 'too large' | 'cut' | 'unknown' }

type Decode = (bytes: Buffer, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  deflate: (bytes, options, done) => (isZlib(bytes) ? inflate : inflateRaw)(bytes, options, done),
  br: brotliDecompress,
}
/** Alternative names of the supported encodings. */
const synonyms: Readonly<Record<string, string>> = { 'x-gzip': 'gzip', 'x-deflate': 'deflate', brotli: 'br' }
/** Header values that denote no encoding: identity and its synonyms, and names of character sets. */
const nothing = /^(identity|none|binary|utf-?8|us-ascii|ascii|iso-8859-\d+|windows-\d+)$/
/** A server may encode a body once, and a proxy a second time. */
const mostEncodings = 2

/** Returns the decoded body. The output of each decoding step is limited to `maxBytes`. */
export async function decompress(bytes: Buffer, headers: HeaderMap, maxBytes: number): Promise<Decoded> {
  const names = encodingsOf(headers['content-encoding'])
  if (names.length > mostEncodings) return { problem: 'unknown' }
  let decoded = bytes
  for (const name of names.toReversed()) {
    const decode = decoders[name]
    if (decoded.length === 0) break
    if (!decode) return { problem: 'unknown' }
    try {
      decoded = await run(decode, decoded, { maxOutputLength: maxBytes })
    } catch (error) {
      const problem = problemOf(error)
      // Some proxies decode the body and keep the header.
      if (problem === 'too large' || !isJson(decoded)) return { problem }
      break
    }
  }
  return { bytes: decoded }
}

/** The body has an encoding that cannot be decoded while it arrives. */
export class UnknownEncodingError extends Error {}

const streamDecoders: Readonly<Record<string, (body: Readable) => AsyncIterable<Uint8Array>>> = {
  gzip: (body) => through(body, createGunzip()),
  deflate: inflateStream,
  br: (body) => through(body, createBrotliDecompress()),
}

/** Decodes a body while it arrives. Throws if it has an unsupported encoding, or several. */
export function decompressStream(body: Readable, headers: HeaderMap): AsyncIterable<Uint8Array> {
  const names = encodingsOf(headers['content-encoding'])
  const [name] = names
  if (name === undefined) return body
  const decode = names.length === 1 ? streamDecoders[name] : undefined
  if (!decode) throw new UnknownEncodingError(name)
  return decode(body)
}

/** A failure reaches the reader of the decoded stream. */
function through(body: Readable, decoder: Transform): AsyncIterable<Uint8Array> {
  return pipeline(body, decoder, () => {})
}

/** The first two bytes tell whether there is a zlib header. */
async function* inflateStream(body: Readable): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head = Buffer.concat([head, next.value])
    if (head.length >= 2) break
  }
  const whole = async function* () {
    yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  yield* through(Readable.from(whole()), isZlib(head) ? createInflate() : createInflateRaw())
}

function encodingsOf(header: string | string[] | undefined): string[] {
  const names = [header ?? []].flat().join(',').toLowerCase().split(',')
  return names.map((name) => synonyms[name.trim()] ?? name.trim()).filter((name) => name !== '' && !nothing.test(name))
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))
    return true
  } catch {
    return false
  }
}

/** By the standard `deflate` means the zlib format. Many servers omit the zlib header. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
}

function run(decode: Decode, bytes: Buffer, options: ZlibOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decode(bytes, options, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

function problemOf(error: unknown): 'too large' | 'cut' | 'unknown' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too large'
  return code === 'Z_BUF_ERROR' ? 'cut' : 'unknown'
}
