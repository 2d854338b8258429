/**
 * Documents that were known when their client was built, by their SHA-256. A client sends the hash alone; where nothing else is taken,
 * nobody can ask what no client of ours does.
 */
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'

export interface TrustedDocuments {
  /** The documents' texts by `sha256:` and the digest in hexadecimal digits. */
  readonly manifest: ReadonlyMap<string, string>
  /** Whether all others are refused. */
  readonly only: boolean
}

interface Params {
  readonly query?: string | undefined
  readonly extensions?: Record<string, unknown> | undefined
}

/** `documents`: undefined where there are none. */
export function trustDocuments(documents: TrustedDocuments | undefined): Plugin {
  return {
    onParams({ params, setParams }) {
      const id = documentIdOf(params)
      const isAskedByIdAlone = id !== undefined && params.query == null
      if (documents === undefined) {
        // Word for word what Apollo's clients wait for: they then send the text, and no hash any more.
        if (isAskedByIdAlone) throw refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
        return
      }
      const { manifest, only } = documents
      if (isAskedByIdAlone) {
        const query = manifest.get(id)
        if (query === undefined) {
          throw refusal(
            'PERSISTED_QUERY_NOT_FOUND',
            'No document of this id is known here: it must be in the manifest that the server was started with',
          )
        }
        setParams({ ...params, query })
        return
      }
      if (only && !(typeof params.query === 'string' && manifest.has(idOf(params.query)))) {
        throw refusal('DOCUMENT_NOT_TRUSTED', 'Only documents of the manifest are taken here')
      }
    },
  }
}

export function idOf(document: string): string {
  return `sha256:${createHash('sha256').update(document).digest('hex')}`
}

/** As `documentId` (GraphQL over HTTP's draft), or in the way of Apollo's persisted queries. */
function documentIdOf(params: Params): string | undefined {
  const id = 'documentId' in params ? params.documentId : undefined
  if (typeof id === 'string') return id
  const persisted = params.extensions?.persistedQuery
  const hash =
    typeof persisted === 'object' && persisted !== null && 'sha256Hash' in persisted ? persisted.sha256Hash : undefined
  return typeof hash === 'string' ? `sha256:${hash}` : undefined
}

/** `spec`: 200 to who takes `application/json` alone, as GraphQL over HTTP has it for those clients: some read nothing of another answer. */
function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } })
}
