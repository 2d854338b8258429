import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** The vendor points elsewhere. Redirects are not followed, as they would carry the credentials to another place. */
export class RedirectedError extends EssentialsError {
  constructor(facts: AnsweredFacts, origin: string | undefined) {
    super(facts, {
      code: 'REDIRECTED',
      problem: `redirected with ${facts.status}${origin === undefined ? '' : ` to ${origin}`}, which is not followed`,
      expected: 'a base URL that answers by itself',
      transient: false,
      // These three promise that the method was not carried out here; 302 and 303 are also what follows a success.
      outcomeUnknown: ![301, 307, 308].includes(facts.status),
    })
  }
}
