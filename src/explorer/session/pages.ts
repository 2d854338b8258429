/** The pages of the navigation, which the explorer and the query editor show alike. */

export interface Page {
  readonly label: string
  readonly path: string
}

export const queryEditor: Page = { label: 'Query editor', path: '/editor' }

export const views: readonly Page[] = [
  { label: 'Overview', path: '/' },
  { label: 'Graph', path: '/graph' },
  { label: 'Users', path: '/users' },
  { label: 'Groups', path: '/groups' },
  { label: 'Roles', path: '/roles' },
  { label: 'Findings', path: '/findings' },
  { label: 'Changes', path: '/changes' },
  { label: 'Operations', path: '/operations' },
  { label: 'Provisioning', path: '/provisioning' },
]

/** Whether the address is that of the page or of something in it. Operations are started below `/write`. */
export function isOn({ path }: Page, location: string): boolean {
  if (path === '/') return location === '/'
  return location.startsWith(path) || (path === '/operations' && location.startsWith('/write/'))
}
