/** Sign-in by the identity provider, if the server has one, or by a token. */
import { Alert, Button, Card, Center, Divider, Loader, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { RequestError } from '../data/request.ts'
import { finishSignIn, providerOf, startSignIn } from './oidc.ts'
import { useSession } from './session.tsx'

const provider = providerOf(document)

export function SignIn({ problem }: { problem: RequestError | null }) {
  const { signIn } = useSession()
  const [location, navigate] = useLocation()
  const [token, setToken] = useState('')
  const [failure, setFailure] = useState<string>()
  const returning = provider !== undefined && location === '/sign-in' && failure === undefined
  const finished = useRef(false)

  useEffect(() => {
    // The code can be exchanged once, and React runs effects twice during development.
    if (!returning || finished.current) return
    finished.current = true
    finishSignIn(provider).then(
      ({ token: brought, path }) => {
        navigate(path === '/sign-in' ? '/' : path, { replace: true })
        signIn(brought)
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    )
  }, [returning, navigate, signIn])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim()) signIn(token.trim())
  }
  if (returning) {
    return (
      <Center mih="100vh">
        <Loader aria-label="Signing in" />
      </Center>
    )
  }
  return (
    <Center mih="100vh" p="md">
      <Card component="main" withBorder shadow="sm" radius="md" padding="xl" w="100%" maw={420}>
        <Stack>
          <Title order={1} size="h2">
            Essentials graph
          </Title>
          <Text c="dimmed" size="sm">
            Users, aliases, groups and roles, with their history.
          </Text>
          {problem && (
            <Alert color="red" title="The token was not accepted" role="alert">
              {problem.message}
            </Alert>
          )}
          {failure && (
            <Alert color="red" title="The identity provider did not sign you in" role="alert">
              {failure}
            </Alert>
          )}
          {provider && (
            <>
              <Button
                onClick={() =>
                  startSignIn(provider).catch((error: unknown) =>
                    setFailure(error instanceof Error ? error.message : String(error)),
                  )
                }
              >
                Sign in with {new URL(provider.issuer).host}
              </Button>
              <Divider label="or with a token" />
            </>
          )}
          <form onSubmit={submit}>
            <Stack>
              <PasswordInput
                label="Token"
                description="Kept in this tab only, until it is closed."
                value={token}
                onChange={(event) => setToken(event.currentTarget.value)}
                autoComplete="off"
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
              />
              <Button type="submit" variant={provider ? 'default' : 'filled'}>
                Sign in
              </Button>
            </Stack>
          </form>
          <Text c="dimmed" size="xs">
            An administrator creates tokens with <code>npm run token -- create --name NAME --scope read</code>.
          </Text>
        </Stack>
      </Card>
    </Center>
  )
}
