/**
 * Parses filters (RFC 7644, 3.4.2.2), and the paths of PATCH, which contain filters. Reads the text once, without
 * regular expressions. Attribute names and operators may have any letter case, and a value may lack its quotes.
 */
import { shown } from './attributes.ts'
import { attributeName, isAttributeName } from './schemas.ts'
import { ScimError, type ScimErrorType } from './scim-error.ts'

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Operator = (typeof operators)[number]

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly all: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** `attribute` is in lower case, without the URN of the core schema. */
  | { readonly kind: 'present'; readonly attribute: string }
  | { readonly kind: 'compare'; readonly attribute: string; readonly operator: Operator; readonly value: FilterValue }
  /** A filter on the entries of a list: `emails[type eq "work"]`. Its attributes are those of an entry. */
  | { readonly kind: 'entry'; readonly attribute: string; readonly filter: Filter }

/** Without quotes, it may be a literal (`true`, `null`), or a text that lacks its quotes. */
export interface FilterValue {
  readonly text: string
  readonly isQuoted: boolean
}

export interface Path {
  /** In lower case: `active`, `name.givenname`, `emails`. */
  readonly attribute: string
  /** Which entries of a list. */
  readonly filter?: Filter
  /** The attribute of an entry, after a filter. */
  readonly sub?: string
}

const longest = 2_000
const deepest = 10

export function parseFilter(text: string): Filter {
  const parser = new Parser(text, 'invalidFilter')
  const filter = parser.filter()
  parser.expectEnd()
  return filter
}

export function parsePath(text: string): Path {
  const parser = new Parser(text, 'invalidPath')
  const path = parser.path()
  parser.expectEnd()
  return path
}

type Token =
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }

class Parser {
  readonly #tokens: readonly Token[]
  readonly #type: ScimErrorType
  #at = 0
  #depth = 0

  constructor(text: string, type: ScimErrorType) {
    this.#type = type
    if (text.length > longest) throw this.#error(`it exceeds the limit of ${longest} characters`)
    this.#tokens = this.#tokensOf(text)
  }

  filter(): Filter {
    return this.#listOf('or', () => this.#listOf('and', () => this.#term()))
  }

  path(): Path {
    const attribute = this.#attribute()
    if (!this.#take('[')) return { attribute }
    const filter = this.#nested(']')
    return this.#peek()?.kind === 'word' ? { attribute, filter, sub: this.#subAttribute() } : { attribute, filter }
  }

  expectEnd(): void {
    const next = this.#peek()
    if (next) throw this.#error(`${shown(next.text)} is unexpected`)
  }

  #listOf(kind: 'and' | 'or', part: () => Filter): Filter {
    const all = [part()]
    while (this.#takeWord(kind)) all.push(part())
    return all.length === 1 ? (all[0] as Filter) : { kind, all }
  }

  #term(): Filter {
    if (this.#take('(')) return this.#nested(')')
    const [first, second] = [this.#peek(), this.#peek(1)]
    if (first?.kind === 'word' && first.text.toLowerCase() === 'not' && isSign(second, '(')) {
      this.#at += 2
      return { kind: 'not', filter: this.#nested(')') }
    }
    const attribute = this.#attribute()
    if (!this.#take('[')) return this.#comparison(attribute)
    const filter = this.#nested(']')
    if (!this.#peek()?.text.startsWith('.')) return { kind: 'entry', attribute, filter }
    return { kind: 'entry', attribute, filter: { kind: 'and', all: [filter, this.#comparison(this.#subAttribute())] } }
  }

  #comparison(attribute: string): Filter {
    const next = this.#next('an operator')
    const word = next.kind === 'word' ? next.text.toLowerCase() : ''
    if (word === 'pr') return { kind: 'present', attribute }
    const operator = operators.find((one) => one === word)
    if (!operator) throw this.#error(`${shown(next.text)} is not an operator; use one of ${operators.join(', ')}, pr`)
    const value = this.#next('a value')
    if (value.kind === 'sign') throw this.#error(`${shown(value.text)} is not a value`)
    return { kind: 'compare', attribute, operator, value: { text: value.text, isQuoted: value.kind === 'text' } }
  }

  #attribute(): string {
    const { kind, text } = this.#next('an attribute')
    if (kind !== 'word' || !isAttributeName(text)) throw this.#error(`${shown(text)} is not the name of an attribute`)
    return attributeName(text)
  }

  /** A word that begins with a period, after a filter in brackets. */
  #subAttribute(): string {
    const { text } = this.#next('an attribute')
    const name = text.slice(1)
    if (!text.startsWith('.') || name.includes('.') || !isAttributeName(name))
      throw this.#error(`${shown(text)} is not the name of a sub-attribute`)
    return name.toLowerCase()
  }

  /** A filter up to the closing sign. */
  #nested(closing: string): Filter {
    this.#depth += 1
    if (this.#depth > deepest) throw this.#error(`it is nested more than ${deepest} levels deep`)
    const filter = this.filter()
    if (!this.#take(closing)) throw this.#error(`"${closing}" is missing`)
    this.#depth -= 1
    return filter
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #next(expected: string): Token {
    const token = this.#peek()
    if (!token) throw this.#error(`${expected} is missing at the end`)
    this.#at += 1
    return token
  }

  #take(sign: string): boolean {
    if (!isSign(this.#peek(), sign)) return false
    this.#at += 1
    return true
  }

  #takeWord(word: string): boolean {
    const token = this.#peek()
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.#at += 1
    return true
  }

  #error(problem: string): ScimError {
    const what = this.#type === 'invalidPath' ? 'path' : 'filter'
    return new ScimError(400, `The ${what} is invalid: ${problem}`, { type: this.#type })
  }

  #tokensOf(text: string): Token[] {
    const tokens: Token[] = []
    let at = 0
    while (at < text.length) {
      const sign = text[at] as string
      if (isSpace(sign)) at += 1
      else if ('()[]'.includes(sign)) {
        tokens.push({ kind: 'sign', text: sign })
        at += 1
      } else if (sign === '"') {
        const end = endOfText(text, at)
        tokens.push({ kind: 'text', text: this.#unquoted(text.slice(at, end)) })
        at = end
      } else {
        const end = endOfWord(text, at)
        tokens.push({ kind: 'word', text: text.slice(at, end) })
        at = end
      }
    }
    return tokens
  }

  #unquoted(quoted: string): string {
    try {
      return String(JSON.parse(quoted))
    } catch {
      throw this.#error(`${shown(quoted)} is not a complete string`)
    }
  }
}

/** The position after the closing quote, or the end. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !isSpace(text[at] as string) && !'()[]"'.includes(text[at] as string)) at += 1
  return at
}

function isSpace(sign: string): boolean {
  return sign === ' ' || sign === '\t'
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign
}
