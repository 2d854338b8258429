/** Links and navigation that keep the organization and the moment in the address. */
import { Anchor, type AnchorProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { useCallback } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'

const carried = ['organization', 'asOf']

/** Adds the carried parameters of the current address to a path. */
export function useCarry(): (path: string) => string {
  const [parameters] = useSearchParams()
  const kept = carried.map((name) => `${name}=${parameters.get(name) ?? ''}`).join('&')
  return useCallback(
    (path) => {
      const [base = '', query = ''] = path.split('?')
      const all = new URLSearchParams(query)
      for (const [name, value] of new URLSearchParams(kept)) if (value && !all.has(name)) all.set(name, value)
      const text = all.toString()
      return text ? `${base}?${text}` : base
    },
    [kept],
  )
}

export function useGo(): (path: string, options?: { replace?: boolean }) => void {
  const [, navigate] = useLocation()
  const carry = useCarry()
  return useCallback((path, options) => navigate(carry(path), options), [navigate, carry])
}

interface AppLinkProps extends AnchorProps {
  to: string
  children: ReactNode
  title?: string
}

export function AppLink({ to, children, ...rest }: AppLinkProps) {
  const carry = useCarry()
  return (
    <Anchor component={Link} href={carry(to)} inherit={rest.size === undefined} {...rest}>
      {children}
    </Anchor>
  )
}

/** Parameters of the address with setters that replace or push, and drop empty values. */
export function useAddress() {
  const [parameters, setParameters] = useSearchParams()
  const set = (values: Record<string, string | readonly string[] | undefined>, options?: { replace?: boolean }) =>
    setParameters((previous) => {
      const next = new URLSearchParams(previous)
      for (const [name, value] of Object.entries(values)) {
        next.delete(name)
        for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one) next.append(name, one)
      }
      return next
    }, options)
  return { parameters, set }
}
