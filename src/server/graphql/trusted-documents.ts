/**
 * Documents that are known when a client is built, identified by their SHA-256. The client sends only the hash. If no
 * other documents are accepted, no caller can send a query that is not in one of our clients.
 *
 * docs/decisions/0031-no-persisted-operations-plugin.md: why this is not Yoga's plugin.
 */
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'

export interface TrustedDocuments {
  /** The text of each document by `sha256:` and the digest in hexadecimal. */
  readonly manifest: ReadonlyMap<string, string>
  /** Whether all other documents are rejected. */
  readonly only: boolean
}

interface Params {
  readonly query?: string | undefined
  readonly extensions?: Record<string, unknown> | undefined
}

/** `documents`: undefined if there is no manifest. */
export function trustDocuments(documents: TrustedDocuments | undefined): Plugin {
  return {
    onParams({ params, setParams }) {
      const id = documentIdOf(params)
      const isAskedByIdAlone = id !== undefined && params.query == null
      if (documents === undefined) {
        // The exact text that Apollo's clients expect. They then send the document's text, and no hash any more.
        if (isAskedByIdAlone) throw refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
        return
      }
      const { manifest, only } = documents
      if (isAskedByIdAlone) {
        const query = manifest.get(id)
        if (query === undefined) {
          throw refusal(
            'PERSISTED_QUERY_NOT_FOUND',
            'Unknown document id: the document must be in the manifest that the server was started with',
          )
        }
        setParams({ ...params, query })
        return
      }
      if (only && !(typeof params.query === 'string' && manifest.has(idOf(params.query)))) {
        throw refusal('DOCUMENT_NOT_TRUSTED', 'Only documents of the manifest are accepted')
      }
    },
  }
}

export function idOf(document: string): string {
  return `sha256:${createHash('sha256').update(document).digest('hex')}`
}

/** From `documentId` (the draft of GraphQL over HTTP), or from Apollo's persisted queries. */
function documentIdOf(params: Params): string | undefined {
  const id = 'documentId' in params ? params.documentId : undefined
  if (typeof id === 'string') return id
  const persisted = params.extensions?.persistedQuery
  const hash =
    typeof persisted === 'object' && persisted !== null && 'sha256Hash' in persisted ? persisted.sha256Hash : undefined
  return typeof hash === 'string' ? `sha256:${hash}` : undefined
}

/**
 * `spec`: 200 for clients that accept only `application/json`, as GraphQL over HTTP requires. Some of these clients do
 * not read other responses.
 */
function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } })
}
