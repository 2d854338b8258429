/** Reads the operations of a PATCH (RFC 7644, 3.5.2), in all shapes that identity providers send. */
import { type Attributes, attributesOf } from './attributes.ts'
import { type Path, parsePath } from './filter-parser.ts'
import { isAttributeName } from './schemas.ts'
import { badSyntax, ScimError } from './scim-error.ts'

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: Path
  readonly value: unknown
  /** The operation had a path. Read-only attributes are refused by path, and ignored in an object. */
  readonly isByPath: boolean
}

const mostOperations = 1_000

/** Returns one operation for each attribute: an operation without a path names several. */
export function parsePatch(body: Attributes): PatchOperation[] {
  const operations = body.get('operations')
  if (operations === undefined && body.has('members')) {
    throw badSyntax(
      'This is a PATCH of SCIM 1.1: choose the connector for SCIM v2, which sends the attribute "Operations"',
    )
  }
  if (!Array.isArray(operations) || operations.length === 0)
    throw badSyntax('A PATCH must have the attribute "Operations" with at least one operation')
  if (operations.length > mostOperations)
    throw badSyntax(`A PATCH must have at most ${mostOperations} operations, but has ${operations.length}`)
  return operations.flatMap(parseOperation)
}

function parseOperation(given: unknown): PatchOperation[] {
  const attributes = attributesOf(given)
  if (!attributes) throw badSyntax('Each operation of a PATCH must be an object')
  const op = opOf(attributes.get('op'))
  const [path, value] = [attributes.get('path'), attributes.get('value')]
  if (path !== undefined && path !== null && path !== '') {
    if (typeof path !== 'string') throw new ScimError(400, 'The path must be a string', { type: 'invalidPath' })
    if (op !== 'remove' && value === undefined) throw badSyntax(`The operation ${op} needs a value`)
    return [{ op, path: parsePath(path), value, isByPath: true }]
  }
  if (op === 'remove') throw new ScimError(400, 'The operation remove needs a path', { type: 'noTarget' })
  const values = attributesOf(value)
  if (!values) throw badSyntax(`The operation ${op} without a path needs an object as its value`)
  return pathless(op, values)
}

/** The keys of the object may be paths. Keys that are not are unknown attributes, which are ignored. */
function pathless(op: PatchOperation['op'], values: Attributes): PatchOperation[] {
  return [...values].flatMap(([key, value]): PatchOperation[] => {
    if (key.includes('[')) return [{ op, path: parsePath(key), value, isByPath: false }]
    return isAttributeName(key) ? [{ op, path: { attribute: key }, value, isByPath: false }] : []
  })
}

function opOf(given: unknown): PatchOperation['op'] {
  const op = typeof given === 'string' ? given.toLowerCase() : ''
  if (op === 'add' || op === 'replace' || op === 'remove') return op
  throw badSyntax('The attribute "op" must be add, replace or remove')
}
