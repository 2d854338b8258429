/** The container files: docker-compose.yml, .env.example and the Kubernetes manifests. */
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Deployment } from 'kubernetes-models/apps/v1'
import { Job } from 'kubernetes-models/batch/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { variables } from '../src/config/variables.ts'

const root = new URL('..', import.meta.url).pathname
const read = async (path: string) => await readFile(join(root, path), 'utf8')
const known = Object.keys(variables.shape)
/** Set by the image, or by docker-compose.yml itself. */
const fixed = ['DATA_DIR', 'DATABASE_URL', 'DATABASE_URL_FILE', 'HOST', 'PORT', 'REDIS_URL', 'REDIS_URL_FILE']
const secrets = [
  'ADMIN_TOKEN',
  'ESSENTIALS_API_KEY',
  'ESSENTIALS_API_SECRET',
  'ESSENTIALS_PASSWORD',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'SECRET_KEY',
]

interface Compose {
  readonly services: Readonly<
    Record<string, { environment: Record<string, string>; healthcheck?: object; ports?: string[]; volumes?: string[] }>
  >
}

test('docker-compose.yml: the processes get every variable of .env, under its own name', async () => {
  const { services } = parse(await read('docker-compose.yml'), { merge: true }) as Compose
  for (const [name, { environment }] of Object.entries(services)) {
    if (!['api', 'worker', 'migrate'].includes(name)) continue
    const expected = known.filter((one) => !fixed.includes(one) && (name === 'api' || !one.startsWith('ADMIN_TOKEN')))
    const passed = Object.entries(environment).filter(([, value]) => value.startsWith('${'))
    expect(passed.map(([one]) => one).sort()).toEqual(expected.sort())
    for (const [one, value] of passed) expect(value).toMatch(new RegExp(`^\\$\\{${one}:[-?][^}]*\\}$`))
    expect(environment).toMatchObject({ REDIS_URL: 'redis://redis:6379' })
  }
})

test('docker-compose.yml: several APIs find a free port each, and what listens has a health check', async () => {
  const { services } = parse(await read('docker-compose.yml'), { merge: true }) as Compose
  expect(services.api?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\$\{API_PORT:-\d+-\d+\}:4000$/)])
  for (const name of ['postgres', 'redis']) expect(services[name]?.healthcheck).toHaveProperty('test')
  expect(await read('Dockerfile')).toMatch(/^HEALTHCHECK /m)
  expect(services.api).not.toHaveProperty('healthcheck')
  // Its port must be known, so METRICS_PORT has a default there.
  expect(services.worker?.environment.METRICS_PORT).toMatch(/:-\d+\}$/)
  expect(services.worker?.healthcheck).toHaveProperty(
    'test',
    expect.arrayContaining([expect.stringContaining('/health/ready')]),
  )
  expect(services.worker).not.toHaveProperty('ports')
})

test('.env.example: it lists every secret, and otherwise only known variables', async () => {
  const text = await read('.env.example')
  const set = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)]
  expect(set.map(([, name]) => name).sort()).toEqual([...secrets, 'POSTGRES_PASSWORD'].sort())
  expect(set.map(([, , value]) => value).join('')).toBe('')
  const optional = [...text.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name ?? '')
  expect(optional.filter((name) => !known.includes(name) && name !== 'API_PORT')).toEqual([])
})

const models = { ConfigMap, Secret, Service, Deployment, Job, PodDisruptionBudget }

interface Manifest {
  readonly apiVersion: string
  readonly kind: keyof typeof models
  readonly metadata: { readonly name: string }
  readonly data?: Record<string, string>
  readonly stringData?: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: the schema checks the shape.
  readonly spec?: any
}

async function manifests(): Promise<Manifest[]> {
  const paths = await Array.fromAsync(glob('docs/ops/kubernetes/*.yaml', { cwd: root }))
  const texts = await Promise.all(paths.sort().map(read))
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest))
}

/** Throws if the manifest does not fit the schema. Returns the fields that the schema does not have. */
function validate(manifest: Manifest): string[] {
  // A validator reads just the fields that its schema has.
  const unread = new Set<string>()
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const parts = Object.entries(value).map(([key, part]) => [key, watched(part, `${path}.${key}`)] as const)
    for (const [key] of parts) if (!Array.isArray(value)) unread.add(`${path}.${key}`)
    const copy = Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
    return new Proxy(copy as object, {
      get(target, key) {
        unread.delete(`${path}.${String(key)}`)
        return Reflect.get(target, key)
      },
    })
  }
  models[manifest.kind].prototype.validate.call(watched(manifest, manifest.kind))
  return [...unread]
}

test('Kubernetes: each manifest fits the schema of its kind, which refuses misspelt fields', async () => {
  const all = await manifests()
  expect(all.map(({ kind }) => kind).sort()).toEqual([
    'ConfigMap',
    'Deployment',
    'Deployment',
    'Job',
    'PodDisruptionBudget',
    'PodDisruptionBudget',
    'Secret',
    'Service',
  ])
  for (const manifest of all) expect(validate(manifest)).toEqual([])
  const broken = structuredClone(all.find(({ kind }) => kind === 'Deployment')) as Manifest
  broken.spec.template.spec.containers[0].readinesProbe = { httpGet: { path: '/', port: 1 } }
  expect(validate(broken)).toContain('Deployment.spec.template.spec.containers.0.readinesProbe')
  broken.spec.replicas = 'two'
  expect(() => validate(broken)).toThrow(/replicas/)
})

test('Kubernetes: a stopping API answers until probes have found it not ready, and is not killed before it ends', async () => {
  const all = await manifests()
  const drain = Number(all.find(({ kind }) => kind === 'ConfigMap')?.data?.SHUTDOWN_DRAIN_SECONDS)
  const [api, worker] = all.filter(({ kind }) => kind === 'Deployment')
  const { periodSeconds, failureThreshold, timeoutSeconds } = api?.spec.template.spec.containers[0].readinessProbe ?? {}
  // The rest is for the endpoints to be updated on each node.
  expect(drain - periodSeconds * failureThreshold - timeoutSeconds).toBeGreaterThanOrEqual(4)
  for (const one of [api, worker])
    expect(one?.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(drain + 7)
})

test('Kubernetes: the settings are variables of the program, selectors match pods, and probes use real paths', async () => {
  const all = await manifests()
  const names = all.flatMap(({ data = {}, stringData = {} }) => [...Object.keys(data), ...Object.keys(stringData)])
  expect(names.filter((name) => !known.includes(name))).toEqual([])
  // The manifest shows the credentials of the API v2, which exclude those of the API v1.
  const shown = secrets.filter((name) => name !== 'ESSENTIALS_PASSWORD')
  for (const name of [...shown, 'DATABASE_URL']) expect(names).toContain(name)
  const deployments = all.filter(({ kind }) => kind === 'Deployment')
  const labels = deployments.map(({ spec }) => spec.template.metadata.labels)
  expect(deployments.map(({ spec }) => spec.selector.matchLabels)).toEqual(labels)
  const budgets = all.filter(({ kind }) => kind === 'PodDisruptionBudget')
  expect(budgets.map(({ spec }) => spec.selector.matchLabels)).toEqual(labels)
  expect(all.find(({ kind }) => kind === 'Service')?.spec.selector).toEqual(labels[0])
  const [worker] = deployments[1]?.spec.template.spec.containers ?? []
  expect(worker.ports).toEqual([
    { name: 'metrics', containerPort: Number(all.find(({ kind }) => kind === 'ConfigMap')?.data?.METRICS_PORT) },
  ])
  expect(worker.readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'metrics' })
  expect(worker.livenessProbe.httpGet).toEqual({ path: '/health/live', port: 'metrics' })
  const [api] = deployments[0]?.spec.template.spec.containers ?? []
  expect(api.readinessProbe.httpGet.path).toBe('/health/ready')
  expect([api.livenessProbe, api.startupProbe].map(({ httpGet }) => httpGet.path)).toEqual([
    '/health/live',
    '/health/live',
  ])
})
