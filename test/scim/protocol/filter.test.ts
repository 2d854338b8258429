import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Filter, parseFilter, parsePath } from '../../../src/scim/protocol/filter-parser.ts'
import { ScimError } from '../../../src/scim/protocol/scim-error.ts'

const names = ['userName', 'externalId', 'name.givenName', 'emails.value', 'active', 'meta.lastModified', 'id']
const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const

/** A random filter, and one of its many spellings. */
interface Spelled {
  readonly filter: Filter
  readonly text: string
}

const someCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter.toLowerCase())).join(''))
const space = fc.constantFrom(' ', '  ', ' \t ')
const prefixed = (name: string) =>
  fc.constantFrom('', 'urn:ietf:params:scim:schemas:core:2.0:User:').chain((prefix) => someCase(`${prefix}${name}`))

const term: fc.Arbitrary<Spelled> = fc
  .record({
    name: fc.constantFrom(...names),
    operator: fc.constantFrom(...operators, 'pr' as const),
    value: fc.string(),
  })
  .chain(({ name, operator, value }) =>
    fc.tuple(prefixed(name), someCase(operator), space, space).map(([spelled, word, before, after]): Spelled => {
      const attribute = name.toLowerCase()
      if (operator === 'pr') return { filter: { kind: 'present', attribute }, text: `${spelled}${before}${word}` }
      return {
        filter: { kind: 'compare', attribute, operator, value: { text: value, isQuoted: true } },
        text: `${spelled}${before}${word}${after}${JSON.stringify(value)}`,
      }
    }),
  )

/** The naive reference: it prints a tree with all parentheses that it needs, so the parser must find the same tree. */
const { tree } = fc.letrec<{ tree: Spelled }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    term,
    fc
      .record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
        space,
      })
      .chain(({ kind, parts, space: gap }) =>
        someCase(kind).map(
          (word): Spelled => ({
            filter: { kind, all: parts.map(({ filter }) => filter) },
            text: parts.map((part) => (isList(part.filter) ? `(${part.text})` : part.text)).join(`${gap}${word}${gap}`),
          }),
        ),
      ),
    fc
      .tuple(tie('tree'), someCase('not'))
      .map(([{ filter, text }, not]): Spelled => ({ filter: { kind: 'not', filter }, text: `${not} (${text})` })),
    tie('tree').map(
      ({ filter, text }): Spelled => ({
        filter: { kind: 'entry', attribute: 'emails', filter },
        text: `emails[${text}]`,
      }),
    ),
  ),
}))

function isList({ kind }: Filter): boolean {
  return kind === 'and' || kind === 'or'
}

test('filter: every spelling of a random filter is parsed to the same tree', () => {
  fc.assert(
    fc.property(tree, ({ filter, text }) => {
      fc.pre(text.length <= 2_000)
      expect(parseFilter(text)).toEqual(filter)
    }),
    { numRuns: 2_000 },
  )
})

test('filter: any text is parsed or refused with a SCIM error', () => {
  const words = fc.constantFrom(
    'userName',
    'eq',
    'pr',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    '"',
    '"a"',
    '.value',
    'x',
    '\\',
  )
  const texts = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(words, { maxLength: 40 }).map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      for (const parse of [parseFilter, parsePath]) {
        try {
          parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
        }
      }
    }),
    { numRuns: 3_000 },
  )
})

test('filter: "and" binds more tightly than "or", and a value may lack its quotes (K7)', () => {
  expect(parseFilter('userName eq bob@example.com or active eq true and id pr')).toEqual({
    kind: 'or',
    all: [
      { kind: 'compare', attribute: 'username', operator: 'eq', value: { text: 'bob@example.com', isQuoted: false } },
      {
        kind: 'and',
        all: [
          { kind: 'compare', attribute: 'active', operator: 'eq', value: { text: 'true', isQuoted: false } },
          { kind: 'present', attribute: 'id' },
        ],
      },
    ],
  })
})

test.each([
  ['', /missing/],
  ['userName', /operator is missing/],
  ['userName eq', /value is missing/],
  ['userName is "x"', /"is" is not an operator/],
  ['userName eq "x', /not a complete string/],
  ['(userName pr', /"\)" is missing/],
  ['userName pr)', /unexpected/],
  ['__proto__ pr', /not the name of an attribute/],
  ['name.constructor pr', /not the name of an attribute/],
  [`${'('.repeat(11)}id pr${')'.repeat(11)}`, /more than 10 levels/],
  [`userName eq "${'x'.repeat(2_000)}"`, /limit of 2000 characters/],
])('filter: %s is refused', (text, problem) => {
  expect(() => parseFilter(text)).toThrow(problem)
})

test('filter: ten levels are accepted', () => {
  expect(parseFilter(`${'('.repeat(10)}id pr${')'.repeat(10)}`)).toEqual({ kind: 'present', attribute: 'id' })
})

test.each([
  ['active', { attribute: 'active' }],
  ['Name.GivenName', { attribute: 'name.givenname' }],
  ['urn:ietf:params:scim:schemas:core:2.0:User:active', { attribute: 'active' }],
  [
    'emails[type eq "work"].value',
    {
      attribute: 'emails',
      filter: { kind: 'compare', attribute: 'type', operator: 'eq', value: { text: 'work', isQuoted: true } },
      sub: 'value',
    },
  ],
])('path: %s is parsed', (text, path) => {
  expect(parsePath(text)).toEqual(path)
})

test.each(['', 'a.b.c', '.value', 'emails[', 'emails[type eq "work"]value', '__proto__.x', 'active active'])(
  'path: %j is refused',
  (text) => {
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ type: 'invalidPath' }))
  },
)
