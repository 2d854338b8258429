/**
 * The next messages of a webhook in one organization: the change sets after its cursor, in feed order, and the notices
 * after its cursor, merged by time. A row always gives the same message, so a replay repeats ids and bodies.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { severities } from '../analysis/findings/rule.ts'
import { rules } from '../analysis/findings/rules.ts'
import type { Sql } from '../db/database.ts'
import { parseStored, parseStoredText } from '../db/stored-json.ts'
import { isoOf } from '../db/timestamps.ts'

export interface Message {
  /** Null: it is skipped, because the webhook does not subscribe to its type. */
  readonly send: { readonly id: string; readonly type: string; readonly body: string } | null
  /** The cursor once this message is delivered. */
  readonly cursor: Cursor
}

export interface Cursor {
  readonly feedPosition: number
  readonly noticePosition: number
}

export interface Organization {
  readonly id: number
  readonly slug: string
}

/** Change sets, and notices, that are read at once. */
const batch = 50

export async function readMessages(
  sql: Sql,
  organization: Organization,
  events: readonly string[],
  from: Cursor,
): Promise<Message[]> {
  const changes = events.includes('directory.changed') ? await readChangeSets(sql, organization.id, from) : []
  const notices = await readNotices(sql, organization.id, from)
  let cursor = from
  return merged(changes, notices).map((row) => {
    cursor = { ...cursor, ...row.moved }
    const isWanted = events.includes(row.type)
    return { cursor, send: isWanted ? messageOf(row.type, row.at, row.key, row.data(organization)) : null }
  })
}

/** Both lists keep their own order. Ends where a full batch ends, because what follows it is not known. */
function merged(changes: readonly Row[], notices: readonly Row[]): Row[] {
  const found: Row[] = []
  let [c, n] = [0, 0]
  for (;;) {
    const [change, notice] = [changes[c], notices[n]]
    if ((!change && changes.length === batch) || (!notice && notices.length === batch)) return found
    if (change && (!notice || change.at <= notice.at)) {
      found.push(change)
      c += 1
    } else if (notice) {
      found.push(notice)
      n += 1
    } else return found
  }
}

/** A message of the form that Standard Webhooks recommends. `key` identifies the event for all time. */
export function messageOf(type: string, at: string, key: string, data: object) {
  const digest = createHash('sha256').update(`${type} ${key} ${at}`).digest('hex')
  return { id: `msg_${digest.slice(0, 32)}`, type, body: JSON.stringify({ type, timestamp: at, data }) }
}

interface Row {
  readonly type: string
  readonly at: string
  readonly key: string
  readonly moved: Partial<Cursor>
  readonly data: (organization: Organization) => object
}

const changeSet = z.object({
  subjectId: z.number(),
  email: z.string().nullable(),
  group: z.string().nullable(),
  groupId: z.string().nullable(),
  kinds: z.array(z.string()),
  objectIds: z.array(z.number().nullable()),
  objects: z.array(z.string().nullable()),
  fields: z.array(z.string().nullable()).nullable(),
  befores: z.array(z.unknown()).nullable(),
  afters: z.array(z.unknown()).nullable(),
  origin: z.string(),
  actor: z.string().nullable(),
})

async function readChangeSets(sql: Sql, organizationId: number, { feedPosition }: Cursor): Promise<Row[]> {
  const rows = await sql<{ position: number; at: string; notBefore: string | null; notAfter: string; set: string }[]>`
    select s.last_position as position, s.applied_at as at, s.not_before as "notBefore", s.not_after as "notAfter",
      json_build_object('subjectId', s.subject_id, 'email', u.primary_email, 'group', g.name, 'groupId', g.group_id,
        'kinds', s.kinds, 'objectIds', s.object_ids, 'fields', s.fields, 'befores', s.befores, 'afters', s.afters,
        'origin', s.origin, 'actor', s.actor, 'objects', (
          select json_agg(coalesce(og.name, r.name, a.address) order by o.i)
          from unnest(s.object_ids) with ordinality as o(id, i) left join groups og on og.id = o.id
          left join roles r on r.id = o.id left join aliases a on a.id = o.id))::text as set
    from change_sets s left join users u on u.id = s.subject_id left join groups g on g.id = s.subject_id
    where s.organization_id = ${organizationId} and s.last_position > ${feedPosition}
    order by s.last_position limit ${batch}`
  return rows.map(({ position, notBefore, notAfter, set, ...row }) => ({
    type: 'directory.changed',
    at: isoOf(row.at),
    key: `change ${organizationId} ${position}`,
    moved: { feedPosition: position },
    data: (organization) => {
      const read = parseStoredText(changeSet, set, { column: 'change_sets', of: `position ${position}` })
      const times = { notBefore: notBefore && isoOf(notBefore), notAfter: isoOf(notAfter) }
      return changeData(organization, position, times, read)
    },
  }))
}

function changeData(
  organization: Organization,
  lastPosition: number,
  times: { notBefore: string | null; notAfter: string },
  set: z.infer<typeof changeSet>,
): object {
  const isGroup = set.kinds[0]?.startsWith('GROUP_') ?? false
  const subject = isGroup
    ? { type: 'Group', id: globalId('Group', set.subjectId), groupId: set.groupId, name: set.group }
    : { type: 'User', id: globalId('User', set.subjectId), primaryEmail: set.email }
  return {
    organization: shownOrganization(organization),
    subject,
    changes: set.kinds.map((kind, i) => ({
      id: globalId('Change', `${organization.id}-${lastPosition - set.kinds.length + 1 + i}`),
      kind,
      object: objectOf(kind, set.objectIds[i], set.objects[i]),
      field: set.fields?.[i] ?? null,
      before: set.befores?.[i] ?? null,
      after: set.afters?.[i] ?? null,
    })),
    origin: set.origin,
    actor: set.actor,
    ...times,
  }
}

const objectTypes: Readonly<Record<string, string>> = { MEMBER: 'Group', ROLE: 'Role', ALIAS: 'Alias' }

function objectOf(kind: string, id: number | null | undefined, name: string | null | undefined): object | null {
  const type = objectTypes[kind.split('_')[0] ?? '']
  if (type === undefined || id == null) return null
  return { type, id: globalId(type, id), [type === 'Alias' ? 'address' : 'name']: name ?? null }
}

async function readNotices(sql: Sql, organizationId: number, { noticePosition }: Cursor): Promise<Row[]> {
  const rows = await sql<{ id: number; position: number; type: string; at: string; data: string }[]>`
    select id, position, type, at, data::text as data from webhook_notices
    where organization_id = ${organizationId} and position > ${noticePosition} order by position limit ${batch}`
  return rows.map(({ id, position, type, at, data }) => ({
    type,
    at: isoOf(at),
    key: `notice ${id}`,
    moved: { noticePosition: position },
    data: (organization) => ({ organization: shownOrganization(organization), ...noticeData(type, data, id) }),
  }))
}

const finding = z.object({
  finding: z.number(),
  rule: z.string(),
  severity: z.number(),
  subjectIds: z.array(z.number()),
  subjectTypes: z.array(z.string()),
  evidence: z.unknown(),
})
const pull = z.object({ pull: z.number(), problem: z.string().nullable() })
const operation = z.object({
  operation: z.number(),
  kind: z.string(),
  state: z.string(),
  createdBy: z.string(),
  failedItems: z.number(),
})
const mirror = z.object({ problem: z.string().nullable() })

function noticeData(type: string, data: string, noticeId: number): object {
  const stored: unknown = JSON.parse(data)
  const parsed = <Schema extends z.ZodType>(schema: Schema) =>
    parseStored(schema, stored, { column: 'webhook_notices.data', of: `notice ${noticeId}` })
  if (type.startsWith('finding.')) {
    const { subjectIds, subjectTypes, severity, ...one } = parsed(finding)
    return {
      finding: {
        id: globalId('Finding', one.finding),
        rule: one.rule,
        severity: severities[severity] ?? 'INFO',
        title: rules.find(({ name }) => name === one.rule)?.title ?? one.rule,
        subjects: subjectIds.map((id, i) => ({ type: subjectTypes[i], id: globalId(subjectTypes[i] ?? '', id) })),
        evidence: one.evidence,
      },
    }
  }
  if (type === 'pull.quarantined') {
    const one = parsed(pull)
    return { pull: { id: globalId('Pull', one.pull), problem: one.problem } }
  }
  if (type === 'operation.failed') {
    const { operation: id, ...one } = parsed(operation)
    return { operation: { id: globalId('Operation', id), ...one } }
  }
  return { problem: parsed(mirror).problem }
}

function shownOrganization({ id, slug }: Organization): object {
  return { id: globalId('Organization', id), slug }
}

/** As the API shows ids (global-id.ts). */
function globalId(type: string, key: number | string): string {
  return Buffer.from(`${type}:${key}`).toString('base64')
}
