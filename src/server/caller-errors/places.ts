import { type ASTNode, type DocumentNode, GraphQLError, type SourceLocation, visit } from 'graphql'

/**
 * Lines and columns of a document's nodes. For each error, graphql-js computes them again by reading the document from
 * its start. This takes milliseconds in a document of many lines, and an operation can fail at thousands of locations.
 * Each parsed node therefore stores its own location, and loses `loc`, from which graphql-js would compute it.
 */

interface Placed {
  loc?: ASTNode['loc']
  place?: SourceLocation
}

/** An error about merging fields names every field concerned. */
const mostLocations = 10

/** Sets the location of each node, and drops its `loc`. */
export function keepPlaces(document: DocumentNode): DocumentNode {
  visit(document, {
    leave(node) {
      const placed = node as Placed
      const { loc } = placed
      if (!loc) return
      placed.place = { line: loc.startToken.line, column: loc.startToken.column }
      // Deleting the property would turn every node into a slow object.
      placed.loc = undefined
    },
  })
  return document
}

/** The locations of the nodes at fault; undefined if the error has none. */
export function locationsOf({ nodes, locations }: GraphQLError): readonly SourceLocation[] | undefined {
  if (locations) return locations
  const places = nodes?.slice(0, mostLocations).flatMap((node) => (node as Placed).place ?? [])
  return places?.length ? places : undefined
}

/** Per response. */
export const mostErrors = 100

export const tooManyErrors = 'TOO_MANY_ERRORS'

/**
 * The error that follows the last one shown. `count`: how many are omitted; undefined if the check stopped before it
 * knew.
 */
export function unshown(count?: number): GraphQLError {
  const message =
    count === undefined
      ? `More than ${mostErrors} errors; the check stopped there`
      : `${count} more ${count === 1 ? 'error is' : 'errors are'} not shown; an answer holds at most ${mostErrors}`
  return new GraphQLError(message, {
    extensions: { code: tooManyErrors, ...(count === undefined ? {} : { notShown: count }) },
  })
}
