/** Headers that decide how a request is answered. */
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './respond.ts'

/**
 * Of these Node takes the first or joins them, and a proxy in front may go by another one: what it checked would not be what is answered.
 * Content-Length and Transfer-Encoding are for Node's parser to refuse.
 */
const singleHeaders = ['authorization', 'host', 'content-type', 'content-encoding', 'as-of']

export function refusalOfHeaders({ rawHeaders }: IncomingMessage): Refusal | undefined {
  const seen = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (seen.has(name) && singleHeaders.includes(name)) {
      const message = `The header ${singleName(name)} is sent more than once; send it once.`
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
/** RFC 9110, 5.6.6: white space around the semicolon, none around the equals sign; a semicolon may stand alone. */
const parameter = new RegExp(`[\\t ]*;[\\t ]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?`, 'y')

/** Whether a Content-Type is JSON, and its charset UTF-8 where it names one. Other parameters mean nothing here. */
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
