import type { WriteDeps } from '../../writes/deps.ts'
import type { InputIssue } from '../../writes/failure.ts'

/** Reports an issue if the operation has a password but no key is configured to encrypt it with while it waits. */
export function checkSealable(
  password: string | null | undefined,
  path: readonly string[],
  { secrets }: WriteDeps,
): InputIssue[] {
  if (password == null || secrets) return []
  const message =
    'a password that waits must be encrypted: set SECRET_KEY to 32 bytes in base64, as `openssl rand -base64 32` prints them'
  return [{ path, message }]
}
