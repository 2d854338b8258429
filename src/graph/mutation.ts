import { builder } from './builder.ts'

builder.mutationType({ description: 'Write operations. Each field returns when its work is done.' })
