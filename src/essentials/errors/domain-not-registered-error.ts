import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A create was refused because of the address's domain. Only for creates, and only where the vendor's text speaks of that domain. */
export class DomainNotRegisteredError extends EssentialsError {
  readonly domain: string

  constructor(facts: AnsweredFacts, domain: string) {
    super(facts, {
      code: 'DOMAIN_NOT_REGISTERED',
      problem: `the domain ${domain} is not registered`,
      expected: 'the domain to be registered in the admin console beforehand, since it cannot be registered by API',
      transient: false,
      outcomeUnknown: false,
    })
    this.domain = domain
  }
}
