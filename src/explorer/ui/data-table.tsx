/** A table that scrolls sideways within itself, with columns that can be sorted and hidden. */
import { Button, Checkbox, Menu, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAddress } from '../session/links.tsx'

export interface Column<Row> {
  readonly key: string
  readonly label: string
  readonly cell: (row: Row) => ReactNode
  /** The name of the sort key, if the list can be sorted by this column. */
  readonly sort?: string
  /** Not shown unless the address asks for it. */
  readonly optional?: boolean
}

interface DataTableProps<Row> {
  label: string
  rows: readonly Row[]
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
}

export function DataTable<Row>({ label, rows, keyOf, columns }: DataTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table is no group of form fields, and a region would repeat the panel's name.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <div className="table-scroll" role="group" aria-label={label} tabIndex={0}>
      <Table verticalSpacing={6} horizontalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Heading key={column.key} column={column} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ key, cell }) => (
                <Table.Td key={key}>{cell(row)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Heading<Row>({ column: { label, sort } }: { column: Column<Row> }) {
  const { parameters, set } = useAddress()
  if (!sort) return <Table.Th scope="col">{label}</Table.Th>
  const [field, direction] = (parameters.get('sort') ?? '').split(':')
  const active = field === sort
  const descending = active && direction === 'DESC'
  return (
    <Table.Th scope="col" aria-sort={active ? (descending ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        className="sort-button"
        onClick={() =>
          set({ sort: `${sort}:${active && !descending ? 'DESC' : 'ASC'}`, after: undefined, before: undefined })
        }
      >
        {label} <span aria-hidden="true">{active ? (descending ? '▼' : '▲') : '↕'}</span>
      </button>
    </Table.Th>
  )
}

/** The columns that the address shows, and a menu to choose them. */
export function useColumns<Row>(all: readonly Column<Row>[]) {
  const { parameters, set } = useAddress()
  const chosen = parameters.get('columns')?.split(',')
  const isShown = ({ key, optional }: Column<Row>) => (chosen ? chosen.includes(key) : !optional)
  const shown = all.filter(isShown)
  const toggle = (column: Column<Row>) => {
    const keys = all.filter((one) => (one === column ? !isShown(one) : isShown(one))).map(({ key }) => key)
    if (keys.length > 0) set({ columns: keys.join(',') }, { replace: true })
  }
  const menu = (
    <Menu closeOnItemClick={false} shadow="md" position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default">
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {all.map((column) => (
          <Menu.Item
            key={column.key}
            onClick={() => toggle(column)}
            role="menuitemcheckbox"
            aria-checked={isShown(column)}
          >
            <Checkbox label={column.label} checked={isShown(column)} readOnly tabIndex={-1} size="xs" aria-hidden />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
  return { shown, menu }
}

/** The sort key of the address, if it is one of the fields. */
export function sortOf<Field extends string>(parameters: URLSearchParams, fields: readonly Field[]) {
  const [name, direction] = (parameters.get('sort') ?? '').split(':')
  const field = fields.find((one) => one === name)
  return field ? [{ field, direction: direction === 'DESC' ? ('DESC' as const) : ('ASC' as const) }] : undefined
}
