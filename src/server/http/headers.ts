/** Headers that determine how a request is answered. */
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './respond.ts'

/**
 * If one of these headers is repeated, Node takes the first one or joins them. A proxy in front may use a different
 * one, so the header that it checked would not be the one that is used here. Node's parser rejects repeated
 * Content-Length and Transfer-Encoding.
 */
const singleHeaders = ['authorization', 'host', 'content-type', 'content-encoding', 'as-of']

export function refusalOfHeaders({ rawHeaders }: IncomingMessage): Refusal | undefined {
  const seen = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (seen.has(name) && singleHeaders.includes(name)) {
      const message = `The header ${singleName(name)} was sent more than once; send it once.`
      return { status: 400, code: 'BAD_REQUEST', message, headers: { connection: 'close' } }
    }
    seen.add(name)
  }
  return undefined
}

function singleName(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

const json = /^application\/json(?=[\t ]*(?:;|$))/i
const token = "[!#$%&'*+.^_`|~\\w-]+"
/**
 * RFC 9110, 5.6.6: white space is allowed around the semicolon, but not around the equals sign. A semicolon may have no
 * parameter.
 */
const parameter = new RegExp(`[\\t ]*;[\\t ]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?`, 'y')

/** Whether a Content-Type is JSON, with the charset UTF-8 if it names one. Other parameters are ignored. */
export function isJsonInUtf8(contentType: string): boolean {
  const type = json.exec(contentType)?.[0]
  if (type === undefined) return false
  let end = type.length
  for (;;) {
    parameter.lastIndex = end
    const found = parameter.exec(contentType)
    if (!found) return contentType.slice(end).trim() === ''
    const [, name = '', value, quoted] = found
    const text = value ?? quoted?.replace(/\\(.)/g, '$1') ?? ''
    if (name.toLowerCase() === 'charset' && text.toLowerCase() !== 'utf-8') return false
    end = parameter.lastIndex
  }
}
