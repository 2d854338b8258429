/** The Pothos plugin that lets a field declare how it is read in SQL, as `sql` (read.ts). */
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import type { FieldRead } from './read.ts'

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      sql: SqlPlugin<Types>
    }

    interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      sql?: FieldRead
    }
  }
}

class SqlPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { sql } = field.pothosOptions as { sql?: FieldRead }
    return sql ? { ...field, extensions: { ...field.extensions, sql } } : field
  }
}

SchemaBuilder.registerPlugin('sql', SqlPlugin)
