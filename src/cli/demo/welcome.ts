/** The text that the terminal shows once the demo is running. */
export function welcome(
  url: string,
  token: string,
  pullIntervalSeconds: number,
  now: Date,
  problem: string | null,
): string {
  const page = url.replace(/graphql$/, '')
  const query =
    '{ users(first: 3) { nodes { displayName roles { name } aliases { address } groups { nodes { name } } } } }'
  return `${problem ? `\nThe first pull failed: ${problem}\n` : ''}
  Explore it in a browser:
    ${page}#token=${encodeURIComponent(token)}
  The token, for the API:
    ${token}

  Or with curl:
    curl -s ${url} \\
      -H 'Authorization: Bearer ${token}' \\
      -H 'Content-Type: application/json' \\
      -d '${JSON.stringify({ query })}'

  The organization edits itself every few seconds and is pulled every
  ${pullIntervalSeconds} seconds. All changes are in the feed:
    { changes(since: "${now.toISOString()}") { nodes { kind field before after notAfter } } }
  Press Ctrl-C to stop.

`
}
