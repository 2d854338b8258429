import { expect, test } from 'vitest'
import { hideSecretsOf } from '../../src/server/hide-secrets.ts'

const body = (query: string, variables: object = {}) => JSON.stringify({ query, variables })

test.each<[string, string, string]>([
  ['a variable’s field', body('{x}', { input: { password: 'abcd' } }), 'got "abcd"'],
  ['a misspelt name', body('{x}', { input: { passwrd: 'abcd' } }), 'got { passwrd: "abcd" }'],
  ['a name misspelt otherwise', body('{x}', { Pasword: 'abcd', userPWD: 'abce' }), 'got abcd and abce'],
  ['a misspelt name in the document', body('{ x(PassWort: "abcd") }'), 'found "abcd"'],
  ['a variable’s default', body('query ($pwd: [String!]! = ["abcd", "abce"]) { x }'), 'found "abcd" and "abce"'],
  ['a field below a list', body('{x}', { users: [{ temporaryPassword: 'abcd' }] }), 'got "abcd"'],
  ['a list in place of a text', body('{x}', { password: ['abcd', { deep: 'abcd' }] }), 'got [abcd, abcd]'],
  ['a number', body('{x}', { password: 12345 }), 'got 12345'],
  ['a variable that a secret field takes', body('query ($p: A) { x(password: $p) }', { p: { q: 'abcd' } }), 'got abcd'],
  ['a literal', body('{ x(password: "abcd") }'), 'found "abcd"'],
  ['a literal with escapes', body('{ x(password: "ab\\"cd") }'), 'found "ab\\"cd" and ab"cd'],
  ['a block', body('{ x(password: """abcd""") }'), 'found abcd'],
  ['a bare word', body('{ x(password: abcd) }'), 'found abcd'],
  ['a list of literals', body('{ x(password: ["abcd", abce]) }'), 'found abcd and abce'],
  ['a body that is no JSON', '{"variables": {"password": "abcd"', 'Unexpected end of "abcd"'],
  ['a short one, where it is a word', body('{x}', { password: 'at' }), 'at'],
])('%s is masked', (_what, request, message) => {
  expect(hideSecretsOf(request)(message)).not.toMatch(/ab.?.?cd|abce|12345|^at$/)
})

test('a variable’s type is no secret', () => {
  const request = body('query ($password: String!, $passwords: [Text!] = []) { x(password: $password) }')
  const message = 'Variable "$password" of required type "String!" was not provided, nor [Text!]'
  expect(hideSecretsOf(request)(message)).toBe(message)
})

test('nothing else is', () => {
  const request = body('{ x(name: "abcd", password: "at") }', { name: 'efgh', password: '' })
  expect(hideSecretsOf(request)('abcd and efgh that')).toBe('abcd and efgh that')
})
