/** Exports rows as a CSV file. A cell that a spreadsheet would run as a formula is written as text. */
import { Button } from '@mantine/core'
import { useState } from 'react'

export type Cells = Readonly<Record<string, string | number | null | undefined>>

async function toCsv(rows: readonly Cells[]): Promise<string> {
  const { unparse } = (await import('papaparse')).default
  return unparse(rows as object[], { escapeFormulae: true, newline: '\r\n' })
}

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
  /** Reads all rows, on all pages. */
  rows: () => Promise<readonly Cells[]> | readonly Cells[]
}

export function ExportButton({ name, rows }: ExportButtonProps) {
  const [state, setState] = useState<'idle' | 'running' | 'failed'>('idle')
  const run = async () => {
    setState('running')
    try {
      await downloadCsv(name, await rows())
      setState('idle')
    } catch {
      setState('failed')
    }
  }
  return (
    <Button size="xs" variant="default" loading={state === 'running'} onClick={() => void run()}>
      {state === 'failed' ? 'Export failed: try again' : 'Export CSV'}
    </Button>
  )
}
