/**
 * The Pothos plugin that lets a field declare how it is read in SQL. A field has either `resolve`, or `sql` (read.ts),
 * or `refs`, with which JavaScript names the objects that the planner reads.
 */
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type InputShapeFromFields,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type ShapeFromTypeParam,
  type TypeParam,
} from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { FieldRead, Ref } from './read.ts'

type MaybePromise<T> = T | Promise<T>
type Refs = Ref | readonly Ref[] | null | undefined

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      sql: SqlPlugin<Types>
    }

    interface InferredFieldOptions<
      Types extends SchemaTypes,
      ResolveShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
    > {
      Sql: {
        sql: FieldRead
        /** Makes the value in JavaScript: of the expression in SQL, or of what was read of an object or list. */
        compute?: (
          read: never,
          args: InputShapeFromFields<Args>,
          context: Types['Context'],
          info: GraphQLResolveInfo,
        ) => MaybePromise<ShapeFromTypeParam<Types, Type, Nullable>>
        /** Called if `Env.unless` held in the statement. Throws the error to report, if any. */
        check?: (args: InputShapeFromFields<Args>, context: Types['Context']) => Promise<void>
      }
      Refs: {
        /** Of a list, objects that do not exist are left out. */
        refs: (parent: ResolveShape, args: InputShapeFromFields<Args>, context: Types['Context']) => MaybePromise<Refs>
      }
      /** The names are made of an expression on the row. */
      RefsOfRow: {
        sql: FieldRead
        refsOf: (read: never, args: InputShapeFromFields<Args>, context: Types['Context']) => MaybePromise<Refs>
      }
    }
  }
}

/** What a field declares to the planner, in its extensions. */
export interface PlannedField<Context> {
  readonly sql?: FieldRead
  readonly compute?: (read: unknown, args: object, context: Context, info: GraphQLResolveInfo) => unknown
  readonly check?: (args: object, context: Context) => Promise<void>
  readonly refs?: (read: unknown, args: object, context: Context) => MaybePromise<Refs>
}

class SqlPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { refsOf, ...own } = field.pothosOptions as PlannedField<unknown> & { refsOf?: never }
    const { sql, compute, check, refs = refsOf } = own
    return sql || refs ? { ...field, extensions: { ...field.extensions, sql, compute, check, refs } } : field
  }
}

SchemaBuilder.registerPlugin('sql', SqlPlugin)
