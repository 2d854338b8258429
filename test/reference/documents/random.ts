/** Random choices that a seed determines. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from `least` to `most`. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('There is nothing to choose from')
    return items[this.int(0, items.length - 1)] as Item
  }

  /** Between `least` and `most` of the items, in random order. */
  some<Item>(items: readonly Item[], least: number, most: number): Item[] {
    const left = [...items]
    const count = Math.min(left.length, this.int(least, most))
    return Array.from({ length: count }, () => left.splice(this.int(0, left.length - 1), 1)[0] as Item)
  }

  /** A value by its weight. */
  weighted<Item>(...choices: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of choices) {
      left -= weight
      if (left < 0) return item
    }
    return (choices.at(-1) as readonly [number, Item])[1]
  }
}
