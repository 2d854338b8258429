import { builder } from './builder.ts'

builder.subscriptionType({
  description: 'What can be followed as it goes on. A stream ends by itself where nothing more can come.',
})
