/** The search box: results while typing, people first, and the last ones that were opened. */
import { Group, Kbd, Loader, Paper, Text, TextInput } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { Fragment, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { type NodeSummaryFragment, SearchDocument, type SearchQuery } from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { useGo } from '../session/links.tsx'
import { KindIcon } from '../ui/kind-icon.tsx'
import { detailOf, nameOf, pathOf } from '../ui/node-link.tsx'
import { readRecent, rememberRecent } from './recent.ts'

const kindOrder = ['User', 'Alias', 'Group', 'Role', 'Organization']
const kindTitles: Record<string, string> = {
  User: 'People',
  Alias: 'Aliases',
  Group: 'Groups',
  Role: 'Roles',
  Organization: 'Organizations',
}
const mostShown = 12

interface SearchProps {
  label?: string
  /** What happens with the chosen result. By default its page opens. */
  onChoose?: (node: NodeSummaryFragment) => void
}

export function Search({ label = 'Search', onChoose }: SearchProps) {
  const isMain = !onChoose
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const go = useGo()
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const [entered, setEntered] = useState(false)
  const [wanted] = useDebouncedValue(text.trim(), 150)
  const searchable = /[\p{L}\p{N}]/u.test(wanted)
  const read = useRead(SearchDocument, { text: wanted.slice(0, 200) }, { enabled: searchable })
  useHotkeys(isMain ? [['/', () => input.current?.focus()]] : [])

  // Results of an earlier text are not shown: Enter would open what no longer matches.
  const isCurrent = wanted === text.trim() && !read.stale && !read.loading
  const shown = text.trim() ? (searchable && isCurrent ? ordered(read.data?.search ?? []) : []) : readRecent()
  const at = Math.min(active, shown.length - 1)
  const isOpen = open && (text.trim() !== '' || shown.length > 0)

  const choose = (node: NodeSummaryFragment | undefined) => {
    if (!node) return
    rememberRecent(node)
    setOpen(false)
    setText('')
    setEntered(false)
    input.current?.blur()
    if (onChoose) onChoose(node)
    else go(pathOf(node))
  }
  // Enter came before the results.
  useEffect(() => {
    if (entered && isCurrent) {
      setEntered(false)
      choose(shown[0])
    }
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((at + step + shown.length) % Math.max(1, shown.length))
    } else if (event.key === 'Enter') {
      if (shown[at]) choose(shown[at])
      else setEntered(true)
    } else if (event.key === 'Escape') setOpen(false)
  }
  return (
    <div className="search">
      <TextInput
        ref={input}
        role="searchbox"
        aria-label={label}
        aria-controls={`${id}-results`}
        aria-activedescendant={isOpen && shown.length > 0 ? `${id}-${at}` : undefined}
        placeholder={isMain ? 'Search people, addresses, groups' : 'Name or address'}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setActive(0)
          setEntered(false)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
        rightSection={
          text.trim() && searchable && !isCurrent ? <Loader size="xs" /> : isMain ? <Kbd size="xs">/</Kbd> : null
        }
      />
      <Paper
        id={`${id}-results`}
        role="listbox"
        aria-label={`${label}: results`}
        className="search-results"
        shadow="md"
        withBorder
        hidden={!isOpen}
      >
        {isOpen && !text.trim() && <Heading>Recent</Heading>}
        {isOpen &&
          shown.map((node, i) => (
            <Fragment key={node.id}>
              {text.trim() && node.__typename !== shown[i - 1]?.__typename && (
                <Heading>{kindTitles[node.__typename] ?? node.__typename}</Heading>
              )}
              {/* biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search box, which names the active option. */}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search box handles the keys. */}
              <div
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === at}
                className="search-option"
                onMouseDown={(event) => event.preventDefault()}
                onMouseEnter={() => setActive(i)}
                onClick={() => choose(node)}
              >
                <KindIcon kind={node.__typename} />
                <span className="node-name">
                  <Text size="sm">{nameOf(node)}</Text>
                  <Text size="xs" c="dimmed" truncate>
                    {detailOf(node)}
                  </Text>
                </span>
              </div>
            </Fragment>
          ))}
        {isOpen && text.trim() && shown.length === 0 && (
          <Note error={read.error} current={isCurrent} searchable={searchable || !isCurrent} />
        )}
      </Paper>
    </div>
  )
}

function Note({ error, current, searchable }: { error: Error | null; current: boolean; searchable: boolean }) {
  if (!searchable) return <Heading>Type a letter or a digit.</Heading>
  if (!current) return <Heading>Searching …</Heading>
  return <Heading>{error?.message ?? 'Nothing found. Check the spelling, or search for a part.'}</Heading>
}

function Heading({ children }: { children: string }) {
  return (
    <Group px="sm" py={6} role="presentation">
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </Group>
  )
}

/** An exact address first, then by kind, each in the order of the API. */
function ordered(hits: NonNullable<SearchQuery['search']>): NodeSummaryFragment[] {
  const rank = ({ score, node }: (typeof hits)[number]) => (score === 1 ? -1 : kindOrder.indexOf(node.__typename))
  return [...hits]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, mostShown)
    .map(({ node }) => node)
}
