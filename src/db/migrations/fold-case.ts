/**
 * The SQL function for case-insensitive comparison of text: Unicode full case folding of the NFC form. Postgres 18 has
 * it as casefold(), but only in some collations. lower() does not equate "ß" with "SS", "ς" with "Σ", or the composed
 * "é" with the decomposed one. "İ" also matches "i". ASCII text, which is almost all text, takes the fast path.
 *
 * Indexes store its results: changing it requires a migration that rebuilds them. It is not `strict`, because Postgres
 * would not inline it then.
 */
const single: readonly (readonly [string, string])[] = [
  ['ς', 'σ'],
  ['ſ', 's'],
  ['µ', 'μ'],
  ['ϐ', 'β'],
  ['ϑ', 'θ'],
  ['ϕ', 'φ'],
  ['ϖ', 'π'],
  ['ϰ', 'κ'],
  ['ϱ', 'ρ'],
  ['ϵ', 'ε'],
  ['\u0345', 'ι'],
  ['\u1fbe', 'ι'],
]

/** Letters that fold to several letters, or to another sequence. */
const several: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['i\u0307', 'i'],
  ['ŉ', 'ʼn'],
  ['ẚ', 'aʾ'],
  ['ﬀ', 'ff'],
  ['ﬁ', 'fi'],
  ['ﬂ', 'fl'],
  ['ﬃ', 'ffi'],
  ['ﬄ', 'ffl'],
  ['ﬅ', 'st'],
  ['ﬆ', 'st'],
  ['և', 'եւ'],
  ['ﬓ', 'մն'],
  ['ﬔ', 'մե'],
  ['ﬕ', 'մի'],
  ['ﬖ', 'վն'],
  ['ﬗ', 'մխ'],
]

const [from, to] = [single.map(([letter]) => letter).join(''), single.map(([, letter]) => letter).join('')]
// Decomposed first: an iota subscript becomes a letter of its own.
const folded = several.reduce(
  (text, [letter, letters]) => `replace(${text}, '${letter}', '${letters}')`,
  `translate(normalize(lower($1), NFD), '${from}', '${to}')`,
)

export const foldCase = `
  create or replace function fold_case(text) returns text language sql immutable parallel safe
    as $$ select case when octet_length($1) = char_length($1) then lower($1) else normalize(${folded}, NFC) end $$;`
