import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * A create was rejected because the domain of its address is not registered. Thrown for creates only, and only if the
 * vendor's message names that domain.
 */
export class DomainNotRegisteredError extends EssentialsError {
  readonly domain: string

  constructor(facts: AnsweredFacts, domain: string) {
    super(facts, {
      code: 'DOMAIN_NOT_REGISTERED',
      problem: `the domain ${domain} is not registered`,
      expected: 'a domain that is registered in the admin console; the API cannot register domains',
      transient: false,
      outcomeUnknown: false,
    })
    this.domain = domain
  }
}
