/** Hooks that read from the API with the token, the organization and the moment of the session. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createClient } from 'graphql-sse'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../session/session.tsx'
import { type Document, headersOf, type RequestError, send, takesOrganization } from './request.ts'

type Given<Variables> = Omit<Variables, 'organization'>

export interface ReadOptions {
  enabled?: boolean
  /** The document does not support a past moment: it is always executed now. */
  now?: boolean
  /** The moment at which it is executed, instead of the session's. */
  at?: string | undefined
  refetchMs?: number | false
}

/** What a panel needs to show its state and its query. */
export interface Read<Result> {
  readonly data: Result | undefined
  readonly error: RequestError | null
  readonly loading: boolean
  /** Data of other variables is shown until that of the current ones arrives. */
  readonly stale: boolean
  readonly retry: () => void
  readonly query: ShownQuery
}

export interface ShownQuery {
  readonly text: string
  readonly variables: object
  /** Executed now, also while the session looks at the past. */
  readonly now?: boolean
}

export function useRead<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Given<Variables>,
  { enabled = true, now = false, at, refetchMs = false }: ReadOptions = {},
): Read<Result> {
  const { token, organization, asOf } = useSession()
  const moment = now ? undefined : (at ?? asOf)
  const all = withOrganization(document, variables, organization)
  const { data, error, isPending, isPlaceholderData, refetch, fetchStatus } = useQuery<Result, RequestError>({
    queryKey: [String(document), all, moment, token],
    queryFn: ({ signal }) => send(document, all, { token, asOf: moment, signal }),
    enabled,
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })
  return {
    data,
    error,
    loading: isPending && fetchStatus !== 'idle',
    stale: isPlaceholderData,
    retry: () => void refetch(),
    query: { text: shownText(String(document), moment), variables: all, now },
  }
}

/** A mutation. After it, everything on the page is read again. */
export function useWrite<Result, Variables>(document: Document<Result, Variables>, { reread = true } = {}) {
  const { token, organization } = useSession()
  const cache = useQueryClient()
  return useMutation<Result, RequestError, Given<Variables>>({
    mutationFn: (variables) => send(document, withOrganization(document, variables, organization), { token }),
    onSuccess: async () => {
      if (reread) await cache.invalidateQueries()
    },
  })
}

export type StreamState = 'connecting' | 'live' | 'lost'

/** Receives the events of a subscription while `enabled`. Reconnects after a lost connection. */
export function useStream<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Given<Variables>,
  onEvent: (event: Result) => void,
  enabled = true,
): StreamState {
  const { token, organization } = useSession()
  const [state, setState] = useState<StreamState>('connecting')
  const handler = useRef(onEvent)
  handler.current = onEvent
  const all = JSON.stringify(withOrganization(document, variables, organization))
  useEffect(() => {
    if (!enabled) return
    setState('connecting')
    const client = createClient({
      url: '/graphql',
      headers: () => headersOf(token),
      credentials: 'omit',
      retryAttempts: 1_000,
      on: { connected: () => setState('live'), connecting: () => setState('connecting') },
    })
    const stop = client.subscribe<Result & Record<string, unknown>>(
      { query: String(document), variables: JSON.parse(all) },
      {
        next: ({ data }) => data && handler.current(data),
        error: () => setState('lost'),
        complete: () => setState('lost'),
      },
    )
    return () => {
      stop()
      client.dispose()
    }
  }, [document, all, token, enabled])
  return state
}

function withOrganization<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Given<Variables>,
  organization: string | undefined,
): object {
  return takesOrganization(document as Document<unknown, unknown>) ? { ...variables, organization } : variables
}

/** The text as the query editor shows it: with the moment as a directive. */
function shownText(text: string, moment: string | undefined): string {
  const trimmed = text.trim()
  if (!moment) return trimmed
  return trimmed.replace(/^(query \w+(?:\((?:[^()]|\([^()]*\))*\))?)/, `$1 @asOf(time: "${moment}")`)
}
