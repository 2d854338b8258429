import { builder } from './builder.ts'

builder.mutationType({ description: 'What can be asked to be done. Each field answers when it is done.' })
