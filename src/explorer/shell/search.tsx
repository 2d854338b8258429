/** The search box: results while typing, people first, and the last ones that were opened. */
import { Group, Kbd, Loader, Paper, Text, TextInput } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { type NodeSummaryFragment, SearchDocument } from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { useGo } from '../session/links.tsx'
import { KindIcon } from '../ui/kind-icon.tsx'
import { detailOf, nameOf, pathOf } from '../ui/node-link.tsx'
import { readRecent, rememberRecent } from './recent.ts'

const kindOrder = ['User', 'Alias', 'Group', 'Role', 'Organization']

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
  const [wanted] = useDebouncedValue(text.trim(), 150)
  const searchable = /[\p{L}\p{N}]/u.test(wanted)
  const read = useRead(SearchDocument, { text: wanted.slice(0, 200) }, { enabled: searchable })
  useHotkeys(isMain ? [['/', () => input.current?.focus()]] : [])

  const found = searchable && text.trim() ? (read.data?.search ?? []).map(({ node }) => node) : undefined
  const shown = text.trim() ? byKind(found ?? []) : readRecent()
  const at = Math.min(active, shown.length - 1)
  const isOpen = open && (text.trim() !== '' || shown.length > 0)

  const choose = (node: NodeSummaryFragment | undefined) => {
    if (!node) return
    rememberRecent(node)
    setOpen(false)
    setText('')
    input.current?.blur()
    if (onChoose) onChoose(node)
    else go(pathOf(node))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((at + step + shown.length) % Math.max(1, shown.length))
    } else if (event.key === 'Enter') choose(shown[at])
    else if (event.key === 'Escape') setOpen(false)
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
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
        rightSection={read.loading && searchable ? <Loader size="xs" /> : isMain ? <Kbd size="xs">/</Kbd> : null}
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
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search box, which names the active option.
            // biome-ignore lint/a11y/useKeyWithClickEvents: the search box handles the keys.
            <div
              key={node.id}
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
          ))}
        {isOpen && text.trim() && shown.length === 0 && <Note read={read} searchable={searchable} />}
      </Paper>
    </div>
  )
}

function Note({ read, searchable }: { read: { error: Error | null; loading: boolean }; searchable: boolean }) {
  if (!searchable) return <Heading>Type a letter or a digit.</Heading>
  if (read.error) return <Heading>{read.error.message}</Heading>
  return <Heading>{read.loading ? 'Searching …' : 'Nothing found. Check the spelling, or search for a part.'}</Heading>
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

/** Keeps the order of the results within each kind. */
function byKind(nodes: readonly NodeSummaryFragment[]): NodeSummaryFragment[] {
  return [...nodes].sort((a, b) => kindOrder.indexOf(a.__typename) - kindOrder.indexOf(b.__typename)).slice(0, 12)
}
