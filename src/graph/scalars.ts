import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { isoOf } from '../mirror/iso.ts'
import { badInput, checkedText } from './bad-input.ts'
import { builder } from './builder.ts'
import { parseMoment } from './moment.ts'

builder.scalarType('DateTime', {
  description:
    'A time of RFC 3339. Answers are in UTC and to the microsecond; questions may carry any offset, and decimals beyond the sixth are cut off.',
  serialize: (moment) => {
    const iso = isoOf(moment)
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(iso))
      throw new GraphQLError(`${moment} cannot be told as RFC 3339`)
    return iso
  },
  parseValue: (value) => parseMoment(textOf('DateTime', value)),
  parseLiteral: (node) => parseMoment(textOfLiteral('DateTime', node)),
})

builder.scalarType('EmailAddress', {
  description:
    'An address as the vendor spells it; compared without regard to case. Input: one @ between two non-empty sides, no white space or control characters. Output is never checked.',
  serialize: (address) => address,
  parseValue: (value) => parseAddress(textOf('EmailAddress', value)),
  parseLiteral: (node) => parseAddress(textOfLiteral('EmailAddress', node)),
})

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
})

/** The address, once it is known to be one. Throws bad input. */
export function parseAddress(text: string): string {
  const address = checkedText('The address', text)
  if (!/^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(address)) {
    throw badInput(
      `${JSON.stringify(address)} is no address: it must have one @ between two sides that are not empty, and no white space or control characters`,
    )
  }
  return address
}

function textOf(scalar: string, value: unknown): string {
  if (typeof value !== 'string') throw badInput(`${scalar} is written as a string, not as ${JSON.stringify(value)}`)
  return value
}

function textOfLiteral(scalar: string, node: ValueNode): string {
  if (node.kind !== Kind.STRING) throw badInput(`${scalar} is written as a string, not as ${node.kind}`)
  return node.value
}
