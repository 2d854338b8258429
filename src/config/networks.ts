/** Networks in CIDR notation. */
import { BlockList, isIP } from 'node:net'

/** Returns what is wrong with a network in CIDR notation; undefined: nothing. */
export function networkProblem(network: string): string | undefined {
  try {
    listOf([network])
    return undefined
  } catch {
    return 'must be networks in CIDR notation, separated by commas, such as 10.1.0.0/16,fd00::/8.'
  }
}

/** Throws a RangeError if a network is not valid CIDR notation. */
export function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? []
    const family = familyOf(address)
    if (family === undefined) throw new RangeError('Not a network in CIDR notation')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}

export function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address)]
}
