/**
 * Draws the graph on two canvases. The lower one has all edges, nodes and labels; panning and zooming move it as a bitmap
 * until the sharp picture follows. The upper one has what changes often: the dragged node, the focus and the selection.
 */
import { drawEdges, drawLabels, drawNodes, drawRings, type Palette, palettes, sizeFactor, type View } from './draw.ts'
import type { Point } from './layout.ts'
import type { Graph, GraphNode } from './model.ts'

export interface Marks {
  readonly selected: ReadonlySet<string>
  readonly hovered: string | undefined
  /** Keys of the edges of shortest paths. */
  readonly path: ReadonlySet<string>
}

const settleMs = 120

export class Picture {
  readonly #lower: CanvasRenderingContext2D
  readonly #upper: CanvasRenderingContext2D
  #graph: Graph = { nodes: [], edges: [], byId: new Map(), neighbors: new Map() }
  #positions = new Map<string, Point>()
  #marks: Marks = { selected: new Set(), hovered: undefined, path: new Set() }
  #palette: Palette = palettes.light
  #view: View = { scale: 1, x: 0, y: 0, width: 1, height: 1 }
  /** The view of the last sharp picture. */
  #drawn: View = this.#view
  #dragged: string | undefined
  #stale = true
  #frame = 0
  #timer = 0
  /** The time that the last frame took on the main thread, in ms. */
  lastFrameMs = 0

  constructor(lower: HTMLCanvasElement, upper: HTMLCanvasElement) {
    const [a, b] = [lower.getContext('2d', { alpha: false }), upper.getContext('2d')]
    if (!a || !b) throw new Error('The browser cannot draw on a canvas.')
    this.#lower = a
    this.#upper = b
  }

  get positions(): ReadonlyMap<string, Point> {
    return this.#positions
  }

  setGraph(graph: Graph): void {
    this.#graph = graph
    this.#redraw()
  }

  setPositions(positions: ReadonlyMap<string, Point>): void {
    const held = this.#dragged ? this.#positions.get(this.#dragged) : undefined
    this.#positions = new Map(positions)
    if (this.#dragged && held) this.#positions.set(this.#dragged, held)
    this.#redraw()
  }

  setMarks(marks: Marks): void {
    const pathChanged = marks.path !== this.#marks.path
    this.#marks = marks
    if (pathChanged) this.#redraw()
    else this.#ask()
  }

  setDark(dark: boolean): void {
    this.#palette = dark ? palettes.dark : palettes.light
    this.#redraw()
  }

  resize(width: number, height: number): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1)
    for (const { canvas } of [this.#lower, this.#upper]) {
      canvas.width = Math.max(1, Math.round(width * ratio))
      canvas.height = Math.max(1, Math.round(height * ratio))
    }
    this.#lower.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.#upper.setTransform(ratio, 0, 0, ratio, 0, 0)
    const { x, y, width: before, height: beforeHeight } = this.#view
    this.#view = { ...this.#view, width, height, x: x + (width - before) / 2, y: y + (height - beforeHeight) / 2 }
    this.#redraw()
  }

  /** Shows all nodes. */
  fit(): void {
    const { width, height } = this.#view
    const points = this.#graph.nodes.flatMap(({ id }) => this.#positions.get(id) ?? [])
    if (points.length === 0) return
    const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)]
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    // Labels are beside their nodes.
    const margin = Math.min(90, width / 8)
    const scale = Math.min(
      3,
      Math.max(20, width - 2 * margin) / Math.max(1, right - left),
      Math.max(20, height - 2 * margin) / Math.max(1, bottom - top),
    )
    this.#view = {
      width,
      height,
      scale,
      x: width / 2 - (scale * (left + right)) / 2,
      y: height / 2 - (scale * (top + bottom)) / 2,
    }
    this.#redraw()
  }

  pan(dx: number, dy: number): void {
    this.#view = { ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy }
    this.#settle()
  }

  /** Zooms around a point of the canvas, its center by default. */
  zoom(factor: number, atX = this.#view.width / 2, atY = this.#view.height / 2): void {
    const scale = Math.min(8, Math.max(0.02, this.#view.scale * factor))
    const by = scale / this.#view.scale
    const { x, y } = this.#view
    this.#view = { ...this.#view, scale, x: atX - (atX - x) * by, y: atY - (atY - y) * by }
    this.#settle()
  }

  /** The topmost node at a point of the canvas. */
  pick(x: number, y: number): GraphNode | undefined {
    return this.#graph.nodes.findLast(({ id, radius }) => {
      const [nodeX, nodeY] = this.placeOf(id)
      return Math.hypot(nodeX - x, nodeY - y) <= Math.max(8, radius * sizeFactor(this.#view.scale) + 2)
    })
  }

  /** Where the node is on the canvas. */
  placeOf(id: string): Point {
    const [x, y] = this.#positions.get(id) ?? [0, 0]
    return [x * this.#view.scale + this.#view.x, y * this.#view.scale + this.#view.y]
  }

  startDrag(id: string): void {
    this.#dragged = id
    this.#redraw()
  }

  dragTo(x: number, y: number): void {
    if (!this.#dragged) return
    const { scale, x: left, y: top } = this.#view
    this.#positions.set(this.#dragged, [(x - left) / scale, (y - top) / scale])
    this.#ask()
  }

  endDrag(): void {
    this.#dragged = undefined
    this.#redraw()
  }

  /** Pans so that the node is visible. */
  reveal(id: string): void {
    const [x, y] = this.placeOf(id)
    const { width, height } = this.#view
    const inside = x > 30 && y > 30 && x < width - 30 && y < height - 30
    if (!inside) this.pan(width / 2 - x, height / 2 - y)
  }

  async toPng(): Promise<Blob> {
    this.#drawAll()
    const { promise, resolve, reject } = Promise.withResolvers<Blob>()
    this.#lower.canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is empty.'))),
      'image/png',
    )
    return await promise
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#timer)
  }

  #redraw(): void {
    this.#stale = true
    this.#ask()
  }

  #ask(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw())
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.#redraw(), settleMs)
    this.#ask()
  }

  #draw(): void {
    const startedAt = performance.now()
    this.#frame = 0
    if (this.#stale) this.#drawAll()
    else {
      const { scale, x, y } = this.#view
      const by = scale / this.#drawn.scale
      this.#lower.canvas.style.transform = `translate(${x - this.#drawn.x * by}px, ${y - this.#drawn.y * by}px) scale(${by})`
    }
    this.#drawUpper()
    this.lastFrameMs = performance.now() - startedAt
  }

  #drawAll(): void {
    const { width, height } = this.#view
    const context = this.#lower
    this.#stale = false
    this.#drawn = this.#view
    context.canvas.style.transform = ''
    context.fillStyle = this.#palette.background
    context.fillRect(0, 0, width, height)
    const nodes = this.#graph.nodes.filter(({ id }) => id !== this.#dragged)
    const edges = this.#graph.edges.filter(({ source, target }) => source !== this.#dragged && target !== this.#dragged)
    const place = (id: string) => this.placeOf(id)
    drawEdges(context, edges, place, this.#palette, this.#marks.path)
    drawNodes(context, nodes, place, this.#view, this.#palette)
    drawLabels(context, nodes, place, this.#view, this.#palette)
  }

  #drawUpper(): void {
    const { width, height } = this.#view
    const context = this.#upper
    context.clearRect(0, 0, width, height)
    const place = (id: string) => this.placeOf(id)
    const { selected, hovered, path } = this.#marks
    const moving = this.#dragged ? (this.#graph.neighbors.get(this.#dragged) ?? []) : []
    const around = hovered && !this.#dragged ? (this.#graph.neighbors.get(hovered) ?? []) : []
    drawEdges(context, moving, place, this.#palette, path)
    drawEdges(context, around, place, { ...this.#palette, edge: this.#palette.text, pending: this.#palette.text }, path)
    const ends = [...moving, ...around].flatMap(({ source, target }) => [source, target])
    const touched = new Set([...ends, ...selected, this.#dragged ?? '', hovered ?? ''])
    const nodes = [...touched].flatMap((id) => this.#graph.byId.get(id) ?? [])
    drawNodes(context, nodes, place, this.#view, this.#palette)
    drawRings(context, nodes, place, this.#view, this.#palette, this.#marks)
  }
}
