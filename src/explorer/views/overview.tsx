/** The first page: the state of the mirror, what needs attention, and what happened last. */
import { Stack } from '@mantine/core'
import { Link } from 'wouter'
import {
  ChangesDocument,
  FindingsBySeverityDocument,
  MirrorStateDocument,
  PastCountsDocument,
} from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { useCarry } from '../session/links.tsx'
import { useOffersGroups, useSession } from '../session/session.tsx'
import { LinkButton, PageTitle } from '../shell/shell.tsx'
import { ChangeItem } from '../ui/change-text.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import { MirrorPanel } from './mirror-panel.tsx'

export function Overview() {
  const { organizations, organization, asOf } = useSession()
  const offersGroups = useOffersGroups()
  const mirror = useRead(MirrorStateDocument, {}, { now: true, refetchMs: 10_000 })
  const name = organizations?.find(({ slug }) => slug === organization)?.name ?? 'Organization'
  return (
    <>
      <PageTitle>Overview</PageTitle>
      <Stack>
        {asOf ? (
          <PastCounts title={name} />
        ) : (
          <Panel title={name} query={mirror.query}>
            <Ready read={mirror} pick={(data) => data.organization} rows={2}>
              {({ mirror: { users, groups, aliases, memberships, usersWithoutRelations } }) => (
                <div className="tiles">
                  <Tile to="/users" label="Users" value={users} />
                  {offersGroups && <Tile to="/groups" label="Groups" value={groups} />}
                  <Tile label="Aliases" value={aliases} />
                  {offersGroups && <Tile label="Memberships" value={memberships} />}
                  <Tile label="Users with unknown relations" value={usersWithoutRelations} />
                </div>
              )}
            </Ready>
          </Panel>
        )}
        <div className="columns">
          <Stack>
            <FindingsPanel />
            <Questions />
          </Stack>
          <Stack>
            <MirrorPanel read={mirror} />
            <LatestChanges />
          </Stack>
        </div>
      </Stack>
    </>
  )
}

/** The mirror itself has no past: the lists are counted. */
function PastCounts({ title }: { title: string }) {
  const read = useRead(PastCountsDocument, {})
  return (
    <Panel title={title} query={read.query}>
      <Ready read={read} pick={(data) => data} rows={2}>
        {({ users, groups }) => (
          <div className="tiles">
            <Tile to="/users" label="Users" value={users?.totalCount ?? 0} />
            <Tile to="/groups" label="Groups" value={groups?.totalCount ?? 0} />
          </div>
        )}
      </Ready>
    </Panel>
  )
}

function Tile({ label, value, to }: { label: string; value: number; to?: string }) {
  const carry = useCarry()
  const content = (
    <>
      <strong>{value.toLocaleString('en')}</strong>
      <span>{label}</span>
    </>
  )
  if (!to) return <div className="tile">{content}</div>
  return (
    <Link href={carry(to)} className="tile">
      {content}
    </Link>
  )
}

function FindingsPanel() {
  const read = useRead(FindingsBySeverityDocument, {}, { now: true, refetchMs: 30_000 })
  return (
    <Panel title="Open findings" query={read.query} actions={<LinkButton to="/findings">All findings</LinkButton>}>
      <Ready read={read} pick={(data) => data} rows={2}>
        {(data) => {
          const count = (part: { totalCount: number } | null) => part?.totalCount ?? 0
          const [high, medium, low, all] = [data.high, data.medium, data.low, data.all].map(count)
          if (!all) return <Empty>No open finding.</Empty>
          // Each number is that of the list behind it.
          return (
            <div className="tiles">
              <Tile to="/findings?severity=HIGH" label="High" value={high ?? 0} />
              <Tile to="/findings?severity=MEDIUM" label="Medium or higher" value={medium ?? 0} />
              <Tile to="/findings?severity=LOW" label="Low or higher" value={low ?? 0} />
              <Tile to="/findings" label="All" value={all} />
            </div>
          )
        }}
      </Ready>
    </Panel>
  )
}

const questions: readonly { text: string; to: string; aboutGroups?: true }[] = [
  { text: 'Who can administer what?', to: '/roles' },
  { text: 'Which inactive accounts hold a privileged role?', to: '/users?status=INACTIVE&privileged=yes' },
  { text: 'What changed in the last hour?', to: '/changes?range=1h' },
  { text: 'Who joined a group in the last 24 hours?', to: '/changes?range=24h&kind=MEMBER_ADDED', aboutGroups: true },
  { text: 'How are two people connected?', to: '/graph' },
  { text: 'Which accounts are in no group?', to: '/users?groups=no', aboutGroups: true },
  { text: 'Which accounts were deleted?', to: '/users?lifecycle=DELETED' },
]

function Questions() {
  const carry = useCarry()
  const offersGroups = useOffersGroups()
  const shown = questions.filter(({ aboutGroups }) => offersGroups || !aboutGroups)
  return (
    <Panel title="Common questions">
      <ul className="timeline">
        {shown.map(({ text, to }) => (
          <li key={text}>
            <Link href={carry(to)} className="question">
              {text}
            </Link>
          </li>
        ))}
        <li>Who is behind an address or alias? Type it into the search box.</li>
        <li>What did a user look like before? Open the page of the user, and choose a moment in “As of”.</li>
      </ul>
    </Panel>
  )
}

function LatestChanges() {
  const read = useRead(ChangesDocument, { last: 10, baseline: false }, { refetchMs: 10_000 })
  return (
    <Panel title="Latest changes" query={read.query} actions={<LinkButton to="/changes">All changes</LinkButton>}>
      <Ready read={read} pick={(data) => data.changes}>
        {({ nodes }) => (
          <>
            {nodes.length === 0 && <Empty>Nothing has changed since the first pull.</Empty>}
            <ul className="timeline">
              {nodes.toReversed().map((change) => (
                <ChangeItem key={change.id} change={change} />
              ))}
            </ul>
          </>
        )}
      </Ready>
    </Panel>
  )
}
