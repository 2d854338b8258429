import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBody } from '../../../src/scim/protocol/attributes.ts'
import { groupOfBody, patchedGroup } from '../../../src/scim/protocol/group-state.ts'
import { parsePatch } from '../../../src/scim/protocol/patch.ts'
import { ScimError } from '../../../src/scim/protocol/scim-error.ts'
import { patchedState, stateOfBody } from '../../../src/scim/protocol/user-state.ts'

const before = { userName: 'mia@example.com', aliases: ['old@example.com'], roles: [] }

function patchUser(...operations: object[]) {
  return patchedState(before, parsePatch(parseBody(JSON.stringify({ Operations: operations }))))
}

const group = { displayName: 'Sales', externalId: null, members: new Set(['a', 'b', 'c']) }

function patchGroup(...operations: object[]) {
  return [...patchedGroup(group, parsePatch(parseBody(JSON.stringify({ Operations: operations })))).members]
}

describe('PATCH of a user', () => {
  test.each([
    [{ op: 'Replace', path: 'active', value: 'False' }, { active: false }],
    [{ op: 'replace', path: 'active', value: false }, { active: false }],
    [{ op: 'replace', value: { active: false } }, { active: false }],
    [{ op: 'Replace', value: { Active: 'TRUE' } }, { active: true }],
    [{ op: 'replace', path: 'active', value: [false] }, { active: false }],
    [{ op: 'replace', path: 'active', value: { active: 'False' } }, { active: false }],
    [{ op: 'Replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: 'False' }, { active: false }],
    [{ op: 'add', value: { 'urn:ietf:params:scim:schemas:core:2.0:User:active': 'False' } }, { active: false }],
    [
      { op: 'Add', path: 'name.givenName', value: 'Mia' },
      { givenName: 'Mia', familyName: undefined },
    ],
    [
      { op: 'replace', value: { 'name.givenName': 'Mia', 'name.familyName': '' } },
      { givenName: 'Mia', familyName: null },
    ],
    [
      { op: 'replace', value: { name: { givenName: 'Mia' } } },
      { givenName: 'Mia', familyName: undefined },
    ],
    [{ op: 'remove', path: 'name.familyName' }, { familyName: null }],
    [
      { op: 'remove', path: 'name' },
      { givenName: null, familyName: null },
    ],
    [{ op: 'replace', path: 'name.givenName', value: null }, { givenName: null }],
    [{ op: 'replace', path: 'externalId', value: 'x1' }, { externalId: 'x1' }],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'mia@example.com' }, { work: ['mia@example.com'] }],
    [{ op: 'add', value: { 'emails[type eq "work"].value': 'mia@example.com' } }, { work: ['mia@example.com'] }],
    [
      { op: 'add', path: 'emails', value: [{ value: 'new@example.com', type: 'other' }] },
      { aliases: ['old@example.com', 'new@example.com'] },
    ],
    [
      { op: 'replace', path: 'emails', value: [{ value: 'new@example.com', type: 'home' }] },
      { aliases: ['new@example.com'] },
    ],
    [{ op: 'remove', path: 'emails[value eq "OLD@example.com"]' }, { aliases: [] }],
    [{ op: 'Remove', path: 'emails', value: [{ value: 'old@example.com' }] }, { aliases: [] }],
    [{ op: 'remove', path: 'emails' }, { aliases: [] }],
    [{ op: 'add', path: 'roles', value: ['{"id":"1","value":"AUDITOR","displayName":"x"}'] }, { roles: ['AUDITOR'] }],
    [{ op: 'replace', path: 'title', value: 'Boss' }, { active: undefined }],
    [{ op: 'add', path: 'addresses[type eq "work"].locality', value: 'Ulm' }, { active: undefined }],
    [{ op: 'replace', value: { id: 'other', meta: {}, groups: [] } }, { userName: 'mia@example.com' }],
    [
      { op: 'replace', value: JSON.parse('{"__proto__":{"active":true},"constructor":{"prototype":{"active":true}}}') },
      { active: undefined },
    ],
  ])('%j is understood (K1, K2, K8, K9, K12)', (operation, expected) => {
    expect(patchUser(operation)).toMatchObject(expected)
  })

  test.each([
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'move', path: 'active' }, 'invalidSyntax'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
    [{ op: 'replace', path: 'active' }, 'invalidSyntax'],
    [{ op: 'replace', path: 'name..x', value: 1 }, 'invalidPath'],
    [{ op: 'replace', path: '__proto__.polluted', value: 1 }, 'invalidPath'],
    [{ op: 'replace', path: 'constructor.prototype', value: 1 }, 'invalidPath'],
    [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [{ op: 'add', path: 'groups', value: [] }, 'mutability'],
    [{ op: 'remove', path: 'userName' }, 'invalidValue'],
    [{ op: 'replace', value: 'text' }, 'invalidSyntax'],
    [{ op: 'replace', value: { active: true, Active: false } }, 'invalidSyntax'],
  ])('%j is refused with %s', (operation, type) => {
    expect(() => patchUser(operation)).toThrow(expect.objectContaining({ status: 400, type }))
  })

  test('operations apply in order, and none applies if a later one is invalid', () => {
    expect(
      patchUser({ op: 'add', path: 'active', value: true }, { op: 'replace', path: 'active', value: 'false' }),
    ).toMatchObject({ active: false })
    expect(() => patchUser({ op: 'replace', path: 'active', value: false }, { op: 'x' })).toThrow(ScimError)
  })

  test('a PATCH of SCIM 1.1 names the right connector', () => {
    expect(() => parsePatch(parseBody('{"members":[{"value":"x","operation":"delete"}]}'))).toThrow(
      /connector for SCIM v2/,
    )
  })

  test('any JSON is understood or refused, and pollutes no prototype', () => {
    const key = fc.constantFrom(
      'op',
      'path',
      'value',
      '__proto__',
      'constructor',
      'prototype',
      'active',
      'emails[type eq "work"]',
    )
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('add', 'remove', 'emails', 'name'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    })).value
    fc.assert(
      fc.property(fc.array(json, { maxLength: 4 }), (operations) => {
        try {
          patchedState(before, parsePatch(parseBody(JSON.stringify({ Operations: operations }))))
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
        }
        expect(Object.keys(Object.prototype)).toEqual([])
        expect(({} as { active?: unknown }).active).toBeUndefined()
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('PATCH of a group', () => {
  test.each([
    [{ op: 'Add', path: 'members', value: [{ value: 'd' }] }, ['a', 'b', 'c', 'd']],
    [{ op: 'add', path: 'members', value: { value: 'a', display: 'A' } }, ['a', 'b', 'c']],
    [{ op: 'remove', path: 'members[value eq "b"]' }, ['a', 'c']],
    [{ op: 'remove', path: 'members[value eq "b" or value eq "c"]' }, ['a']],
    [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'c' }] }, ['a', 'b']],
    [{ op: 'remove', path: 'members[value eq "z"]' }, ['a', 'b', 'c']],
    [{ op: 'remove', path: 'members' }, []],
    [{ op: 'replace', path: 'members', value: [{ value: 'x' }] }, ['x']],
    [{ op: 'replace', value: { id: '1', displayName: 'Sales' } }, ['a', 'b', 'c']],
    [{ op: 'replace', value: { members: [{ value: 'a' }] } }, ['a']],
  ])('%j is understood (K3, K4, K5, K11)', (operation, members) => {
    expect(patchGroup(operation).sort()).toEqual(members)
  })

  test('a member without a value, and a group as a member, are refused', () => {
    expect(() => patchGroup({ op: 'add', path: 'members', value: [{}] })).toThrow(/must have a value/)
    expect(() => patchGroup({ op: 'add', path: 'members', value: [{ value: 'x', type: 'Group' }] })).toThrow(
      /only users/,
    )
  })
})

describe('body of a resource', () => {
  test('a PUT clears what it lacks, and keeps the externalId', () => {
    expect(stateOfBody(parseBody('{"userName":"mia@example.com"}'))).toEqual({
      userName: 'mia@example.com',
      externalId: undefined,
      givenName: null,
      familyName: null,
      active: true,
      aliases: [],
      work: [],
      roles: undefined,
      password: undefined,
    })
  })

  test('names have any letter case, and the URN of SCIM 1 is accepted', () => {
    const body = '{"urn:scim:schemas:core:1.0:UserName":"a@b.c","NAME":{"GIVENname":"A"},"Active":"False"}'
    expect(stateOfBody(parseBody(body))).toMatchObject({ userName: 'a@b.c', givenName: 'A', active: false })
  })

  test.each(['[]', '"text"', 'null', '{', ''])('the body %s is refused', (body) => {
    expect(() => parseBody(body)).toThrow(expect.objectContaining({ status: 400, type: 'invalidSyntax' }))
  })

  test('a group needs a name', () => {
    expect(() => groupOfBody(parseBody('{}'))).toThrow(/displayName is required/)
  })
})
