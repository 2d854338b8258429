/** The frame of every page: navigation, search, the moment, the organization and the session. */
import { ActionIcon, AppShell, Box, Burger, Button, Group, Menu, NativeSelect, NavLink, Text } from '@mantine/core'
import { useDisclosure, useNetwork } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { useCarry, useGo } from '../session/links.tsx'
import { isOn, queryEditor, views } from '../session/pages.ts'
import { useSession } from '../session/session.tsx'
import { AsOf, PastBanner } from './as-of.tsx'
import { ColorSchemeItem } from './color-scheme.tsx'
import { forgetRecent } from './recent.ts'
import { Search } from './search.tsx'

export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure(false)
  const [location] = useLocation()
  const carry = useCarry()
  const { online } = useNetwork()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the navigation.
  useEffect(close, [location])
  const shownAt = useRef(location)
  useEffect(() => {
    // A screen reader goes on at the new page, and the keyboard, too.
    if (shownAt.current !== location) document.getElementById('content')?.focus()
    shownAt.current = location
  }, [location])
  return (
    <AppShell
      header={{ height: { base: 104, sm: 60 } }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <div className="header">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text component={Link} href={carry('/')} fw={700} className="brand">
              Essentials graph
            </Text>
          </Group>
          <Box className="header-search">
            <Search />
          </Box>
          <Group gap="xs" wrap="nowrap" justify="flex-end" className="header-tools">
            <AsOf />
            <SessionMenu />
          </Group>
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        {views.map((page) => {
          const active = isOn(page, location)
          return (
            <NavLink
              key={page.path}
              component={Link}
              href={carry(page.path)}
              label={page.label}
              active={active}
              aria-current={active ? 'page' : undefined}
            />
          )
        })}
        <NavLink href={carry(queryEditor.path)} label={queryEditor.label} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <PastBanner />
        {!online && (
          <Box className="offline" role="alert" mb="md">
            Offline: the data below may be out of date. It is read again when the connection is back.
          </Box>
        )}
        {children}
      </AppShell.Main>
    </AppShell>
  )
}

function SessionMenu() {
  const { organizations, organization, signOut } = useSession()
  const go = useGo()
  const several = (organizations?.length ?? 0) > 1
  return (
    <Group gap="xs" wrap="nowrap">
      {several && (
        <NativeSelect
          aria-label="Organization"
          value={organization}
          data={organizations?.map(({ slug, name }) => ({ value: slug, label: name })) ?? []}
          onChange={(event) => go(`/?organization=${encodeURIComponent(event.currentTarget.value)}`)}
        />
      )}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="Session and appearance">
            ⋮
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ColorSchemeItem />
          <Menu.Divider />
          <Menu.Item
            onClick={() => {
              forgetRecent()
              signOut()
            }}
          >
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

/** The title of a page, which is also the title of the document. */
export function PageTitle({ children, actions }: { children: string; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${children} · Essentials graph`
  }, [children])
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <h1 className="page-title">{children}</h1>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}

export function LinkButton({ to, children }: { to: string; children: string }) {
  const carry = useCarry()
  return (
    <Button component={Link} href={carry(to)} variant="default" size="xs">
      {children}
    </Button>
  )
}
