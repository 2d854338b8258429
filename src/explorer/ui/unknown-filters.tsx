/** Says that the address has a filter that is ignored: a list without it could be taken for the filtered one. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { useAddress } from '../session/links.tsx'
import { type KnownFilters, unknownFilters } from './words.ts'

export function UnknownFilters({ known }: { known: KnownFilters }) {
  const { parameters, set } = useAddress()
  const unknown = unknownFilters(parameters, known)
  if (unknown.length === 0) return null
  const remove = () => {
    const kept = unknown.map(([name]) => [
      name,
      parameters.getAll(name).filter((value) => !unknown.some(([other, one]) => other === name && one === value)),
    ])
    set(Object.fromEntries(kept))
  }
  return (
    <Alert color="orange" mb="sm" role="alert" title="A filter is ignored">
      <Group justify="space-between" gap="sm">
        <Text size="sm" className="break">
          The address has a filter that is not known: {unknown.map(([name, value]) => `${name}=${value}`).join(', ')}
        </Text>
        <Button size="xs" variant="default" onClick={remove}>
          Remove the filter
        </Button>
      </Group>
    </Alert>
  )
}
