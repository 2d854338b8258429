import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor, secretsOf } from '../../src/essentials/redact.ts'
import { readRefusal } from '../../src/essentials/refusal.ts'
import { extractVendorText } from '../../src/essentials/vendor-text.ts'

describe('the text of an error answer', () => {
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
  ])('%j says %j', (body, expected) => {
    expect(extractVendorText(body)).toBe(expected)
  })

  test('is at most 500 characters', () => {
    expect(extractVendorText('x'.repeat(100_000))).toBe(`${'x'.repeat(499)}…`)
  })

  test('is read from anything without failing', () => {
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

describe('what a refused create means', () => {
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
    ['ACME.TEST: unknown', 'domain'],
    ['"acme.test".', 'domain'],
    ['The domain of bob@acme.test is missing', 'domain'],
    ['Domain not registered', 'domain'],
    ['unregistered domain', 'domain'],
    ['Domain other.test has no mail host', undefined],
    ['mail.acme.test is down', undefined],
    ['the user does not exist', undefined],
  ])('%j: %s', (text, expected) => {
    expect(readRefusal(text, 'bob@Acme.test')).toBe(expected)
  })
})

describe('redaction', () => {
  test('finds the secrets of a body at any depth, and nothing else', () => {
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
  ])('%j without %j is %j', (text, secrets, expected) => {
    expect(createRedactor(secrets)(text)).toBe(expected)
  })
})
