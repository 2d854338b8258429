/** Shows an error of a page in its place, so that the navigation and the search remain. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'

interface State {
  readonly error?: unknown
}

export class CatchErrors extends Component<{ children: ReactNode }, State> {
  override state: State = {}

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render() {
    if (this.state.error === undefined) return this.props.children
    return (
      <Alert color="red" title="This page could not be shown" role="alert">
        <Group justify="space-between" gap="sm">
          <Text size="sm">
            A part of the application could not be loaded, or it has an error. The server may be out of reach, or have a
            new version.
          </Text>
          {/* A module that failed to load is not asked for again by the same page. */}
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            Load the page again
          </Button>
        </Group>
      </Alert>
    )
  }
}
