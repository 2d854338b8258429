import { builder } from '../builder.ts'

builder.mutationType({
  description:
    'Write operations. Each field returns when its work is done; fields that start an operation or a pull return ' +
    'when it has been created. Without the required scope, a field fails with the code FORBIDDEN.',
})
