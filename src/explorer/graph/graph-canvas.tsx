/** The picture with its mouse, touch and keyboard controls. */
import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { type Point, startLayout } from './layout.ts'
import type { Graph, GraphNode } from './model.ts'
import { Picture } from './picture.ts'

interface GraphCanvasProps {
  graph: Graph
  selected: readonly string[]
  path: ReadonlySet<string>
  picture: RefObject<Picture | null>
  onSelect: (id: string) => void
  onExpand: (id: string) => void
}

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function GraphCanvas({ graph, selected, path, picture, onSelect, onExpand }: GraphCanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const lower = useRef<HTMLCanvasElement>(null)
  const upper = useRef<HTMLCanvasElement>(null)
  const gesture = useRef<{ x: number; y: number; node: GraphNode | undefined; moved: boolean } | undefined>(undefined)
  /** After the reader moved the picture, the layout no longer fits it into the canvas. */
  const moved = useRef(false)
  const [hovered, setHovered] = useState<GraphNode>()
  const [settled, setSettled] = useState(false)
  const dark = useComputedColorScheme('light') === 'dark'
  const marks = useMemo(() => ({ selected: new Set(selected), hovered: hovered?.id, path }), [selected, hovered, path])

  useEffect(() => {
    if (!lower.current || !upper.current || !box.current) return
    const created = new Picture(lower.current, upper.current)
    picture.current = created
    const observer = new ResizeObserver(([entry]) => {
      if (entry) created.resize(entry.contentRect.width, entry.contentRect.height)
      if (!moved.current) created.fit()
    })
    observer.observe(box.current)
    // React's wheel listeners are passive, so they cannot keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      moved.current = true
      created.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY)
    }
    const { current } = box
    current.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      observer.disconnect()
      current.removeEventListener('wheel', onWheel)
      created.dispose()
      picture.current = null
    }
  }, [picture])

  useEffect(() => {
    const current = picture.current
    if (!current) return
    setSettled(false)
    moved.current = false
    current.setGraph(graph)
    return startLayout(graph, current.positions, (positions, done) => {
      current.setPositions(positions)
      if (!moved.current) current.fit()
      if (done) setSettled(true)
    })
  }, [graph, picture])

  useEffect(() => picture.current?.setMarks(marks), [marks, picture])
  useEffect(() => picture.current?.setDark(dark), [dark, picture])

  const pointOf = ({ nativeEvent }: PointerEvent): Point => [nativeEvent.offsetX, nativeEvent.offsetY]
  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    const [x, y] = pointOf(event)
    event.currentTarget.setPointerCapture(event.pointerId)
    const node = picture.current?.pick(x, y)
    gesture.current = { x, y, node, moved: false }
    if (node) picture.current?.startDrag(node.id)
  }
  const onPointerMove = (event: PointerEvent) => {
    const [x, y] = pointOf(event)
    const current = gesture.current
    if (!current) {
      const node = picture.current?.pick(x, y)
      if (node !== hovered) setHovered(node)
      return
    }
    if (!current.moved && Math.hypot(x - current.x, y - current.y) < 4) return
    moved.current = true
    if (current.node) picture.current?.dragTo(x, y)
    else picture.current?.pan(x - current.x, y - current.y)
    gesture.current = current.node ? { ...current, moved: true } : { x, y, node: undefined, moved: true }
  }
  const onPointerUp = () => {
    picture.current?.endDrag()
    const { node, moved: wasMoved } = gesture.current ?? {}
    gesture.current = undefined
    if (node && !wasMoved) onSelect(node.id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = arrows[event.key]
    if (direction) {
      const next = nextNode(graph, picture.current, hovered, direction)
      if (next) picture.current?.reveal(next.id)
      setHovered(next)
    } else if (event.key === 'Enter' || event.key === ' ') hovered && onSelect(hovered.id)
    else if (event.key === 'e') hovered && onExpand(hovered.id)
    else if (event.key === '+' || event.key === '-') picture.current?.zoom(event.key === '+' ? 1.3 : 1 / 1.3)
    else if (event.key === '0') picture.current?.fit()
    else return
    event.preventDefault()
  }
  const place = hovered && picture.current?.placeOf(hovered.id)
  return (
    <div
      className="picture"
      ref={box}
      data-settled={settled}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is controlled by the keyboard.
      tabIndex={0}
      role="application"
      aria-label={description(graph)}
      onKeyDown={onKeyDown}
    >
      <canvas ref={lower} />
      <canvas
        ref={upper}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => setHovered(undefined)}
        onDoubleClick={() => hovered && onExpand(hovered.id)}
      />
      <span className="visually-hidden" role="status">
        {hovered ? `${hovered.node.__typename} ${hovered.label}, ${hovered.detail}` : ''}
      </span>
      {hovered && place && (
        <div className="picture-tip" style={tipStyle(place, box.current?.clientWidth ?? 0)} aria-hidden="true">
          <strong>{hovered.label}</strong>
          <br />
          {hovered.detail}
        </div>
      )}
    </div>
  )
}

function description({ nodes, edges }: Graph): string {
  const size = `Picture of ${nodes.length} nodes and ${edges.length} relationships.`
  return `${size} Arrow keys move, Enter selects, E expands, plus and minus zoom. The list beside it says the same.`
}

function tipStyle([x, y]: Point, width: number): { left?: number; right?: number; top: number } {
  return x > width / 2
    ? { right: width - x + 18, top: Math.max(4, y - 20) }
    : { left: x + 18, top: Math.max(4, y - 20) }
}

/** The nearest node in the direction of an arrow key. */
function nextNode(
  graph: Graph,
  picture: Picture | null,
  from: GraphNode | undefined,
  [dx, dy]: Point,
): GraphNode | undefined {
  if (!from || !picture) return graph.nodes[0]
  const [x, y] = picture.placeOf(from.id)
  let best: GraphNode | undefined
  let least = Number.POSITIVE_INFINITY
  for (const node of graph.nodes) {
    const [nodeX, nodeY] = picture.placeOf(node.id)
    const along = (nodeX - x) * dx + (nodeY - y) * dy
    const across = Math.abs((nodeX - x) * dy) + Math.abs((nodeY - y) * dx)
    if (along <= 1) continue
    const distance = along + 2 * across
    if (distance < least) [best, least] = [node, distance]
  }
  return best ?? from
}
