/** Exports rows as a CSV file. A cell that a spreadsheet would run as a formula is written as text. */
import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { type Cells, toCsv } from './rows.ts'

/** Offers a file to the browser. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has taken the content over by the next task.
  setTimeout(() => URL.revokeObjectURL(address))
}

export async function downloadCsv(name: string, rows: readonly Cells[]): Promise<void> {
  // The mark tells spreadsheets that the text is UTF-8.
  download(name, new Blob(['\uFEFF', await toCsv(rows)], { type: 'text/csv;charset=utf-8' }))
}

interface ExportButtonProps {
  name: string
  /** At most this number of rows is exported, which is said if it is reached. */
  most?: number
  /** Reads all rows, on all pages. */
  rows: () => Promise<readonly Cells[]> | readonly Cells[]
}

export function ExportButton({ name, rows, most = Number.POSITIVE_INFINITY }: ExportButtonProps) {
  const [state, setState] = useState<'idle' | 'running' | 'failed' | 'cut'>('idle')
  const run = async () => {
    setState('running')
    try {
      const all = await rows()
      await downloadCsv(name, all)
      setState(all.length >= most ? 'cut' : 'idle')
    } catch {
      setState('failed')
    }
  }
  const bound = most.toLocaleString('en')
  return (
    <>
      {state === 'cut' && (
        <Text size="xs" role="status">
          Only the first {bound} rows were exported. Narrow the filter.
        </Text>
      )}
      <Button
        size="xs"
        variant="default"
        loading={state === 'running'}
        title={Number.isFinite(most) ? `All rows that match, on all pages, at most ${bound}` : undefined}
        onClick={() => void run()}
      >
        {state === 'failed' ? 'Export failed: try again' : 'Export CSV'}
      </Button>
    </>
  )
}
