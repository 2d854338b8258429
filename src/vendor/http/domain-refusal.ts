/** Recognizes the vendor's sentence that a whole domain is not registered. Pure. */
import { addressKey } from '../../addresses/address-key.ts'

/**
 * Whether the message says that the domain of this address is not registered. Nothing verifies this, and the conclusion
 * concerns every user of the domain, so the message must consist of that one sentence. Anything else that it names (an
 * add-on, a mailbox size, a group) could be the subject, and makes it a refusal of this one user.
 */
export function saysDomainIsUnregistered(text: string, primaryEmail: string): boolean {
  const sentences = text
    .replace(/\(?https?:\/\/\S+/gi, ' ')
    .toLowerCase()
    .replace(/[’`´]/g, "'")
    // The placeholders of `normalize`.
    .replace(/[§…]/g, '?')
    // Contractions, with or without the apostrophe.
    .replace(/\b(is|was|has|does)\s?n'?t\b/g, '$1 not')
    .split(/[.;!|]+(?:\s|$)|\s[-–—]+\s/)
    .map((sentence) => normalize(sentence, primaryEmail))
    .filter((sentence) => sentence !== '')
  const isConclusion = sentences.map((sentence) => concludes(sentence))
  return isConclusion.includes(true) && sentences.every((sentence, i) => isConclusion[i] || isAside(sentence))
}

/**
 * Separates words by one space, also those of a code such as `not_found`. Removes quotes. `:` is a word of its own, `§`
 * stands for the domain, and `…` for the address.
 */
function normalize(sentence: string, primaryEmail: string): string {
  const address = addressKey(primaryEmail)
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const words = sentence
    .replace(/[:=](?=\s|$|["'])/g, ' : ')
    .split(/\s+/)
    .map((word) => word.replace(/^["'“‘«<([{@]+|[\]"'”’»>)},.]+$/g, ''))
  return words
    .map((word) => {
      if (word === '') return ''
      const key = addressKey(word)
      return key === address ? '…' : key === domain ? '§' : word.replaceAll('_', ' ')
    })
    .filter((word) => word !== '')
    .join(' ')
}

const owner = '(?:the|this|your|our) (?:organi[sz]ation|account|customer|tenant|company)'
const known = '(?:registered|known|recogni[sz]ed|found)'
const unknown = 'un(?:registered|known|recogni[sz]ed)'
const where = `(?: yet)?(?: (?:for|in|with|by|to|on|under) (?:${owner}|our system|the system))?`
const kind = '(?:e-?mail |mail |recipient )?'
const subject = `(?:(?:the|this|your) )?${kind}domain(?: name)?(?: :)?(?: §)?(?: (?:of|for|in) (?:(?:the|this|your) (?:(?:primary |e-?mail )?address|user)(?: …)?|…))?`
const state = [
  `(?:is |was )?not (?:yet )?${known}${where}`,
  `(?:has|have) not (?:yet )?been ${known}${where}`,
  `(?:could|can) ?not be found${where}`,
  `does not (?:yet )?exist${where}`,
  `(?:is )?${unknown}${where}`,
  `does not belong to ${owner}`,
  `is not (?:owned by|part of|one of) ${owner}`,
].join('|')
const shapes = [
  `${subject}(?: :)? (?:${state})`,
  `§ is (?:not an? ${known}|an ${unknown}) ${kind}domain${where}`,
  `§ is not (?:a|one of the) (?:registered )?${kind}domains? of ${owner}`,
  `§ is not one of your (?:registered )?${kind}domains`,
  `(?:${unknown}|no such|not an? ${known}) ${kind}domain(?: name)?(?: :)?(?: §)?(?: (?:of|for|in) …)?${where}`,
].join('|')
const conclusion = new RegExp(`^(?:${shapes})$`)

/** Words before a colon that name no other subject. */
const leadIn =
  /^(?:errors?|message|details?|reason|(?:\d{3} )?(?:bad request|unprocessable entity)|\d{3}|invalid request|validation (?:error|failed|failure)|(?:primary ?)?e?-?mail(?: ?address)?|domain(?: name)?|…|(?:failed to|unable to|could ?not|can ?not) create (?:the )?(?:user|account)(?: …)?)$/

/** Whether the sentence, or what follows its words before a colon, says that the domain is not registered. */
function concludes(sentence: string): boolean {
  if (conclusion.test(sentence)) return true
  const colon = sentence.indexOf(' : ')
  const before = sentence.slice(0, Math.max(0, colon))
  return colon > 0 && (isCode(before) || leadIn.test(before)) && concludes(sentence.slice(colon + 3))
}

/** Whether a further sentence names no other subject: a title, an error code, or a reference to a manual. */
function isAside(sentence: string): boolean {
  const [name = '', value, ...rest] = sentence.split(' : ')
  if (rest.length > 0) return false
  if (value === undefined) {
    return isCode(name) || leadIn.test(name) || /^(?:(?:please )?see(?: also)?|more information)(?: :)?$/.test(name)
  }
  if (/^(?:(?:error )?code|status|reason|error|title)$/.test(name)) return isCode(value)
  return (name === 'field' || leadIn.test(name)) && leadIn.test(value)
}

/** Whether an error code, or a title like one, consists of words that name no other subject. */
function isCode(text: string): boolean {
  return text.replace(codeWords, '') === ''
}

const codeWords =
  /error|err|domain|not|is|un|registered|known|recogni[sz]ed|found|invalid|bad|request|validation|failed|failure|unprocessable|entity|input|e?mail|[-\s\d]/g
