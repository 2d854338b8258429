import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { isoOf } from '../../db/timestamps.ts'
import { parseMoment } from '../as-of/moment.ts'
import { builder } from '../builder.ts'
import { badValue, checkedText } from './user-input-error.ts'

builder.scalarType('DateTime', {
  description:
    'An RFC 3339 time. Output is in UTC with microsecond precision. Input may have any offset; decimals ' +
    'beyond the sixth are truncated.',
  serialize: (moment) => {
    const iso = isoOf(moment)
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(iso))
      throw new GraphQLError(`${moment} cannot be formatted as RFC 3339`)
    return iso
  },
  parseValue: (value) => parseMoment(textOf(value)),
  parseLiteral: (node) => parseMoment(textOfLiteral(node)),
})

builder.scalarType('EmailAddress', {
  description:
    'An email address, as the vendor spells it. Comparison ignores case, Unicode normalization (NFC or NFD) ' +
    'and punycode in the domain. Input must contain an @ between two non-empty parts; addresses of new users ' +
    'must meet stricter rules. Output is not validated.',
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
 * Returns the address if the mirror can store it: an existing user can have any address that the vendor accepts. The
 * writes validate new addresses. `name`: the name of the input, if it is not an argument. Throws bad input.
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
