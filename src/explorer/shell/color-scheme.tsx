/** Light, dark, or as the system says. The choice is kept in local storage, by Mantine. */
import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'

const schemes: readonly { value: MantineColorScheme; label: string }[] = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

export function ColorSchemeItem() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Menu.Label>Appearance</Menu.Label>
      {schemes.map(({ value, label }) => (
        <Menu.Item
          key={value}
          onClick={() => setColorScheme(value)}
          rightSection={colorScheme === value ? '✓' : undefined}
          aria-current={colorScheme === value ? 'true' : undefined}
        >
          {label}
        </Menu.Item>
      ))}
    </>
  )
}
