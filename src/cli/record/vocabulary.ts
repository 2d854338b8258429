/** What a recording shows as it is spelled: keys and words that identify no person. Common first names and surnames are absent. */

const listed = (text: string): string[] => text.trim().split(/\s+/)

const ownKeys = listed(`
  user_id firstname surname primary_email type is_admin is_partner_admin entity_id entity_primary_domain entity_type
  read_only_user endpoints users uid is_active isactive alias_emails safe_list_senders block_list_senders
  white_list_senders black_list_senders is_billable send_welcome_email odin_settings can_impersonate is_imitable
  password orgs primary_domain name eid organization_hierarchy licensing_package is_on_trial is_beginner_plus
  user_licenses active_users when_renewal domains admin_user is_smtp_discovery_enabled billing_method external_id
  is_relay destination failovers license_count package application_id ad_key disable_login default_user_role_name
  sync_frequency sync_active_users sync_distribution_groups sync_security_groups add_users update_users
  remove_deleted_users add_groups update_groups remove_deleted_groups secret_expiry last_successful_sync exemptions
  email allow_list block_list errors status error_message identifier message error detail`)

/** Fields that the vendor does not document, but many APIs have. */
const commonKeys = listed(`
  id uuid data items results rows meta links next previous page page_size total count offset limit code success
  created_at updated_at deleted_at last_login groups roles title reason description field fields value request_id
  timestamp`)

const camelCase = (key: string) => key.replaceAll(/_([a-z])/g, (_found, letter: string) => letter.toUpperCase())

/** The vendor's own description spells some keys in camel case. */
export const knownKeys: ReadonlySet<string> = new Set(
  [...ownKeys, ...commonKeys].flatMap((key) => [key, camelCase(key)]),
)

const words = new Set([
  ...[...knownKeys].filter((key) => key !== 'page').map((key) => key.toLowerCase()),
  ...listed(`
    a an the this that these those it its and or but not no nor of in on at to for from by with without as if than then
    because when while until before after during only also already again once more most less least too very yet still
    is are was were be been being has have had having do does did doing can could cannot must should would need needs
    needed can't cannot couldn't doesn't didn't don't isn't aren't wasn't weren't hasn't haven't mustn't won't
    you your we our they their there here which what whose all any each every both either neither none some other
    another same own new old one two three first second last
    access accepted account accounts action active activated add added additional address addresses admin administrator
    administrators alias aliases allowed api argument attempt attempts authenticate authenticated authentication
    authorization authorized available azure bad beginner between billable billed billing body boolean business call
    calls cancelled change changed channel characters check client conflict contact contains content could create
    created creating credential credentials database date deactivated default delete deleted denied deprecated
    directory disabled domain domains duplicate e-mail empty enabled end endpoint entity entry error errors exceed
    exceeded exceeds exemption exemptions exist existing exists expected expired external failed failure false feature
    features field fields file find forbidden format found function functional get gateway group groups header headers
    html http https incorrect inactive inbound internal invalid ip is item json key later length license licensed
    licenses licensing limit limited list lists locked login logged mail maximum member members method mfa minimum
    minute minutes missing moment moved multiple must name names null number object oem operation option organization
    organizations org organisation organisations outbound package parameter parameters parent parse part partner
    password passwords patch path pending permission permissions permitted plan please policy primary processing
    product professional plus advanced property provide provided put query quota rate read reached record records
    refused registered rejected relay removed request requested requests required requires reset resource response
    restricted result retry role roles safe seconds secret security sender senders server service session set setting
    settings silent size sso stack state status strategic string such support supported suspended sync syntax system
    take taken temporarily temporary terms time timeout timed token too trial true try type unable unauthorized unavailable
    unexpected unique unknown unprocessable unsupported up update updated url use used user user's users using valid
    validate validation value values verification verified verify version v1 v2 wait warning write wrong`),
])

/** Whether the word, in any case, is plain English or a word of the API. The parts of a compound count separately. */
export function isPlainWord(word: string): boolean {
  const text = word.toLowerCase().replaceAll('’', "'")
  return words.has(text) || text.split('-').every((part) => words.has(part))
}
