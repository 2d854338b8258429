/**
 * Changes a user's first name, and says what came of it.
 *
 *   GRAPH_URL=http://127.0.0.1:4000/graphql GRAPH_TOKEN=… npm run example:client -- anna@example.com Änne
 */
import { randomUUID } from 'node:crypto'
import { sendSafely } from './client.ts'
import { UpdateUserDocument } from './generated/graphql.ts'

const [primaryEmail = '', firstName = ''] = process.argv.slice(2)
const { GRAPH_URL: url = 'http://127.0.0.1:4000/graphql', GRAPH_TOKEN: token = '' } = process.env

const { updateUser: answer } = await sendSafely({ url, token }, UpdateUserDocument, {
  input: { primaryEmail, set: { firstName }, idempotencyKey: randomUUID() },
})

switch (answer?.__typename) {
  case 'UpdateUserSuccess':
    say(`${answer.user.displayName}: changed ${answer.changed.join(', ') || 'nothing'}`)
    break
  case 'InvalidInput':
    for (const { path, message } of answer.issues) say(`${path.join('.') || 'input'}: ${message}`)
    break
  case 'BudgetExhausted':
    say(`Try again after ${answer.retryAt}`)
    break
  default:
    say(answer ? `${answer.code}: ${answer.message}` : 'no answer')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
