/** Parser errors in our own words: graphql-js quotes the token at which it stopped, which may be a password. */
import { GraphQLError } from 'graphql'

const token = '(?:"[!?$&(){}[\\]:=@|.]{1,3}"|<EOF>|Name|Int|Float|String|BlockString|Comment)'
/**
 * The expected text comes from the grammar. So do the kinds of tokens, and the plain words before a colon or a
 * quotation mark.
 */
const quotesNothing = new RegExp(
  `^Syntax Error: ((?:Expected (?:"[^"]{1,12}"|[A-Za-z]+), found |Unexpected )${token}|[A-Z][A-Za-z ,]*)`,
)

/** The error without the caller's text. */
export function syntaxError({ message, source, positions }: GraphQLError): GraphQLError {
  const [, reason = 'The document is not valid GraphQL'] = quotesNothing.exec(message) ?? []
  return new GraphQLError(`Syntax error: ${reason.trim()}`, {
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })
}
