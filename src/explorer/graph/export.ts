/** Exports of the picture: as an image, and as a table of its relationships. */
import { download, downloadCsv } from '../csv/export.tsx'
import type { Graph } from './model.ts'
import type { Picture } from './picture.ts'

export async function exportPng(picture: Picture | null): Promise<void> {
  if (picture) download('graph.png', await picture.toPng())
}

/** One row for each relationship, and one for each node without any. */
export async function exportCsv({ nodes, edges, byId, neighbors }: Graph): Promise<void> {
  const rows = edges.map(({ source, target, kind, pending }) => {
    const [from, to] = [byId.get(source), byId.get(target)]
    return {
      from: from?.label ?? source,
      'from detail': from?.detail,
      relationship: kind,
      to: to?.label ?? target,
      'to detail': to?.detail,
      policy: kind === 'MEMBER_OF' ? (pending ? 'PENDING' : 'EFFECTIVE') : null,
    }
  })
  const alone = nodes
    .filter(({ id }) => !neighbors.has(id))
    .map(({ label, detail }) => ({
      from: label,
      'from detail': detail,
      relationship: null,
      to: null,
      'to detail': null,
      policy: null,
    }))
  await downloadCsv('graph.csv', [...rows, ...alone])
}
