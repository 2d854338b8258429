/**
 * The hand-written limit: an HTTP server that has one SQL statement per query, and writes the text that Postgres built.
 * The path names the query; the body is a JSON array of the statement's values. The path `/` is answered with a constant,
 * to measure the load generator.
 */
import { createServer } from 'node:http'
import { queries } from '../queries/queries.ts'
import { announce, connectPostgres } from './server-process.ts'

const sql = connectPostgres()
const statements = new Map(queries.map(({ name, limit }) => [`/${encodeURIComponent(name)}`, limit.sql]))

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (request.url === '/') return void response.end('{}')
  try {
    const values = JSON.parse(Buffer.concat(chunks).toString()) as string[]
    const [row] = await sql.unsafe<{ json: string }[]>(statements.get(request.url ?? '') ?? '', values, {
      prepare: true,
    })
    const body = Buffer.from(`{"data":${row?.json ?? 'null'}}`)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})

announce(server)
