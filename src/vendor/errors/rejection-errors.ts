import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * 409, or a rejected create whose message says that the object exists. The existing object may be an alias of another
 * user: read the user to decide.
 */
export class AlreadyExistsError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'ALREADY_EXISTS',
      problem: `already exists (${facts.status})`,
      expected: 'an address that is not in use, or a membership that does not exist yet',
      transient: false,
      outcomeUnknown: false,
    })
  }
}

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

/**
 * The vendor rejected the input for a reason other than a duplicate or an unregistered domain: 400, 422, or 200 with an
 * error in the body.
 */
export class InvalidInputError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'INVALID_INPUT',
      problem: `the vendor rejected the input (${facts.status})${facts.said === undefined ? ' without a reason' : ''}`,
      expected: 'input that the vendor accepts',
      transient: false,
      outcomeUnknown: false,
    })
  }
}

/**
 * 404 or 410: the user or group named by the path does not exist. `sentAt` and `arrivedAt` bound the time at which this
 * was true.
 */
export class NotFoundError extends EssentialsError {
  declare readonly sentAt: string
  declare readonly arrivedAt: string

  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'NOT_FOUND',
      problem: 'not found',
      expected: 'a user or group that exists',
      transient: false,
      outcomeUnknown: false,
    })
  }
}

/** A 2xx response whose body reports an error: `success: false`, or an `error` in place of the result. */
export class RefusedError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'REFUSED',
      problem: `the vendor returned ${facts.status} with an error in the body`,
      expected: 'a response body without an error',
      transient: false,
      outcomeUnknown: false,
    })
  }
}

/** 401 or 403: the key is wrong, or the role of its owner does not permit the call. */
export class UnauthorizedError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'UNAUTHORIZED',
      problem: `the vendor returned ${facts.status}`,
      expected: facts.advice?.unauthorized ?? 'credentials that permit the call',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
