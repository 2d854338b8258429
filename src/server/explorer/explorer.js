/** The behavior of the page. Everything from the server is inserted as text, never as markup. */
const element = (id) => document.getElementById(id)
const [tokenField, tokenState, query, variables, run, status, result] = [
  'token',
  'token-state',
  'query',
  'variables',
  'run',
  'status',
  'result',
].map(element)

// The token lasts as long as this tab: it is in no cookie and not in local storage. A token in the URL fragment, which
// is never sent to a server, is used and removed immediately.
const brought = new URLSearchParams(location.hash.slice(1)).get('token')
if (brought) {
  sessionStorage.setItem('token', brought)
  history.replaceState(null, '', location.pathname)
}
tokenField.value = sessionStorage.getItem('token') ?? ''
query.value = sessionStorage.getItem('query') ?? ''
variables.value = sessionStorage.getItem('variables') ?? ''

let underWay
let types

tokenField.addEventListener('change', () => {
  sessionStorage.setItem('token', tokenField.value.trim())
  types = undefined
  checkToken()
})
element('token-form').addEventListener('submit', (event) => {
  event.preventDefault()
  tokenField.blur()
})
run.addEventListener('click', () => (underWay ? underWay.abort() : runQuery()))
for (const field of [query, variables]) {
  field.addEventListener('input', () => sessionStorage.setItem(field.id, field.value))
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      runQuery()
    } else if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault()
      field.setRangeText('  ', field.selectionStart, field.selectionEnd, 'end')
    }
  })
}

/** Sends one operation; throws if there is no response at all. */
async function ask(body, signal) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      authorization: `Bearer ${tokenField.value.trim()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
    signal,
  })
  const text = await response.text()
  showToken(response.status === 401 ? 'unknown' : 'accepted', response.status === 401 ? 'bad' : 'good')
  return { response, text }
}

async function runQuery() {
  if (underWay) return
  let given
  try {
    given = variables.value.trim() ? JSON.parse(variables.value) : undefined
  } catch (error) {
    showStatus(`The variables are not JSON: ${error.message}`, true)
    return
  }
  underWay = new AbortController()
  run.firstChild.data = 'Stop '
  showStatus('Running …')
  const startedAt = performance.now()
  try {
    const { response, text } = await ask({ query: query.value, variables: given }, underWay.signal)
    const answer = parsed(text)
    const took = Math.round(performance.now() - startedAt)
    const errors = answer?.errors?.length ?? 0
    showStatus(
      `HTTP ${response.status} in ${took} ms, ${text.length.toLocaleString('en')} characters` +
        `${errors ? `, ${errors} ${errors === 1 ? 'error' : 'errors'}` : ''} · request ${response.headers.get('x-request-id')}`,
      errors > 0 || !response.ok,
    )
    if (answer === undefined) result.textContent = text
    else result.replaceChildren(...highlighted(JSON.stringify(answer, null, 2)))
  } catch (error) {
    showStatus(error.name === 'AbortError' ? 'Stopped.' : `No response: ${error.message}`, true)
  } finally {
    underWay = undefined
    run.firstChild.data = 'Run '
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function checkToken() {
  if (!tokenField.value.trim()) return showToken('none', '')
  try {
    await ask({ query: '{ __typename }' })
  } catch {
    showToken('no response', 'bad')
  }
}

function showToken(text, look) {
  tokenState.textContent = text
  tokenState.className = `chip ${look}`
}

function showStatus(text, bad = false) {
  status.textContent = text
  status.className = bad ? 'bad' : ''
}

/** The JSON text as colored pieces. Long responses stay plain: coloring them would freeze the page. */
function* highlighted(json) {
  if (json.length > 200_000) {
    yield json
    return
  }
  let at = 0
  for (const match of json.matchAll(
    /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi,
  )) {
    if (match.index > at) yield json.slice(at, match.index)
    yield make('span', { className: match[2] ? 'key' : match[1] ? 'string' : 'literal' }, match[0])
    at = match.index + match[0].length
  }
  yield json.slice(at)
}

function make(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

// ── examples ──

const examples = JSON.parse(element('example-data').textContent)
for (const { title, items } of examples) {
  element('examples').append(
    make('h2', {}, title),
    ...items.map((example) => {
      const pick = make('button', { type: 'button', className: 'pick' }, example.title)
      pick.addEventListener('click', () => choose(example, pick))
      return pick
    }),
  )
}
if (!query.value) choose(examples[0].items[0], element('examples').querySelector('.pick'))
checkToken()

function choose(example, pick) {
  for (const other of document.querySelectorAll('#examples .pick')) other.ariaCurrent = String(other === pick)
  element('example-note').textContent = example.note ?? ''
  query.value = example.query
  variables.value = example.variables ? JSON.stringify(example.variables, null, 2) : ''
  sessionStorage.setItem('query', query.value)
  sessionStorage.setItem('variables', variables.value)
}

// ── schema ──

for (const name of ['examples', 'schema']) element(`tab-${name}`).addEventListener('click', () => showTab(name))

async function showTab(chosen) {
  for (const name of ['examples', 'schema']) {
    element(name).hidden = name !== chosen
    element(`tab-${name}`).ariaSelected = String(name === chosen)
  }
  if (chosen !== 'schema' || types) return
  const panel = element('schema')
  panel.replaceChildren(make('p', {}, 'Reading the schema …'))
  try {
    const { text } = await ask({ query: introspection })
    const { data, errors } = JSON.parse(text)
    if (!data) throw new Error(errors?.[0]?.message ?? text)
    types = new Map(data.__schema.types.map((type) => [type.name, type]))
    showTypes('')
  } catch (error) {
    panel.replaceChildren(make('p', { className: 'bad' }, `The schema cannot be read: ${error.message}`))
  }
}

function showTypes(text) {
  const find = make('input', { type: 'search', placeholder: 'find a type or field', ariaLabel: 'Find', value: text })
  const hits = make('div', {})
  const list = () => {
    const wanted = find.value.trim().toLowerCase()
    const found = [...types.values()].filter(
      ({ name, fields }) =>
        !name.startsWith('__') &&
        (name.toLowerCase().includes(wanted) ||
          (wanted && fields?.some((field) => field.name.toLowerCase().includes(wanted)))),
    )
    const first = ['Subscription', 'Mutation', 'Query']
    found.sort((a, b) => first.indexOf(b.name) - first.indexOf(a.name) || a.name.localeCompare(b.name))
    hits.replaceChildren(
      ...found.map(({ name }) => {
        const pick = make('button', { type: 'button', className: 'pick' }, make('code', {}, name))
        pick.addEventListener('click', () => showType(name, find.value))
        return pick
      }),
    )
  }
  find.addEventListener('input', list)
  list()
  element('schema').replaceChildren(find, hits)
}

function showType(name, searched) {
  const type = types.get(name)
  const back = make('button', { type: 'button', className: 'pick' }, '← all types')
  back.addEventListener('click', () => showTypes(searched))
  const members = [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]
  element('schema').replaceChildren(
    back,
    make('h2', {}, `${type.kind.toLowerCase().replace('_', ' ')} ${name}`),
    make('p', {}, type.description ?? ''),
    make('dl', {}, ...members.flatMap((member) => describe(member, searched))),
    ...(type.possibleTypes ?? []).map((possible) => make('p', {}, typeLink(possible, searched))),
  )
  element('schema').scrollTop = 0
}

function describe({ name, description, args, type }, searched) {
  const line = make('code', {}, name)
  if (args?.length) {
    const list = args.flatMap((arg, index) => [index ? ', ' : '', `${arg.name}: `, typeLink(arg.type, searched)])
    line.append('(', ...list, ')')
  }
  if (type) line.append(': ', typeLink(type, searched))
  return [make('dt', {}, line), make('dd', {}, description ?? '')]
}

function typeLink(type, searched) {
  let name = type.name
  for (let inner = type; !name; inner = inner.ofType) name = inner.ofType?.name
  const link = make('button', { type: 'button', className: 'type' }, make('code', {}, spelled(type)))
  link.addEventListener('click', () => showType(name, searched))
  return link
}

function spelled(type) {
  if (type.kind === 'NON_NULL') return `${spelled(type.ofType)}!`
  return type.kind === 'LIST' ? `[${spelled(type.ofType)}]` : type.name
}

const reference = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }'
const introspection = `{ __schema { types { kind name description
  fields { name description args { name type { ${reference} } } type { ${reference} } }
  inputFields { name description type { ${reference} } }
  enumValues { name description }
  possibleTypes { ${reference} } } } }`
