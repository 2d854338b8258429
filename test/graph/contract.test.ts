import { readFileSync } from 'node:fs'
import {
  buildSchema as fromText,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import { expect, test } from 'vitest'
import { buildSchema, schemaText } from '../../src/graph/schema.ts'
import { schema } from './harness/fixture.ts'

const contract = fromText(readFileSync(new URL('contract.graphql', import.meta.url), 'utf8'))

test('schema: it contains every type, field and argument of the consumer contract, with the same types', () => {
  const have = new Set(linesOf(schema))
  expect(linesOf(contract).filter((line) => !have.has(line))).toEqual([])
})

test('schema: building it again gives the same text', () => {
  expect(schemaText(buildSchema())).toBe(schemaText(schema))
})

test('schema: every type, field, argument and enum value has a description', () => {
  const bare = typesOf(schema).flatMap((type) => [
    ...(type.description ? [] : [type.name]),
    ...partsOf(type)
      .filter(({ description }) => !description)
      .map(({ name }) => `${type.name}.${name}`),
  ])
  expect(bare).toEqual([])
})

/** The schema as one line for each element that a consumer can rely on. */
function linesOf(of: GraphQLSchema): string[] {
  return typesOf(of).flatMap((type) => {
    const head = `${kindOf(type)} ${type.name}`
    if (isUnionType(type)) return [head, ...type.getTypes().map((member) => `${type.name}: ${member.name}`)]
    if (isEnumType(type)) return [head, ...type.getValues().map((value) => `${type.name}: ${value.name}`)]
    if (isInputObjectType(type)) {
      return [head, ...Object.values(type.getFields()).map((field) => `${type.name}.${inputOf(field)}`)]
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [head]
    return [
      head,
      ...type.getInterfaces().map((one) => `${type.name}: ${one.name}`),
      ...Object.values(type.getFields()).flatMap((field) => [
        `${type.name}.${field.name}: ${field.type}`,
        ...field.args.map((argument) => `${type.name}.${field.name}(${inputOf(argument)})`),
      ]),
    ]
  })
}

function typesOf(of: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(of.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !(isScalarType(type) && isSpecifiedScalarType(type)),
  )
}

function partsOf(type: GraphQLNamedType): { name: string; description?: string | null | undefined }[] {
  if (isEnumType(type)) return [...type.getValues()]
  if (isInputObjectType(type)) return Object.values(type.getFields())
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => [
    field,
    ...field.args.map(({ name, description }) => ({ name: `${field.name}(${name})`, description })),
  ])
}

function inputOf({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  return `${name}: ${type}${defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`}`
}

function kindOf(type: GraphQLNamedType): string {
  return type.constructor.name
}
