import fc from 'fast-check'
import { GraphQLScalarType, parseValue } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from './harness/fixture.ts'

function scalar(name: string): GraphQLScalarType {
  const type = schema.getType(name)
  if (!(type instanceof GraphQLScalarType)) throw new Error(`${name} is no scalar`)
  return type
}

/** Parses a value as a variable and as a literal. Both must give the same result. */
function read(name: string, value: unknown): unknown {
  const type = scalar(name)
  const outcome = (parse: () => unknown) => {
    try {
      return parse()
    } catch (error) {
      return `refused: ${(error as Error).message}`
    }
  }
  const byVariable = outcome(() => type.parseValue(value))
  if (typeof value === 'string') {
    expect(outcome(() => type.parseLiteral(parseValue(JSON.stringify(value))))).toEqual(byVariable)
  }
  return byVariable
}

describe('DateTime', () => {
  test.each([
    ['2026-06-01 00:00:00+00', '2026-06-01T00:00:00.000000Z'],
    ['2026-06-01 00:00:00.1+00', '2026-06-01T00:00:00.100000Z'],
    ['2026-06-01 00:00:00.123456+00', '2026-06-01T00:00:00.123456Z'],
    ['2026-06-01T00:00:00.123456Z', '2026-06-01T00:00:00.123456Z'],
  ])('DateTime: %s is serialized as %s', (printed, written) => {
    expect(scalar('DateTime').serialize(printed)).toBe(written)
  })

  test('DateTime: serializing a value that RFC 3339 cannot represent throws', () => {
    expect(() => scalar('DateTime').serialize('-infinity')).toThrow('-infinity cannot be formatted as RFC 3339')
  })

  test.each([
    ['2026-06-01T12:00:00Z', '2026-06-01T12:00:00.000000Z'],
    ['2026-06-01t12:00:00z', '2026-06-01T12:00:00.000000Z'],
    ['2026-06-01T12:00:00.5+02:00', '2026-06-01T10:00:00.500000Z'],
    ['2026-01-01T00:00:00.123456789-00:30', '2026-01-01T00:30:00.123456Z'],
    ['2024-02-29T23:59:59.999999+00:00', '2024-02-29T23:59:59.999999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('DateTime: %s is parsed as %s', (text, moment) => {
    expect(read('DateTime', text)).toBe(moment)
  })

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00,5Z',
    '2026-01-01T00:00:00.Z',
    '20260101T000000Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '٢٠٢٦-01-01T00:00:00Z',
    'now',
    'infinity',
    '',
  ])('DateTime: the string %j is rejected', (text) => {
    expect(read('DateTime', text)).toMatch(/^refused: .*RFC 3339|^refused: .*years 1 to 9999/)
  })

  test.each([[0], [1.5], [true], [null], [{}], [[]]])('DateTime: the non-string %j is rejected', (value) => {
    expect(read('DateTime', value)).toMatch('refused: must be a string')
  })

  test('DateTime: every serialized time is parsed to the same time', () => {
    const times = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 999 }), (date, micros) => {
        const moment = date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)
        expect(read('DateTime', scalar('DateTime').serialize(moment))).toBe(moment)
      }),
    )
  })
})

describe('EmailAddress', () => {
  // An existing user can have any address that the vendor accepts. The writes validate the addresses of new users.
  test.each([
    'a@b',
    'Ann.Lee+x@Acme.example',
    'ünïcode@exämple.de',
    '"quoted"@x',
    "o'neil@x.example",
    'a@[127.0.0.1]',
    'a b@c',
    '"a@b"@c',
    ' a@b',
    'a@b\n',
  ])('EmailAddress: %j is accepted', (address) => {
    expect(read('EmailAddress', address)).toBe(address)
  })

  test.each(['', 'a', '@', 'a@', '@b', 'a\u0000@b'])('EmailAddress: the string %j is rejected', (address) => {
    expect(read('EmailAddress', address)).toBe(
      address.includes('\0')
        ? 'refused: must not contain the character NUL'
        : 'refused: must be an email address: an @ between two non-empty parts',
    )
  })

  test.each([[1], [null], [['a@b']]])('EmailAddress: the non-string %j is rejected', (value) => {
    expect(read('EmailAddress', value)).toMatch('refused: must be a string')
  })

  test('EmailAddress: any stored value is serialized unchanged', () => {
    expect(scalar('EmailAddress').serialize('no address')).toBe('no address')
  })
})

test('JSON: any value is accepted as a variable and as a literal that contains variables', () => {
  const json = scalar('JSON')
  const value = { a: [1, 2.5, 'x', null, true, { b: [] }], huge: 1e21 }
  expect(json.parseValue(value)).toBe(value)
  const literal = parseValue('{ a: [1, 2.5, "x", null, true, { b: [] }, $v, WORD] }')
  expect(JSON.parse(JSON.stringify(json.parseLiteral(literal, { v: { c: 1 } })))).toEqual({
    a: [1, 2.5, 'x', null, true, { b: [] }, { c: 1 }, 'WORD'],
  })
  expect(json.serialize(value)).toBe(value)
})
