/** Errors of the parser in words of our own: graphql-js quotes the token at which it stopped, which may be a password. */
import { GraphQLError } from 'graphql'

const token = '(?:"[!?$&(){}[\\]:=@|.]{1,3}"|<EOF>|Name|Int|Float|String|BlockString|Comment)'
/** What was expected comes from the grammar, kinds of tokens do, and so do the plain words before a colon or a quotation mark. */
const quotesNothing = new RegExp(
  `^Syntax Error: ((?:Expected (?:"[^"]{1,12}"|[A-Za-z]+), found |Unexpected )${token}|[A-Z][A-Za-z ,]*)`,
)

/** The error, without what the caller wrote. */
export function syntaxError({ message, source, positions }: GraphQLError): GraphQLError {
  const [, reason = 'The document is not valid GraphQL'] = quotesNothing.exec(message) ?? []
  return new GraphQLError(`Syntax error: ${reason.trim()}`, {
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })
}
