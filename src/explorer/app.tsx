/** The routes of the explorer. A view that needs large code is loaded when it is opened. */
import { Center, Loader } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { useSession } from './session/session.tsx'
import { SignIn } from './session/sign-in.tsx'
import { CatchErrors } from './shell/catch-errors.tsx'
import { PageTitle, Shell } from './shell/shell.tsx'
import { WrongAddress } from './shell/wrong-address.tsx'
import { Empty, Failed } from './ui/states.tsx'
import { ChangesView } from './views/changes.tsx'
import { FindingsView } from './views/findings.tsx'
import { GroupView } from './views/group.tsx'
import { GroupsView } from './views/groups.tsx'
import { OperationView } from './views/operation.tsx'
import { OperationsView } from './views/operations.tsx'
import { Overview } from './views/overview.tsx'
import { PersonView } from './views/person/person.tsx'
import { ProvisioningView } from './views/provisioning.tsx'
import { RolesView } from './views/roles.tsx'
import { UsersView } from './views/users/users.tsx'

const GraphView = lazy(async () => ({ default: (await import('./graph/graph-view.tsx')).GraphView }))

const Onboarding = lazy(async () => ({ default: (await import('./writes/onboarding.tsx')).Onboarding }))
const Deprovisioning = lazy(async () => ({ default: (await import('./writes/deprovisioning.tsx')).Deprovisioning }))

export function App() {
  const { token, organizations, organization, addressProblem, error, retry } = useSession()
  const [location] = useLocation()
  if (!token || error?.kind === 'signed-out') return <SignIn problem={token ? error : null} />
  if (!organizations) {
    if (error) return <Center p="xl">{<Failed error={error} retry={retry} />}</Center>
    return (
      <Center mih="100vh">
        <Loader aria-label="Loading" />
      </Center>
    )
  }
  return (
    <Shell>
      <CatchErrors key={location}>
        {addressProblem ? (
          <WrongAddress problem={addressProblem} />
        ) : organization ? (
          <Views />
        ) : (
          <Empty>Your token can see no organization. Ask an administrator for another.</Empty>
        )}
      </CatchErrors>
    </Shell>
  )
}

function Views() {
  const { mayWrite, asOf } = useSession()
  const isWriter = mayWrite === true && !asOf
  return (
    <Suspense fallback={<Loader aria-label="Loading" />}>
      <Switch>
        <Route path="/" component={Overview} />
        <Route path="/graph" component={GraphView} />
        <Route path="/users" component={UsersView} />
        <Route path="/users/:id">{({ id }) => <PersonView key={id} id={decoded(id)} />}</Route>
        <Route path="/groups" component={GroupsView} />
        <Route path="/groups/:id">{({ id }) => <GroupView key={id} id={decoded(id)} />}</Route>
        <Route path="/roles" component={RolesView} />
        <Route path="/findings" component={FindingsView} />
        <Route path="/changes" component={ChangesView} />
        <Route path="/operations" component={OperationsView} />
        <Route path="/operations/:id">{({ id }) => <OperationView key={id} id={decoded(id)} />}</Route>
        <Route path="/provisioning" component={ProvisioningView} />
        {isWriter && <Route path="/write/onboarding" component={Onboarding} />}
        {isWriter && <Route path="/write/deprovisioning" component={Deprovisioning} />}
        <Route path="/sign-in">
          <Redirect to="/" />
        </Route>
        <Route>
          <PageTitle>Not found</PageTitle>
          <Empty>There is no page at this address. Use the navigation or the search.</Empty>
        </Route>
      </Switch>
    </Suspense>
  )
}

/** The router leaves `=`, `+` and `/` of an ID encoded. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
