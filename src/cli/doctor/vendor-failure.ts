/** The doctor's verdict about a vendor that refused, or could not be asked. */
import type { OrganizationSettings } from '../../organizations/client-directory.ts'
import { AllowanceExhaustedError } from '../../vendor/errors/allowance-errors.ts'
import type { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { minuteOf } from '../operator/output.ts'
import { type Check, error, reasonOf, warning } from './check.ts'

const correctPassword =
  'Correct the user or the password. In a file of organizations or of the password it applies within seconds; otherwise restart.'

/** The vendor has refused the user or the password of the API v1 within the hour. */
export function refusedUntil(until: string, organization: string): Check {
  const message = `The vendor refused the user or the password (401). No request is sent with them until ${minuteOf(until)}, to avoid a lock-out.`
  return error('vendor', message, correctPassword, { organization })
}

export function failureOf(cause: EssentialsError, settings: OrganizationSettings): Check {
  const { slug: organization, baseUrl } = settings
  const said = cause.vendorMessage === undefined ? '' : ` It said: ${cause.vendorMessage}`
  switch (cause.code) {
    case 'UNAUTHORIZED':
      return settings.api === 'v1'
        ? error(
            'vendor',
            `The vendor refused the user or the password (${cause.status}).${said}`,
            `${correctPassword} The account must administer this organization, and have no multi-factor authentication.`,
            { organization },
          )
        : error(
            'vendor',
            `The vendor rejected the API key (${cause.status}).${said}`,
            'Check the key and the secret, and that the owner of the key has an administrator role in this organization.',
            { organization },
          )
    case 'ALLOWANCE_EXHAUSTED':
    case 'RATE_LIMITED':
      if (cause instanceof AllowanceExhaustedError && cause.isRefused)
        return error('vendor', `${cause.problem} until ${minuteOf(cause.retryAt)}.`, correctPassword, { organization })
      return warning(
        'vendor',
        'The vendor was not asked: the allowance of the key is used up, or the vendor asked for a pause.',
        'Run the doctor again in a minute. If this lasts, check who else uses the key, and lower ESSENTIALS_REQUESTS_PER_MINUTE.',
        { organization },
      )
    case 'UNREACHABLE':
    case 'TIMED_OUT':
      return error(
        'vendor',
        `The vendor at ${new URL(baseUrl).host} does not answer: ${reasonOf(cause)}`,
        'Check the network, DNS and proxies from this machine, and ESSENTIALS_BASE_URL.',
        { organization },
      )
    default:
      return error(
        'vendor',
        `The vendor's answer cannot be used: ${reasonOf(cause)}`,
        settings.api === 'v1'
          ? 'Check the domain, and that the stack or ESSENTIALS_BASE_URL is that of the admin console.'
          : 'Check that ESSENTIALS_BASE_URL is the address of the v2 API, and ask the vendor about its state.',
        { organization },
      )
  }
}
