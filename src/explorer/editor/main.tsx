/** The query editor: GraphiQL, with the session of the explorer, and the examples as its first tabs. */
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './editor.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createClient } from 'graphql-sse'
import { createRoot } from 'react-dom/client'
import { headersOf } from '../data/request.ts'
import { queryEditor, views } from '../session/pages.ts'
import { storedToken, takeTokenFromFragment } from '../session/token.ts'
import { examples } from './examples.ts'
import { expandVariables } from './shorthand.ts'

takeTokenFromFragment()

const token = storedToken()
const fragment = new URLSearchParams(location.hash.slice(1))
const shown = fragment.get('query')

/** Subscriptions are server-sent events, which the fetcher of GraphiQL does not speak. */
const streams = createClient({ url: '/graphql', headers: () => headersOf(token), credentials: 'omit' })
const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  headers: headersOf(token),
  fetch: (url, init) => fetch(url, { ...init, credentials: 'omit' }),
})

async function ask(query: string, variables: object) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headersOf(token), 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    credentials: 'omit',
  })
  const { data, errors } = (await response.json()) as {
    data?: { found: { id: string } | null }
    errors?: { message: string }[]
  }
  if (!data) throw new Error(errors?.[0]?.message ?? `The server responded with status ${response.status}.`)
  return data
}

const defaultTabs = [
  ...(shown ? [{ query: shown, variables: fragment.get('variables') ?? undefined }] : []),
  ...examples.flatMap(({ items }) =>
    items.map(({ title, note, query, variables }) => ({
      query: `# ${title}\n${note ? `# ${note}\n` : ''}${query}`,
      variables: variables ? JSON.stringify(variables, null, 2) : undefined,
    })),
  ),
]

/** Keeps nothing: what is typed may contain data of the organization. */
const memory = new Map<string, string>()
const storage = {
  get length() {
    return memory.size
  },
  getItem: (key: string) => memory.get(key) ?? null,
  setItem: (key: string, value: string) => void memory.set(key, value),
  removeItem: (key: string) => void memory.delete(key),
  clear: () => memory.clear(),
}

function Editor() {
  return (
    <>
      <header className="editor-header">
        <h1>
          <a href={`/${location.search}`} className="editor-brand">
            Essentials graph
          </a>
        </h1>
        <nav aria-label="Main">
          {[...views, queryEditor].map((page) => (
            <a
              key={page.path}
              href={`${page.path}${location.search}`}
              aria-current={page === queryEditor ? 'page' : undefined}
            >
              {page.label}
            </a>
          ))}
        </nav>
        {!token && (
          <span role="alert">
            You are not signed in: <a href={`/${location.search}`}>sign in first</a>.
          </span>
        )}
      </header>
      <main className="editor-main">{token && <Graphiql />}</main>
    </>
  )
}

function Graphiql() {
  return (
    <GraphiQL
      fetcher={async (parameters, options) => {
        const given = (parameters.variables ?? {}) as Record<string, unknown>
        const variables = await expandVariables(parameters.query, given, { now: Date.now(), ask })
        if (/^\s*(?:#.*\n\s*)*subscription\b/.test(parameters.query)) {
          return streams.iterate({ query: parameters.query, variables })
        }
        return await fetcher({ ...parameters, variables }, options)
      }}
      defaultTabs={defaultTabs}
      storage={storage}
      isHeadersEditorEnabled={false}
    />
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root element.')
createRoot(root).render(<Editor />)
