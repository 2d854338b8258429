/** The settings of SCIM and of traces. */
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/env.ts'

const credentials = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }

test('config: the settings of SCIM are read', () => {
  const { scim } = readConfig(
    {
      ...credentials,
      SCIM_PUBLIC_URL: 'https://graph.example.com/',
      SCIM_DELETE: 'delete',
      SCIM_USERNAME_CHANGE: 'email-change',
      PRIVILEGED_ROLES: 'ADMINISTRATOR',
      SCIM_ROLES: 'USER, AUDITOR',
      SCIM_PASSWORD: 'set',
      SCIM_MEDIA: 'json',
    },
    'vendor',
  )
  expect(scim).toEqual({
    publicUrl: 'https://graph.example.com',
    deletes: 'delete',
    userNameChange: 'email-change',
    roles: ['USER', 'AUDITOR'],
    password: 'set',
    media: 'json',
  })
})

test.each([
  [{ SCIM_PUBLIC_URL: 'graph.example.com' }, 'SCIM_PUBLIC_URL must be a URL'],
  [{ SCIM_DELETE: 'erase' }, 'SCIM_DELETE is "erase", but must be one of deactivate, delete.'],
  [{ SCIM_USERNAME_CHANGE: 'allow' }, 'SCIM_USERNAME_CHANGE is "allow", but must be one of refuse, email-change.'],
  [{ SCIM_ROLES: 'USER,,AUDITOR' }, 'SCIM_ROLES must be names of roles'],
  [{ SCIM_ROLES: 'USER,AUDITOR' }, 'SCIM_ROLES contains AUDITOR, which is privileged in the organization default'],
  [{ SCIM_ROLES: 'help-desk', PRIVILEGED_ROLES: 'HELPDESK' }, 'SCIM_ROLES contains help-desk, which is privileged'],
  [{ SCIM_PASSWORD: 'yes' }, 'SCIM_PASSWORD is "yes", but must be one of ignore, set.'],
  [{ SCIM_MEDIA: 'xml' }, 'SCIM_MEDIA is "xml", but must be one of scim, json.'],
])('config: %j is refused at the start', (variables, problem) => {
  expect(() => readConfig({ ...credentials, ...variables }, 'vendor')).toThrow(problem)
})

test('config: traces are sent below the endpoint, and values of headers are decoded', () => {
  const { tracing } = readConfig(
    {
      ...credentials,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,team=a',
      OTEL_TRACES_SAMPLER_ARG: '.1',
    },
    'vendor',
  )
  const headers = { authorization: 'Bearer x', team: 'a' }
  expect(tracing).toEqual({
    url: 'http://collector:4318/v1/traces',
    headers,
    serviceName: 'essentials-graph',
    ratio: 0.1,
  })
})
