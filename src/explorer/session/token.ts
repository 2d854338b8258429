/**
 * The token of the session. It lasts as long as this tab: it is in no cookie and not in local storage. A token in the
 * URL fragment, which browsers never send to a server, is taken over and removed from the address.
 */
import { forgetRights } from './rights.ts'

const key = 'token'

export function takeTokenFromFragment(): void {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const brought = fragment.get('token')
  if (!brought) return
  storeToken(brought)
  history.replaceState(null, '', location.pathname + location.search)
}

export function storedToken(): string {
  return sessionStorage.getItem(key) ?? ''
}

export function storeToken(token: string): void {
  if (token === storedToken()) return
  sessionStorage.setItem(key, token)
  forgetRights()
}

export function forgetToken(): void {
  sessionStorage.removeItem(key)
  forgetRights()
}
