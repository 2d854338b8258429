import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { isoOf } from '../mirror/iso.ts'
import { badValue, checkedText } from './bad-input.ts'
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
  parseValue: (value) => parseMoment(textOf(value)),
  parseLiteral: (node) => parseMoment(textOfLiteral(node)),
})

builder.scalarType('EmailAddress', {
  description:
    'An address as the vendor spells it; compared without regard to case, to NFC and NFD, and to punycode in the domain. Input: an @ between two non-empty parts, as the vendor can have it; addresses of new users must be stricter. Output is never checked.',
  serialize: (address) => address,
  parseValue: (value) => parseAddress(textOf(value)),
  parseLiteral: (node) => parseAddress(textOfLiteral(node)),
})

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
})

/**
 * The address, once it is one that the mirror can hold: whatever the vendor has names an existing user. What a new address must be is for
 * the writes to say. `name`: of the input, where it is no argument. Throws bad input.
 */
export function parseAddress(text: string, name?: string): string {
  const address = checkedText(name, text)
  const at = address.indexOf('@', 1)
  if (at === -1 || at === address.length - 1 || !address.isWellFormed()) {
    throw badValue(name, 'must be an email address: an @ between two non-empty parts')
  }
  return address
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw badValue(undefined, 'must be a string')
  return value
}

function textOfLiteral(node: ValueNode): string {
  return textOf(node.kind === Kind.STRING ? node.value : undefined)
}
