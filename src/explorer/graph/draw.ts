/** How edges, nodes and labels are drawn. */
import { kindColors } from '../ui/kind-icon.tsx'
import type { Point } from './layout.ts'
import { edgeKey, type GraphEdge, type GraphNode } from './model.ts'

export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Palette {
  readonly background: string
  readonly edge: string
  readonly pending: string
  readonly path: string
  readonly text: string
  readonly outline: string
}

export const palettes: Record<'light' | 'dark', Palette> = {
  light: {
    background: '#ffffff',
    edge: '#b8c0ca',
    pending: '#d55e00',
    path: '#111827',
    text: '#16181d',
    outline: '#ffffff',
  },
  dark: {
    background: '#1f2023',
    edge: '#565c66',
    pending: '#ff8c42',
    path: '#f9fafb',
    text: '#e8eaed',
    outline: '#1f2023',
  },
}

type Place = (id: string) => Point

/** Short strokes: one stroke with thousands of lines is slower without a GPU. */
const linesPerStroke = 50

export function drawEdges(
  context: CanvasRenderingContext2D,
  edges: readonly GraphEdge[],
  place: Place,
  palette: Palette,
  path: ReadonlySet<string>,
): void {
  const isPath = ({ source, target }: GraphEdge) => path.size > 0 && path.has(edgeKey(source, target))
  const passes: [color: string, width: number, dash: number[], edges: GraphEdge[]][] = [
    [palette.edge, 1, [], edges.filter((edge) => !edge.pending && !isPath(edge))],
    [palette.pending, 1.2, [5, 4], edges.filter((edge) => edge.pending && !isPath(edge))],
    [palette.path, 3, [], edges.filter(isPath)],
  ]
  for (const [color, width, dash, some] of passes) {
    context.strokeStyle = color
    context.lineWidth = width
    context.setLineDash(dash)
    for (let at = 0; at < some.length; at += linesPerStroke) {
      context.beginPath()
      for (const { source, target } of some.slice(at, at + linesPerStroke)) {
        context.moveTo(...place(source))
        context.lineTo(...place(target))
      }
      context.stroke()
    }
  }
  context.setLineDash([])
}

export function drawNodes(
  context: CanvasRenderingContext2D,
  nodes: readonly GraphNode[],
  place: Place,
  view: View,
  palette: Palette,
): void {
  const factor = sizeFactor(view.scale)
  context.strokeStyle = palette.outline
  context.lineWidth = 1
  for (const { id, node, radius } of nodes) {
    const [x, y] = place(id)
    const r = radius * factor
    if (x < -r || y < -r || x > view.width + r || y > view.height + r) continue
    context.fillStyle = kindColors[node.__typename]
    context.beginPath()
    trace(context, node.__typename, x, y, r)
    context.fill()
    context.stroke()
  }
}

/** A circle for users, a square for groups, a diamond for roles, a triangle for aliases. */
function trace(context: CanvasRenderingContext2D, kind: string, x: number, y: number, r: number): void {
  if (kind === 'Group') context.rect(x - r, y - r, 2 * r, 2 * r)
  else if (kind === 'Role')
    polygon(context, [
      [x, y - 1.3 * r],
      [x + 1.3 * r, y],
      [x, y + 1.3 * r],
      [x - 1.3 * r, y],
    ])
  else if (kind === 'Alias')
    polygon(context, [
      [x, y - 1.2 * r],
      [x + 1.2 * r, y + r],
      [x - 1.2 * r, y + r],
    ])
  else context.arc(x, y, r, 0, 2 * Math.PI)
}

function polygon(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  for (const [i, [x, y]] of points.entries()) i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)
  context.closePath()
}

const labelHeight = 16
const mostLabels = 220

/** Labels of the largest nodes first. A label that would cover another one is left out. */
export function drawLabels(
  context: CanvasRenderingContext2D,
  nodes: readonly GraphNode[],
  place: Place,
  view: View,
  palette: Palette,
): void {
  const factor = sizeFactor(view.scale)
  const taken = new Set<string>()
  context.font = '12px system-ui, sans-serif'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 3
  context.strokeStyle = palette.background
  context.fillStyle = palette.text
  let drawn = 0
  for (const { id, label, radius } of nodes.toSorted((a, b) => b.radius - a.radius)) {
    const [x, y] = place(id)
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue
    const text = label.length > 28 ? `${label.slice(0, 27)}…` : label
    const size = text.length * 6.6
    const right = x + radius * factor + 4
    // On the other side of its node where there is no room.
    const sides = [right, x - radius * factor - 4 - size].filter((left) => left >= 0 && left + size <= view.width)
    const left = sides.find((side) => !cellsOf(side, y, size).some((cell) => taken.has(cell)))
    if (left === undefined) continue
    const cells = cellsOf(left, y, size)
    for (const cell of cells) taken.add(cell)
    context.strokeText(text, left, y)
    context.fillText(text, left, y)
    drawn += 1
    if (drawn === mostLabels) return
  }
}

/** The cells of a grid that a label covers. */
function cellsOf(left: number, y: number, width: number): string[] {
  const [top, bottom] = [
    Math.floor((y - labelHeight / 2) / labelHeight),
    Math.floor((y + labelHeight / 2) / labelHeight),
  ]
  const cells: string[] = []
  for (let column = Math.floor(left / 20); column <= Math.floor((left + width) / 20); column += 1) {
    cells.push(`${column} ${top}`)
    if (bottom !== top) cells.push(`${column} ${bottom}`)
  }
  return cells
}

interface RingMarks {
  readonly selected: ReadonlySet<string>
  readonly hovered: string | undefined
}

/** Rings around selected nodes, and the label of the hovered one. */
export function drawRings(
  context: CanvasRenderingContext2D,
  nodes: readonly GraphNode[],
  place: Place,
  view: View,
  palette: Palette,
  { selected, hovered }: RingMarks,
): void {
  const factor = sizeFactor(view.scale)
  context.strokeStyle = palette.text
  for (const { id, radius } of nodes) {
    if (!selected.has(id) && id !== hovered) continue
    const [x, y] = place(id)
    context.lineWidth = selected.has(id) ? 3 : 1.5
    context.beginPath()
    context.arc(x, y, radius * factor * 1.3 + 4, 0, 2 * Math.PI)
    context.stroke()
  }
}

/** Nodes grow slower than the distances when zooming in. */
export function sizeFactor(scale: number): number {
  return Math.min(1.4, Math.max(0.35, Math.sqrt(scale)))
}
