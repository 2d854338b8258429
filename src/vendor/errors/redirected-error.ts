import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * A redirect that is not followed. Only reads follow redirects, only to the same origin, and only a few times, so that
 * the credentials reach no other host.
 */
export class RedirectedError extends EssentialsError {
  constructor(facts: AnsweredFacts, origin: string | undefined, followed: number) {
    super(facts, {
      code: 'REDIRECTED',
      problem: `redirected with ${facts.status}${origin === undefined ? '' : ` to ${origin}`}, which is not followed${
        followed === 0 ? '' : ` after ${followed} ${followed === 1 ? 'redirect' : 'redirects'}`
      }`,
      expected: 'a base URL that responds without a redirect',
      transient: false,
      // These three guarantee that the method was not carried out here. 302 and 303 may also follow a success.
      outcomeUnknown: ![301, 307, 308].includes(facts.status),
    })
  }
}
