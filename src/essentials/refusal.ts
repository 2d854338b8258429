const saysExists =
  /\balready (exists?|existing|in use|used|taken|assigned|present|(been )?(added|created|used))\b|\balready (a|is a)? ?member\b|\bduplicate[ds]?\b|\b(is|been) taken\b|\bin use\b|\bnot unique\b|\bmust be unique\b/i
const saysDomain =
  /\bdomain\b.{0,60}\b(not|isn't|un)[ -]?(been )?(registered|known|verified|allowed|authori[sz]ed|found|configured|valid|exist)|\b(unregistered|unknown|unverified|invalid|unsupported)( e-?mail)? domain\b/i
const addresses = /[^\s@"'<>(),;:]+@[^\s@"'<>(),;:]+/g

/**
 * What a 400 to a create means by its text. "exists" goes first where both would fit: the caller then reads the user and learns the truth,
 * while "domain" is taken at its word.
 */
export function readRefusal(text: string | undefined, primaryEmail: string): 'exists' | 'domain' | undefined {
  if (text === undefined) return undefined
  if (saysExists.test(text)) return 'exists'
  if (saysDomain.test(text)) return 'domain'
  const domain = domainOf(primaryEmail).toLowerCase()
  // The vendor may name the address itself in any refusal; that alone does not speak of its domain.
  const besides = text.toLowerCase().replace(addresses, ' ')
  const named = words(besides).includes(domain)
  const meant = /\bdomain\b/.test(besides) && text.toLowerCase().includes(`@${domain}`)
  return named || meant ? 'domain' : undefined
}

export function domainOf(primaryEmail: string): string {
  return primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
}

function words(text: string): string[] {
  return (text.match(/[\p{L}\p{N}._-]+/gu) ?? []).map((word) => word.replace(/^[.-]+|[.-]+$/g, ''))
}
