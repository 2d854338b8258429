-- The tables as PostGraphile sees them: live rows only, with smart tags for the keys of the views.
drop schema if exists bench_read cascade;
create schema bench_read;

create view bench_read.organizations as select id, slug, name from organizations;
comment on view bench_read.organizations is E'@name organizations\n@primaryKey id';

create view bench_read.users as
  select id, organization_id, primary_email, address_key, domain, first_name, last_name,
    coalesce(nullif(concat_ws(' ', nullif(first_name, ''), nullif(last_name, '')), ''), primary_email) as display_name,
    lower(coalesce(last_name, '')) as last_name_key,
    type, status, mailbox_size, created_at, updated_at
  from users where deleted_at is null;
comment on view bench_read.users is
  E'@primaryKey id\n@unique address_key\n@foreignKey (organization_id) references bench_read.organizations (id)|@fieldName organization';

create view bench_read.aliases as
  select id, user_id, address, address_key from aliases where valid_to is null;
comment on view bench_read.aliases is
  E'@primaryKey id\n@foreignKey (user_id) references bench_read.users (id)|@foreignFieldName aliases';

create view bench_read.roles as select id, name from roles;
comment on view bench_read.roles is E'@primaryKey id';

-- With the name of the role, so that the grants of a user can be ordered by it.
create view bench_read.role_grants as
  select g.user_id, g.role_id, r.name as role_name
  from role_grants g join roles r on r.id = g.role_id where g.valid_to is null;
comment on view bench_read.role_grants is
  E'@primaryKey user_id,role_id\n@foreignKey (user_id) references bench_read.users (id)|@foreignFieldName roleGrants\n@foreignKey (role_id) references bench_read.roles (id)|@fieldName role';

create view bench_read.groups as
  select id, organization_id, group_id, name, member_count from groups where deleted_at is null;
comment on view bench_read.groups is E'@primaryKey id\n@unique group_id';

create view bench_read.memberships as select user_id, group_id from memberships where valid_to is null;
comment on view bench_read.memberships is
  E'@primaryKey user_id,group_id\n@foreignKey (user_id) references bench_read.users (id)|@fieldName user|@foreignFieldName memberships\n@foreignKey (group_id) references bench_read.groups (id)|@fieldName group|@foreignFieldName memberships';

create function bench_read.users_after(address text) returns setof bench_read.users stable language sql as $$
  select * from bench_read.users where address_key > address order by address_key
$$;

create function bench_read.users_by_ids(ids bigint[]) returns setof bench_read.users stable language sql as $$
  select u.* from unnest(ids) with ordinality as given (id, place) join bench_read.users u on u.id = given.id
  order by given.place
$$;
comment on function bench_read.users_by_ids(bigint[]) is E'@behavior +list -connection';
