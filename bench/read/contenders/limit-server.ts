/**
 * The hand-written limit: an HTTP server that has one SQL statement per query, and writes the text that Postgres built.
 * The path names the query; the body is a JSON array of the statement's values. The path `/` is answered with a constant,
 * to measure the load generator.
 */
import { createServer, type ServerResponse } from 'node:http'
import { queries } from '../queries/queries.ts'
import { announce, connectPostgres } from './server-process.ts'

const sql = connectPostgres()
const statements = new Map(queries.map(({ name, limit }) => [`/${encodeURIComponent(name)}`, limit.sql]))

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    const statement = statements.get(request.url ?? '')
    if (statement === undefined) response.end('{}')
    else answer(statement, body, response).catch((error) => response.writeHead(500).end(String(error)))
  })
})

async function answer(statement: string, body: string, response: ServerResponse): Promise<void> {
  const [row] = await sql.unsafe<{ json: string }[]>(statement, JSON.parse(body) as string[], { prepare: true })
  const text = `{"data":${row?.json ?? 'null'}}`
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}

announce(server)
