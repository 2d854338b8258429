/** What the program loads at its start, and that the hook of quick-start.js loads the same files as Node does. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const withHook = ['--import', './src/cli/quick-start.js']

async function run(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repository, maxBuffer: 2 ** 24 })
  return stdout
}

/** The files that a module loads, with their formats, in the order of their names. */
async function loadedBy(file: string, flags: readonly string[]): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = new Set()
    registerHooks({
      load(url, context, next) {
        const result = next(url, context)
        if (url.startsWith('file:')) loaded.add(url + ' ' + result.format)
        return result
      },
    })
    await import(${JSON.stringify(file)})
    process.stdout.write(JSON.stringify([...loaded].sort()), () => process.exit())`
  const loaded = await run([...flags, '--input-type=module', '--eval', program])
  return (JSON.parse(loaded) as string[]).map((each) => each.replace(/^.*?\/(node_modules|src)\//, '$1/'))
}

test('quick start: the hook loads the same files as Node alone, in the same formats', async () => {
  for (const file of ['./src/cli/serve.ts', './src/graph/federation/type-prefix.ts', './src/sync/queue.ts'])
    expect(await loadedBy(file, withHook)).toEqual(await loadedBy(file, []))
})

test('quick start: the API loads no package that only a worker, an identity provider, a prefix or a terminal needs', async () => {
  const loaded = await loadedBy('./src/cli/serve.ts', withHook)
  expect(loaded).toContain('node_modules/graphql-yoga/esm/index.js module')
  const needless =
    /^node_modules\/(jose|pino-pretty|ioredis|@graphql-tools\/wrap|bullmq\/dist\/cjs\/classes|undici\/index)/
  expect(loaded.filter((file) => needless.test(file))).toEqual([])
  expect(loaded.length).toBeLessThan(1_600)
})

test('quick start: the second start loads no type stripper', async () => {
  const report = 'data:text/javascript,process.on("exit",()=>process.stdout.write(process.moduleLoadList.join("\\n")))'
  const start = () => run([...withHook, '--import', report, 'src/main.ts', '--version'])
  await start()
  expect(await start()).not.toContain('amaro')
  expect(await run(['--import', report, 'src/main.ts', '--version'])).toContain('amaro')
})
