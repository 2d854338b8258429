import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** The vendor points elsewhere. Only reads follow redirects, only to the same origin, and only a few: the credentials go to no other place. */
export class RedirectedError extends EssentialsError {
  constructor(facts: AnsweredFacts, origin: string | undefined, followed: number) {
    super(facts, {
      code: 'REDIRECTED',
      problem: `redirected with ${facts.status}${origin === undefined ? '' : ` to ${origin}`}, which is not followed${
        followed === 0 ? '' : ` after ${followed} ${followed === 1 ? 'redirect' : 'redirects'}`
      }`,
      expected: 'a base URL that answers by itself',
      transient: false,
      // These three promise that the method was not carried out here; 302 and 303 are also what follows a success.
      outcomeUnknown: ![301, 307, 308].includes(facts.status),
    })
  }
}
