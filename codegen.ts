/**
 * Writes what is made from the code: `schema.graphql`, `docs/findings.md`, and from the documents of the tests and of the example client
 * typed ones and the manifests by which a server can be told to trust them.
 * With `--check` it writes nothing, and fails where a file is not as it would be.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { generate } from '@graphql-codegen/cli'
import { describeRules } from './src/analysis/findings/describe-rules.ts'
import { subgraphText } from './src/graph/federation/subgraph.ts'
import { buildSchema, schemaText } from './src/graph/schema.ts'

const root = import.meta.dirname
/** Where documents stand; what is made of them goes below, into `generated`. */
const documentFolders = ['test/graphql', 'examples/client', 'src/explorer/data']

async function main(): Promise<void> {
  const schema = buildSchema()
  const typed = await Promise.all(documentFolders.map((folder) => typedDocuments(schemaText(schema), folder)))
  const files = new Map<string, string>([
    ['schema.graphql', subgraphText(schema, { withNode: true })],
    ['docs/findings.md', describeRules()],
    ...typed.flat(),
  ])
  const stale: string[] = []
  for (const [path, content] of files) if ((await contentOf(path)) !== content) stale.push(path)
  const generated = await Promise.all(documentFolders.map((folder) => filesIn(join(folder, 'generated'))))
  const leftOver = generated.flat().filter((path) => !files.has(path))

  if (process.argv.includes('--check')) {
    if (stale.length + leftOver.length === 0) return
    const problems = [
      ...stale.map((path) => `${path} is stale`),
      ...leftOver.map((path) => `${path} is not generated any more`),
    ]
    process.stderr.write(`${problems.join('\n')}\nRun \`npm run codegen\`, and look at the difference.\n`)
    process.exitCode = 1
    return
  }
  for (const path of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), files.get(path) ?? '')
  }
  for (const path of leftOver) await rm(join(root, path))
  for (const path of [...stale, ...leftOver]) process.stdout.write(`${path}\n`)
}

/** As code that runs by type stripping, and the manifest that TRUSTED_DOCUMENTS names: each operation by the hash that its document carries. */
async function typedDocuments(schema: string, folder: string): Promise<[path: string, content: string][]> {
  const files: { filename: string; content: string }[] = await generate(
    {
      cwd: root,
      silent: true,
      schema,
      documents: `${folder}/*.graphql`,
      generates: {
        [`${folder}/generated/`]: {
          preset: 'client',
          presetConfig: {
            fragmentMasking: false,
            skipIndexFile: true,
            persistedDocuments: { hashAlgorithm: 'sha256' },
          },
          config: {
            documentMode: 'string',
            useTypeImports: true,
            enumsAsTypes: true,
            importExtension: '.ts',
            strictScalars: true,
            scalars: { DateTime: 'string', EmailAddress: 'string', JSON: 'unknown', _Any: 'unknown' },
          },
        },
      },
    },
    false,
  )
  // The preset's other file serves queries that are written between the lines of code, by their text.
  const made = (name: string) => {
    const path = join(folder, 'generated', name)
    const file = files.find(({ filename }) => relative(root, resolve(root, filename)) === path)
    if (!file) throw new Error(`The generator made no ${path}, but ${files.map(({ filename }) => filename).join(', ')}`)
    return file.content
  }
  return [
    [join(folder, 'generated', 'graphql.ts'), made('graphql.ts')],
    [join(folder, 'generated', 'trusted-documents.json'), made('persisted-documents.json')],
  ]
}

async function contentOf(path: string): Promise<string | undefined> {
  return await readFile(join(root, path), 'utf8').catch(() => undefined)
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder)).catch(() => [])
  return names.map((name) => join(folder, name))
}

await main()
