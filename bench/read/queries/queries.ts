import { entities } from './entities.ts'
import { fiftyUsers } from './fifty-users.ts'
import { filteredPage, filteredPageByName } from './filtered-page.ts'
import { groupMembers } from './group-members.ts'
import { oneUser } from './one-user.ts'
import { paths } from './paths.ts'
import type { Query } from './query.ts'
import { related } from './related.ts'

export const queries: readonly Query[] = [
  oneUser,
  fiftyUsers,
  groupMembers,
  entities,
  filteredPage,
  filteredPageByName,
  related,
  paths,
]
