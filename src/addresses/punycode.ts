/**
 * Punycode (RFC 3492) with the parameters of domain names. The migration of the stored keys implements the same in SQL.
 */
const [base, tMin, tMax, skew, damp, initialBias, initialN] = [36, 1, 26, 38, 700, 72, 128]
const mostPoints = 64

/** Decodes a label without its "xn--"; undefined if it is not punycode of at least one non-ASCII character. */
export function decodePunycode(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf('-')
  const points = [...encoded.slice(0, Math.max(0, delimiter))].map((sign) => sign.codePointAt(0) as number)
  if (points.some((point) => point >= initialN)) return undefined
  let [n, bias, i, at] = [initialN, initialBias, 0, delimiter + 1]
  if (at >= encoded.length) return undefined
  while (at < encoded.length) {
    const before = i
    let weight = 1
    for (let k = base; ; k += base) {
      const digit = digitOf(encoded.charCodeAt(at))
      if (digit === undefined) return undefined
      at += 1
      i += digit * weight
      const t = Math.min(tMax, Math.max(tMin, k - bias))
      if (digit < t) break
      weight *= base - t
      // Larger than any character: such numbers are invalid.
      if (i > 0x7fffffff || weight > 0x7fffffff) return undefined
    }
    const length = points.length + 1
    bias = adapt(i - before, length, before === 0)
    n += Math.floor(i / length)
    i %= length
    if (n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff) || length > mostPoints) return undefined
    points.splice(i, 0, n)
    i += 1
  }
  return String.fromCodePoint(...points)
}

function adapt(delta: number, length: number, isFirst: boolean): number {
  let left = Math.floor(delta / (isFirst ? damp : 2))
  left += Math.floor(left / length)
  let k = 0
  while (left > ((base - tMin) * tMax) / 2) {
    left = Math.floor(left / (base - tMin))
    k += base
  }
  return k + Math.floor(((base - tMin + 1) * left) / (left + skew))
}

/** For lower-case letters and digits; undefined at the end of the text. */
function digitOf(code: number): number | undefined {
  if (code >= 97 && code <= 122) return code - 97
  return code >= 48 && code <= 57 ? code - 22 : undefined
}
