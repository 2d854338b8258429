/**
 * Lines and columns of a document's nodes. graphql-js finds them anew for each error by reading the document from its start, which takes
 * milliseconds in a document of many lines, and an operation can fail at thousands of places. So each parsed node keeps its own place, and
 * loses `loc`, from which graphql-js would compute it.
 */
import { type ASTNode, type DocumentNode, type GraphQLError, type SourceLocation, visit } from 'graphql'

interface Placed {
  loc?: ASTNode['loc']
  place?: SourceLocation
}

/** An error in the merging of fields names every field concerned. */
const mostLocations = 10

/** Sets the place of each node, and drops its `loc`. */
export function keepPlaces(document: DocumentNode): DocumentNode {
  visit(document, {
    leave(node) {
      const placed = node as Placed
      const { loc } = placed
      if (!loc) return
      placed.place = { line: loc.startToken.line, column: loc.startToken.column }
      // Deleting it would make a slow object of every node.
      placed.loc = undefined
    },
  })
  return document
}

/** The places of the nodes at fault; undefined where the error has none. */
export function locationsOf({ nodes, locations }: GraphQLError): readonly SourceLocation[] | undefined {
  if (locations) return locations
  const places = nodes?.slice(0, mostLocations).flatMap((node) => (node as Placed).place ?? [])
  return places?.length ? places : undefined
}
