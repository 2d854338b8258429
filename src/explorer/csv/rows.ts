/** The rows of an export. */
export type Cells = Readonly<Record<string, string | number | null | undefined>>

/** A cell that a spreadsheet would run as a formula is written as text. */
export async function toCsv(rows: readonly Cells[]): Promise<string> {
  const { unparse } = (await import('papaparse')).default
  return unparse(rows as object[], { escapeFormulae: true, newline: '\r\n' })
}

/** At most this number of rows of an ordinary list is exported. */
export const mostExported = 10_000

/** Reads page after page until there is no next one, or `most` rows are there. */
export async function readAll<Row>(
  read: (cursor: string | null) => Promise<{ rows: readonly Row[]; next: string | null }>,
  most: number,
): Promise<Row[]> {
  const all: Row[] = []
  let cursor: string | null = null
  do {
    const { rows, next } = await read(cursor)
    all.push(...rows)
    cursor = next
  } while (cursor !== null && all.length < most)
  return all.slice(0, most)
}
