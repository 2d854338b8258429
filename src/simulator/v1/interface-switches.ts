import { z } from 'zod'

/**
 * One switch for each point that the public sources on the interface API v1 leave open, besides those of the API v2,
 * of which latencies, lags, error bodies and the answer for an unknown user apply to both.
 */
export const interfaceSwitchesSchema = z.strictObject({
  /** The list of users: `{"users": […]}`, or the list alone. */
  usersEnvelope: z.enum(['object', 'array']),
  /** The list of child organizations: `{"orgs": […]}`, or the list alone. */
  orgsEnvelope: z.enum(['object', 'array']),
  /** Whether the list of organizations also has the children of children. */
  orgsDepth: z.enum(['children', 'all']),
  /** The list of domains: `{"domains": […]}`, the list alone, or only the first domain. */
  domainsEnvelope: z.enum(['object', 'array', 'single']),
  /** How true and false are written. */
  booleans: z.enum(['booleans', 'integers', 'digits', 'words']),
  /** Fields that the rows of the list lack. */
  rowsLack: z.array(z.enum(['alias_emails', 'safe_list_senders', 'block_list_senders', 'type', 'uid'])).readonly(),
  /** Whether the sender lists appear under their deprecated names only. */
  senderNames: z.enum(['present', 'deprecated', 'both']),
  /** Fields that a PUT leaves out become their defaults, or stay as they are. */
  putMode: z.enum(['replace', 'merge']),
  /** A PUT with `uid`: accepted, or 422. */
  uidInPut: z.enum(['accepted', 'refused']),
  /** Whether a POST honors `password`. */
  passwordInPost: z.enum(['ignored', 'honored']),
  /** Hours between two runs of the directory sync; 0: off; null: there are no settings (404). */
  syncFrequency: z.literal([0, 1, 3, 6, 12, 24]).nullable(),
  /** On how many stacks the domain lives. */
  stacks: z.int().min(1).max(2),
  /** The account of the credentials may only read. */
  readOnlyUser: z.boolean(),
})

export type InterfaceSwitches = z.infer<typeof interfaceSwitchesSchema>

export const defaultInterfaceSwitches: InterfaceSwitches = {
  usersEnvelope: 'object',
  orgsEnvelope: 'object',
  orgsDepth: 'children',
  domainsEnvelope: 'object',
  booleans: 'booleans',
  rowsLack: [],
  senderNames: 'present',
  putMode: 'replace',
  uidInPut: 'accepted',
  passwordInPost: 'ignored',
  syncFrequency: 0,
  stacks: 1,
  readOnlyUser: false,
}

/** What partners see of an organization. Changes take effect immediately. */
export interface Standing {
  name: string
  kind: 'oem_partner' | 'strategic_partner' | 'channel' | 'organization'
  /** A closed one is in no list and answers nothing to its partner. */
  closed: boolean
}
