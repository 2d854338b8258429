/** The session: the token, the organization, the moment at which everything is read, and the caller's rights. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { AdministratorDocument, OperationsDocument, OrganizationsDocument } from '../data/generated/graphql.ts'
import { RequestError, send } from '../data/request.ts'
import { momentOf, timeFormats } from './relative-time.ts'
import { readRight } from './rights.ts'
import { forgetToken, storedToken, storeToken } from './token.ts'

export interface Session {
  readonly token: string
  /** The organizations that the token can see; undefined while they are being read. */
  readonly organizations:
    | readonly { slug: string; name: string; capabilities: { accountKinds: boolean; groups: boolean } | null }[]
    | undefined
  readonly organization: string | undefined
  readonly asOf: string | undefined
  /** What the address asks for and cannot be shown, as a sentence. */
  readonly addressProblem: string | undefined
  /** The token has the scope `write`. Undefined until this is known. */
  readonly mayWrite: boolean | undefined
  readonly error: RequestError | null
  readonly signIn: (token: string) => void
  readonly signOut: () => void
  readonly retry: () => void
}

const Context = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(Context)
  if (!session) throw new Error('There is no session provider.')
  return session
}

/** False if the connection of the organization to the vendor has no groups, so that none are known. */
export function useOffersGroups(): boolean {
  const { organizations, organization } = useSession()
  return organizations?.find(({ slug }) => slug === organization)?.capabilities?.groups !== false
}

export const organizationsQuery = (token: string) => ({
  queryKey: ['organizations', token],
  queryFn: ({ signal }: { signal: AbortSignal }) => send(OrganizationsDocument, {}, { token, signal }),
  staleTime: 60_000,
})

export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(storedToken)
  const [parameters] = useSearchParams()
  const cache = useQueryClient()
  const organizations = useQuery({ ...organizationsQuery(token), enabled: token !== '' })
  const listed = organizations.data?.organizations ?? undefined
  const wanted = parameters.get('organization')
  const organization = (wanted ? listed?.find(({ slug }) => slug === wanted) : listed?.[0])?.slug
  const rights = useQuery({
    queryKey: ['rights', token],
    queryFn: ({ signal }) =>
      readRight('write', () => send(OperationsDocument, { first: 0, organization }, { token, signal })),
    enabled: organization !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })

  const signIn = useCallback((given: string) => {
    storeToken(given)
    setToken(given)
  }, [])
  const signOut = useCallback(() => {
    forgetToken()
    setToken('')
    cache.clear()
  }, [cache])
  const { refetch } = organizations
  const error = organizations.error instanceof RequestError ? organizations.error : null
  const moment = parameters.get('asOf') ?? ''
  // A relative moment stays the same while the page is open.
  const { asOf, problem } = useMemo(() => pastOf(moment, Date.now()), [moment])
  const addressProblem = listed && wanted && !organization ? unseen(wanted) : problem
  const mayWrite = rights.data
  const session = useMemo(
    () => ({
      token,
      organizations: listed,
      organization,
      asOf,
      addressProblem,
      mayWrite,
      error,
      signIn,
      signOut,
      retry: () => void refetch(),
    }),
    [token, listed, organization, asOf, addressProblem, mayWrite, error, signIn, signOut, refetch],
  )
  return <Context.Provider value={session}>{children}</Context.Provider>
}

/** Whether the token has the scope `admin`. Undefined until this is known. */
export function useMayAdminister(): boolean | undefined {
  const { token } = useSession()
  return useQuery({
    queryKey: ['may administer', token],
    queryFn: ({ signal }) => readRight('admin', () => send(AdministratorDocument, {}, { token, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  }).data
}

function pastOf(text: string, now: number): { asOf?: string; problem?: string } {
  if (text === '') return {}
  const asOf = momentOf(text, now)
  if (asOf === undefined) return { problem: `“${text}” is not a moment. Expected a time ${timeFormats}.` }
  if (Date.parse(asOf) > now)
    return { problem: `${text} is in the future. Only the past and the present can be shown.` }
  return { asOf }
}

function unseen(slug: string): string {
  return `Your token can see no organization “${slug}”.`
}
