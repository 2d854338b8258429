import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyRejection, isRefusalBody } from '../../src/vendor/http/classify-rejection.ts'
import { createRedactor, secretsOf } from '../../src/vendor/http/redact.ts'
import { extractVendorText } from '../../src/vendor/http/vendor-text.ts'

describe('the text of an error response', () => {
  test.each<[string, string | undefined]>([
    ['', undefined],
    ['   \n', undefined],
    ['{}', undefined],
    ['null', undefined],
    ['42', undefined],
    ['[]', undefined],
    ['"User exists"', 'User exists'],
    ['{"message":"User exists"}', 'User exists'],
    ['{"error":{"code":"E1","message":"User exists"}}', 'code: E1; User exists'],
    ['{"errors":["a is wrong","b is wrong"]}', 'a is wrong; b is wrong'],
    ['{"errors":{"primaryEmail":["is not valid"]}}', 'primaryEmail: is not valid'],
    ['[{"field":"type","message":"must be User"}]', 'must be User'],
    ['{"title":"Bad Request","detail":"no","status":400,"type":"about:blank"}', 'Bad Request; no'],
    ['{"whatever":"a clue"}', 'whatever: a clue'],
    ['{"message":"no","request":{"firstName":"Ann"},"stack":"at x.js"}', 'no'],
    ['{"message":"a\\nb\\u0000c"}', 'a b c'],
    ['{"message":"cut', '{"message":"cut'],
    ['Bad Request', 'Bad Request'],
    [
      '<html><head><title>x</title></head><body><h1>Bad&nbsp;Request</h1><p>a &lt;b&gt; &#252;&#xe4;</p></body></html>',
      'Bad Request a <b> üä',
    ],
    ['<script>var x = "<p>no</p>"</script><p>yes', 'yes'],
    ['<!-- no --><p>yes</p><!-- open', 'yes'],
    ['{"message":"<b>bold</b> claim"}', 'bold claim'],
  ])('vendor text: %j gives %j', (body, expected) => {
    expect(extractVendorText(body)).toBe(expected)
  })

  test('vendor text: the text is limited to 500 characters', () => {
    expect(extractVendorText('x'.repeat(100_000))).toBe(`${'x'.repeat(499)}…`)
  })

  test('vendor text: any value is read without an exception', () => {
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.string().map((text) => `<p>${text}<`),
    )
    fc.assert(
      fc.property(bodies, (body) => {
        const text = extractVendorText(body) ?? '-'
        expect(text).toMatch(/^[^\p{Cc}]{1,500}$/u)
        expect(text.isWellFormed()).toBe(true)
      }),
    )
    expect(extractVendorText(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)).toBeUndefined()
  })
})

describe('the meaning of a rejected create', () => {
  test.each<[string | undefined, 'exists' | 'domain' | undefined]>([
    [undefined, undefined],
    ['firstName is required', undefined],
    ['bob@acme.test is not a valid address', undefined],
    ['User bob@acme.test already exists', 'exists'],
    ['primaryEmail: has already been taken', 'exists'],
    ['Duplicate entry', 'exists'],
    ['The address is already in use', 'exists'],
    ['User is already a member of the group', 'exists'],
    ['a user with that address already exists in domain acme.test', 'exists'],
    ['Domain acme.test is not registered', 'domain'],
    // A text that may refer to something else is a rejection of this one user.
    ['ACME.TEST: unknown', undefined],
    ['"acme.test".', undefined],
    ['The domain of bob@acme.test is missing', undefined],
    ['User limit reached for acme.test', undefined],
    ['License limit for domain acme.test: 5 seats already in use', undefined],
    ['Users of domain acme.test are not allowed to be administrators', undefined],
    ['The domain admin is not registered', undefined],
    ['The alias domain acme.test is not registered', undefined],
    ['Domain other.test is not registered', undefined],
    ['bob@acme.test is not registered', undefined],
    ['Domain acme.test: user not found', undefined],
    ['Domain acme.test is already registered to another customer', undefined],
    ['bob@acme.test is already registered in acme.test', 'exists'],
    ['The address has already been claimed', 'exists'],
    ['The domain of bob@acme.test is not registered', 'domain'],
    ['The domain "acme.test" has not been registered yet', 'domain'],
    ['acme.test is not a registered domain', 'domain'],
    ["Domain acme.test isn't registered for this organization", 'domain'],
    ['Domain: acme.test does not exist', 'domain'],
    ['No such domain: acme.test. See https://help.vendor.test/domains', 'domain'],
    ['Domain not registered', 'domain'],
    ['unregistered domain', 'domain'],
    ['Domain other.test has no mail host', undefined],
    ['mail.acme.test is down', undefined],
    ['the user does not exist', undefined],
  ])('rejection: %j: %s', (text, expected) => {
    expect(classifyRejection(text, 'bob@Acme.test')).toBe(expected)
  })

  test.each([
    'Error: unknown domain "acme.test".',
    'domain acme.test not found',
    'Domain acme.test does not belong to this account!',
    'Your domain <acme.test> could not be found in our system',
    'code: domain_not_registered; The domain acme.test is not registered for this organization',
    'domain_not_registered; The domain acme.test is not registered for this organization',
    'DOMAIN_NOT_FOUND: Domain acme.test not found',
    'unknown_domain',
    'Bad Request; Domain acme.test is unknown',
    'primaryEmail: domain not found',
    'domain: is not registered',
    'domain: unknown',
    '400 Bad Request: Domain acme.test doesn’t exist',
    'Could not create user bob@acme.test: domain acme.test is not registered',
    'acme.test is an unknown e-mail domain',
    'The domain of the address is not registered',
    'acme.test is not one of your domains',
  ])('rejection: %j is about the whole domain', (text) => {
    expect(classifyRejection(text, 'bob@Acme.test')).toBe('domain')
  })

  test.each([
    'Mailbox size for domain acme.test is not configured',
    'License for domain acme.test is not provisioned',
    'Group Sales in domain acme.test does not exist',
    'The role HELPDESK in acme.test does not exist',
    'User bob in domain acme.test is not recognised',
    'MX record of acme.test not found',
    'Template for acme.test not found',
    'Manager of domain acme.test is not found',
    'Administrator contact for domain acme.test not known',
    'Parent tenant of domain acme.test is not registered',
    'Domain acme.test is not registered for the archiving add-on',
    'bob@acme.test: domain is not registered for archiving',
    'Your domain is not known for the type Alias',
    'Domain alias acme.test is not registered',
    'Domain policy not found',
    'Domain group Sales not found',
    'No such domain group',
    'unknown domain role',
    'unregistered domain administrator',
    'Windows domain not found for user',
    'department "acme.test" is not known',
    'acme.test does not exist',
    'The domain "acme.test" has not been verified yet',
    'Domain acme.test is not configured',
    'Domain acme.test is not registered. Archiving needs a registered domain',
    'archiving; Domain acme.test is not registered',
    'code: archiving_missing; Domain acme.test is not registered',
    'archiving_domain_not_found',
    'domain_not_registered; User limit reached',
    'field: archivingDomain; Domain is not registered',
    'domain: not found: group Sales',
    'unknown: domain',
    'If the domain is not registered',
    'Domain mail.acme.test is not registered',
    'Domain acme.test is registered',
  ])('rejection: %j is about this one user', (text) => {
    expect(classifyRejection(text, 'bob@Acme.test')).toBeUndefined()
  })

  test('rejection: a domain in letters with combining marks is recognized', () => {
    expect(classifyRejection('Domain bu\u0308cher.test is not registered', 'bob@xn--bcher-kva.test')).toBe('domain')
  })
})

test.each([
  ['{"success":false}', true],
  ['{"success":"false","message":"no"}', true],
  ['{"ok":false,"users":[]}', true],
  ['{"error":"no license"}', true],
  ['{"error":{"code":7}}', true],
  ['{"errors":[{"detail":"no"}]}', true],
  ['{"users":[],"error":"the directory is away"}', true],
  ['{"status":"error","message":"no"}', true],
  ['{"success":false,"primaryEmail":"a@b"}', true],
  ['{"success":true}', false],
  ['{"users":[],"error":null,"errors":[]}', false],
  ['{"users":[{"primaryEmail":"a@b","error":"bounced"}]}', false],
  ['{"primaryEmail":"a@b","firstName":"A","error":"mailbox over quota","status":"error"}', false],
  ['{"primaryEmail":"a@b","error":"user was deleted"}', true],
  ['{"primaryEmail":"a@b","type":null,"Error_Message":"unavailable"}', true],
  ['{"primaryEmail":"a@b","firstName":"A","roles":[],"error":"user was deleted"}', true],
  ['{"primaryEmail":"a@b","firstName":"A","roles":[],"errors":[{"detail":"The user no longer exists"}]}', true],
  ['{"isSuccess":false,"primaryEmail":"a@b","firstName":"A"}', true],
  ['{"success":0,"message":"no"}', true],
  ['{"result":"failure","message":"no"}', true],
  ['{"groups":[],"error":""}', false],
  ['[{"success":false}]', false],
  ['{"success":false', false],
  ['', false],
])('rejection: the body %s of a successful read is an error: %s', (text, expected) => {
  expect(isRefusalBody(text, { method: 'GET' })).toBe(expected)
})

const sent = { primaryEmail: 'a@b', firstName: 'A', error: 'mailbox over quota' }

test.each([
  [{ success: false }, true],
  [{ success: true, primaryEmail: 'a@b', error: 'refused' }, true],
  [{ primaryEmail: 'a@b', error: 'User limit reached' }, true],
  [{ ...sent, errors: ['mailboxSize is too large'] }, true],
  [{ ...sent, status: 'error' }, true],
  [[{ error: 'refused' }], true],
  [{ data: { primaryEmail: 'a@b', error: 'refused' } }, true],
  [sent, false],
  [{ ...sent, errors: [], success: true, status: 'active' }, false],
  [{ data: sent }, false],
  [[], false],
])('rejection: the body %j of a successful write is an error: %s', (body, expected) => {
  for (const method of ['POST', 'PUT']) {
    expect(isRefusalBody(JSON.stringify(body), { method, body: sent })).toBe(expected)
  }
})

describe('redaction', () => {
  test('redaction: the secrets of a body are found at any depth, and nothing else is', () => {
    const body = {
      primaryEmail: 'a@b.c',
      password: 'one',
      nested: { newPassword: 'two', list: [{ clientSecret: 'three' }] },
      passwordAge: 3,
    }
    expect(secretsOf(body)).toEqual(['one', 'two', 'three'])
  })

  test.each([
    ['it was hunter2 hunter2!', ['hunter2'], 'it was *** ***!'],
    ['in JSON: a\\"b\\\\c\\u00fc', ['a"b\\cü'], 'in JSON: ***'],
    ['in a URL: a%20b%2F or a+b%2F', ['a b/'], 'in a URL: *** or ***'],
    ['in HTML: a&amp;b&lt;&quot;c&#39;', ['a&b<"c\''], 'in HTML: ***'],
    ['too short: ab, about ab.', ['ab'], 'too short: ***, about ***.'],
    ['longest first: secret-and-more', ['secret', 'secret-and-more'], 'longest first: ***'],
    ['nothing', [], 'nothing'],
  ])('redaction: %j without %j is %j', (text, secrets, expected) => {
    expect(createRedactor(secrets)(text)).toBe(expected)
  })

  test('redaction: a secret is masked even if truncation would split it', () => {
    const secret = 'Swordfish-4711'
    for (let before = 16_384 - secret.length; before <= 16_384; before += 1) {
      const body = `${' '.repeat(before)}${secret}${secret}`
      expect(extractVendorText(body, createRedactor([secret])) ?? '').not.toContain('Sword')
      const json = JSON.stringify({ message: `${' '.repeat(before - 12_288)}${secret}${secret}` })
      expect(extractVendorText(json, createRedactor([secret])) ?? '').not.toContain('Sword')
    }
  })

  test('redaction: overlapping secrets leave no fragment of each other', () => {
    expect(createRedactor(['abcdefgh', 'efghijkl'])('x abcdefghijkl x')).toBe('x *** x')
    expect(createRedactor(['aaaaaaaa'])(`x ${'a'.repeat(20)} x`)).toBe('x *** x')
  })

  test('redaction: a request with more secrets than the limit gets no text of the vendor', () => {
    const secrets = Array.from({ length: 1_000 }, (_, i) => `secret-number-${i}`)
    expect(extractVendorText('weak: secret-number-7', createRedactor(secrets))).toBeUndefined()
  })

  test('redaction: the secrets of a very deeply nested body are found', () => {
    let body: object = { password: 'one' }
    for (let depth = 0; depth < 50_000; depth += 1) body = { inner: body }
    expect(secretsOf(body)).toEqual(['one'])
  })

  const password = `${'pass'.repeat(249)}word`
  test.each<[string, string]>([
    ['the password repeated', password.repeat(4_000)],
    ['the beginning of the password repeated', 'pass'.repeat(1_000_000)],
    ['the same as JSON', JSON.stringify({ message: 'pass'.repeat(200_000) })],
    ['many messages', JSON.stringify({ errors: Array(900).fill({ message: 'pass'.repeat(250) }) })],
    [
      'many names',
      JSON.stringify(Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`pass${i}`, 'passpass']))),
    ],
    ['open tags', '<'.repeat(4_000_000)],
    ['open comments', '<!--'.repeat(1_000_000)],
    ['open scripts', '<script '.repeat(500_000)],
    ['ends of scripts', `<script>${'</script '.repeat(500_000)}`],
    ['entities', '&'.repeat(4_000_000)],
    ['white space', ' '.repeat(4_000_000)],
    ['open brackets', '['.repeat(1_000_000)],
  ])('vendor text: a body of %s takes little CPU time', (_what, body) => {
    const before = process.cpuUsage()
    const text = extractVendorText(body, createRedactor([password, 'short', 'another-secret', 'a+b/c=&<>"\'']))
    const { user, system } = process.cpuUsage(before)
    expect(text ?? '').not.toContain(password)
    expect((text ?? '').length).toBeLessThanOrEqual(500)
    expect((user + system) / 1_000).toBeLessThan(3_000)
  })
})
