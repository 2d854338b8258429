/** Times as people read them: relative, with the exact time on hover. */
import { Text, Tooltip } from '@mantine/core'

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** "3 minutes ago"; "just now" within a minute. */
export function relativeTime(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1_000
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit)
  }
  return seconds > 5 ? 'in less than a minute' : 'just now'
}

export function exactTime(time: string): string {
  return exact.format(new Date(time))
}

interface TimeProps {
  value: string | null | undefined
  /** Shown if there is no time. */
  missing?: string
}

/** Shows how long ago a moment was; the exact time is in the tooltip and in the markup. */
export function Time({ value, missing = 'unknown' }: TimeProps) {
  if (!value)
    return (
      <Text span inherit c="dimmed">
        {missing}
      </Text>
    )
  return (
    <Tooltip label={exactTime(value)} withArrow>
      <time dateTime={value}>{relativeTime(value)}</time>
    </Tooltip>
  )
}
