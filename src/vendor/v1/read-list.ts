/**
 * Reads the list of all users while it arrives. The vendor does not page: tens of thousands of rows come in one
 * response, of which never more than one page is held.
 */
import { JSONParser, TokenType } from '@streamparser/json'
import type { ListSink } from '../adapter.ts'
import type { BodyReader } from '../http/http-exchange.ts'
import type { Warning } from '../wire/fields.ts'
import type { Parsed, Unreadable } from '../wire/rows.ts'
import { readUsers } from './wire.ts'

/** Number of rows that are passed on together. */
const pageRows = 1_000
const mostWarnings = 100

export type ListRead = Parsed<{ readonly rows: number }>

/** Stops the reading: the list as a whole cannot be used. */
class UnreadableList extends Error {
  readonly why: Unreadable

  constructor(reason: Unreadable['reason'], found: string) {
    super(found)
    this.why = { reason, found }
  }
}

export function listReader(sink: ListSink, sentAt: string): BodyReader<ListRead> {
  return async (chunks) => {
    const warnings: Warning[] = []
    let total = 0
    let rows: unknown[] = []
    const flush = async () => {
      const page = readUsers(rows)
      if ('unreadable' in page) throw new UnreadableList(page.unreadable.reason, page.unreadable.found)
      warnings.push(...page.warnings.slice(0, mostWarnings - warnings.length))
      total += rows.length
      await sink.add(page.value, JSON.stringify({ users: rows }))
      rows = []
    }
    await sink.begin(sentAt)
    try {
      const document = new ListDocument((row) => rows.push(row))
      for await (const chunk of chunks) {
        document.write(chunk)
        while (rows.length >= pageRows) {
          const later = rows.splice(pageRows)
          await flush()
          rows = later
        }
      }
      document.end()
      if (rows.length > 0) await flush()
    } catch (error) {
      if (error instanceof UnreadableList) return { unreadable: error.why }
      throw error
    }
    return { value: { rows: total }, warnings }
  }
}

/** The document of a list: an object with the array `users`, or the array alone. */
class ListDocument {
  readonly #onRow: (row: unknown) => void
  #parser: JSONParser | undefined
  #depth = 0
  #text: unknown
  #key: unknown
  #lists = 0

  constructor(onRow: (row: unknown) => void) {
    this.#onRow = onRow
  }

  write(chunk: Uint8Array): void {
    const start = this.#parser ? 0 : firstSign(chunk)
    if (start === -1) return
    this.#parser ??= this.#open(chunk[start])
    this.#guarded((parser) => parser.write(start === 0 ? chunk : chunk.subarray(start)))
  }

  end(): void {
    const parser = this.#parser
    if (!parser) throw new UnreadableList('not JSON', 'empty')
    if (!parser.isEnded) throw new UnreadableList('cut', 'truncated JSON')
    if (this.#lists !== 1) throw new UnreadableList('wrong shape', 'an object without a list "users"')
  }

  #open(sign: number | undefined): JSONParser {
    const isArray = sign === bracket
    if (!isArray && sign !== brace) {
      throw new UnreadableList(
        'not JSON',
        sign === lessThan ? 'HTML or XML' : 'text that is neither an object nor a list',
      )
    }
    const parser = new JSONParser({ paths: [isArray ? '$.*' : '$.users.*'], keepStack: false })
    parser.onValue = ({ value }) => this.#onRow(value)
    parser.onToken = ({ token, value }) => this.#note(token, value)
    if (isArray) this.#lists = 1
    return parser
  }

  /** Counts the arrays under the key `users`: an empty one has no rows that would tell. */
  #note(token: TokenType, value: unknown): void {
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.#depth -= 1
    if (this.#depth === 1 && token === TokenType.STRING) this.#text = value
    if (this.#depth === 1 && token === TokenType.COLON) this.#key = this.#text
    if (token !== TokenType.LEFT_BRACE && token !== TokenType.LEFT_BRACKET) return
    if (this.#depth === 1 && this.#key === 'users') {
      if (token === TokenType.LEFT_BRACE) throw new UnreadableList('wrong shape', 'an object whose "users" is no list')
      this.#lists += 1
      if (this.#lists > 1) throw new UnreadableList('wrong shape', 'an object with several lists "users"')
    }
    this.#depth += 1
  }

  /** Drops the parser's own message, which quotes the text. */
  #guarded(parse: (parser: JSONParser) => void): void {
    try {
      parse(this.#parser as JSONParser)
    } catch (error) {
      throw error instanceof UnreadableList ? error : new UnreadableList('not JSON', 'text that is not JSON')
    }
  }
}

const bracket = '['.charCodeAt(0)
const brace = '{'.charCodeAt(0)
const lessThan = '<'.charCodeAt(0)
const byteOrderMark = [0xef, 0xbb, 0xbf]
const space = 0x20

/** The position of the first byte that is neither white space nor a byte order mark; -1 if there is none. */
function firstSign(chunk: Uint8Array): number {
  return chunk.findIndex((byte) => byte > space && !byteOrderMark.includes(byte))
}
