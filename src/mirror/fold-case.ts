/**
 * The function of Postgres' that text is compared through without regard to case: full case folding, as Unicode defines it, of the text in
 * the form NFC. Postgres has it as casefold() from version 18 on, and in some collations only; lower() leaves "ß" apart from "SS", "ς" from
 * "Σ" and "é" from itself in two characters. An "İ" matches "i" too. ASCII, nearly all there is, takes the short way.
 *
 * Indexes hold what it gives: a change of it needs a migration that builds them anew. Not `strict`: Postgres would not put it in line then.
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

/** By what a letter becomes that is none of one letter. */
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
// Taken apart first: the iota below a Greek letter becomes a letter of its own.
const folded = several.reduce(
  (text, [letter, letters]) => `replace(${text}, '${letter}', '${letters}')`,
  `translate(normalize(lower($1), NFD), '${from}', '${to}')`,
)

export const foldCase = `
  create or replace function fold_case(text) returns text language sql immutable parallel safe
    as $$ select case when octet_length($1) = char_length($1) then lower($1) else normalize(${folded}, NFC) end $$;`
