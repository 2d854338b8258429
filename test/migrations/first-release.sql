-- Written by test/migrations/dump.test.ts; never edited.

begin;
set local client_min_messages = warning;
set local timezone = 'UTC';

create extension pg_trgm with schema public;

create extension unaccent with schema public;

CREATE OR REPLACE FUNCTION public.search_key(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $function$
;

-- drizzle/20261125000000_mirror/migration.sql
CREATE TYPE "audit_kind" AS ENUM('WRITE', 'REFUSAL');--> statement-breakpoint
CREATE TYPE "token_scope" AS ENUM('read', 'write', 'admin');--> statement-breakpoint
CREATE TYPE "user_status" AS ENUM('ACTIVE', 'INACTIVE');--> statement-breakpoint
CREATE TYPE "user_type" AS ENUM('USER', 'ALIAS');--> statement-breakpoint
CREATE TYPE "change_kind" AS ENUM('USER_CREATED', 'USER_DELETED', 'USER_RECREATED', 'FIELD_CHANGED', 'MEMBER_ADDED', 'MEMBER_REMOVED', 'ROLE_GRANTED', 'ROLE_REVOKED', 'ALIAS_ADDED', 'ALIAS_REMOVED', 'GROUP_CREATED', 'GROUP_DELETED', 'GROUP_RENAMED');--> statement-breakpoint
CREATE TYPE "change_origin" AS ENUM('PULL', 'REFRESH', 'WRITE');--> statement-breakpoint
CREATE TYPE "item_state" AS ENUM('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED');--> statement-breakpoint
CREATE TYPE "operation_kind" AS ENUM('ONBOARDING', 'DEPROVISIONING', 'EMAIL_CHANGE');--> statement-breakpoint
CREATE TYPE "operation_state" AS ENUM('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTLY_FAILED', 'FAILED', 'CANCELLED');--> statement-breakpoint
CREATE TYPE "page_kind" AS ENUM('GROUPS', 'USERS');--> statement-breakpoint
CREATE TYPE "pull_phase" AS ENUM('LISTING', 'DELETIONS');--> statement-breakpoint
CREATE TYPE "pull_state" AS ENUM('RUNNING', 'COMPLETE', 'FAILED', 'QUARANTINED', 'DISCARDED');--> statement-breakpoint
CREATE TYPE "pull_trigger" AS ENUM('SCHEDULE', 'REQUEST', 'START');--> statement-breakpoint
CREATE SEQUENCE "public"."node_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "api_tokens_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"digest" text NOT NULL UNIQUE,
	"scopes" "token_scope"[] NOT NULL,
	"organizations" text[],
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp(6) with time zone,
	"revoked_at" timestamp(6) with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" "audit_kind" NOT NULL,
	"viewer" text NOT NULL,
	"action" text NOT NULL,
	"organization" text,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "caller_requests" (
	"caller" text PRIMARY KEY,
	"minute" timestamp(6) with time zone NOT NULL,
	"taken" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "allowance_slots" (
	"key" text,
	"slot" integer,
	"free_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"token" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "allowance_slots_pkey" PRIMARY KEY("key","slot")
);
--> statement-breakpoint
CREATE TABLE "allowances" (
	"key" text PRIMARY KEY,
	"requests_per_window" integer NOT NULL,
	"slots" integer DEFAULT 0 NOT NULL,
	"paused_until" timestamp(6) with time zone
);
--> statement-breakpoint
CREATE TABLE "alias_spellings" (
	"alias_id" bigint,
	"organization_id" bigint NOT NULL,
	"address" text NOT NULL,
	"valid_to" timestamp(6) with time zone,
	CONSTRAINT "alias_spellings_pkey" PRIMARY KEY("alias_id","valid_to")
);
--> statement-breakpoint
CREATE TABLE "aliases" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"address" text NOT NULL,
	"address_key" text NOT NULL,
	"domain" text NOT NULL,
	"valid_from" timestamp(6) with time zone NOT NULL,
	"valid_to" timestamp(6) with time zone,
	"search_key" text GENERATED ALWAYS AS (search_key(split_part(address_key, '@', 1))) STORED
);
--> statement-breakpoint
CREATE TABLE "group_versions" (
	"group_id" bigint,
	"organization_id" bigint NOT NULL,
	"name" text NOT NULL,
	"member_count" integer,
	"valid_from" timestamp(6) with time zone,
	"valid_to" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "group_versions_pkey" PRIMARY KEY("group_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"group_id" text NOT NULL,
	"name" text NOT NULL,
	"member_count" integer,
	"profile_at" timestamp(6) with time zone NOT NULL,
	"valid_from" timestamp(6) with time zone NOT NULL,
	"version_from" timestamp(6) with time zone NOT NULL,
	"deleted_at" timestamp(6) with time zone,
	"gone_at" timestamp(6) with time zone,
	"missed_pulls" smallint DEFAULT 0 NOT NULL,
	"search_key" text GENERATED ALWAYS AS (search_key(name || ' ' || group_id)) STORED
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"user_id" bigint,
	"group_id" bigint,
	"organization_id" bigint NOT NULL,
	"happened_by" timestamp(6) with time zone NOT NULL,
	"valid_from" timestamp(6) with time zone,
	"valid_to" timestamp(6) with time zone,
	CONSTRAINT "memberships_pkey" PRIMARY KEY("user_id","group_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "role_grants" (
	"user_id" bigint,
	"role_id" bigint,
	"organization_id" bigint NOT NULL,
	"valid_from" timestamp(6) with time zone,
	"valid_to" timestamp(6) with time zone,
	CONSTRAINT "role_grants_pkey" PRIMARY KEY("user_id","role_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"name" text NOT NULL,
	"valid_from" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_versions" (
	"user_id" bigint,
	"organization_id" bigint NOT NULL,
	"primary_email" text NOT NULL,
	"address_key" text NOT NULL,
	"domain" text NOT NULL,
	"first_name" text,
	"last_name" text,
	"type" "user_type" NOT NULL,
	"status" "user_status",
	"mailbox_size" integer,
	"spam_policy" jsonb,
	"created_at" timestamp(6) with time zone,
	"updated_at" timestamp(6) with time zone,
	"profile_known" smallint NOT NULL,
	"profile_at" timestamp(6) with time zone NOT NULL,
	"roles_at" timestamp(6) with time zone,
	"aliases_at" timestamp(6) with time zone,
	"groups_at" timestamp(6) with time zone,
	"unresolved_groups" text[],
	"valid_from" timestamp(6) with time zone,
	"valid_to" timestamp(6) with time zone NOT NULL,
	"search_key" text GENERATED ALWAYS AS (search_key(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || split_part(address_key, '@', 1))) STORED,
	CONSTRAINT "user_versions_pkey" PRIMARY KEY("user_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"primary_email" text NOT NULL,
	"address_key" text NOT NULL,
	"domain" text NOT NULL,
	"first_name" text,
	"last_name" text,
	"type" "user_type" NOT NULL,
	"status" "user_status",
	"mailbox_size" integer,
	"spam_policy" jsonb,
	"created_at" timestamp(6) with time zone,
	"updated_at" timestamp(6) with time zone,
	"profile_known" smallint NOT NULL,
	"profile_at" timestamp(6) with time zone NOT NULL,
	"roles_at" timestamp(6) with time zone,
	"aliases_at" timestamp(6) with time zone,
	"groups_at" timestamp(6) with time zone,
	"read_at" timestamp(6) with time zone,
	"list_fields" smallint DEFAULT 0 NOT NULL,
	"unresolved_groups" text[],
	"answer_digest" uuid,
	"relations_wanted_at" timestamp(6) with time zone,
	"asked_at" timestamp(6) with time zone,
	"valid_from" timestamp(6) with time zone NOT NULL,
	"version_from" timestamp(6) with time zone NOT NULL,
	"deleted_at" timestamp(6) with time zone,
	"gone_at" timestamp(6) with time zone,
	"search_key" text GENERATED ALWAYS AS (search_key(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || split_part(address_key, '@', 1))) STORED
);
--> statement-breakpoint
CREATE TABLE "change_places" (
	"node_id" bigint,
	"kind" "change_kind",
	"last_position" bigint,
	"positions" bigint[] NOT NULL,
	CONSTRAINT "change_places_pkey" PRIMARY KEY("node_id","kind","last_position")
);
--> statement-breakpoint
CREATE TABLE "change_sets" (
	"organization_id" bigint,
	"last_position" bigint,
	"subject_id" bigint NOT NULL,
	"kinds" "change_kind"[] NOT NULL,
	"object_ids" bigint[] NOT NULL,
	"fields" text[],
	"befores" jsonb,
	"afters" jsonb,
	"origin" "change_origin" NOT NULL,
	"not_before" timestamp(6) with time zone,
	"not_after" timestamp(6) with time zone NOT NULL,
	"reached_at" timestamp(6) with time zone NOT NULL,
	"applied_at" timestamp(6) with time zone NOT NULL,
	"actor" text,
	"pull_id" bigint,
	CONSTRAINT "change_sets_pkey" PRIMARY KEY("organization_id","last_position")
);
--> statement-breakpoint
CREATE TABLE "finding_runs" (
	"organization_id" bigint PRIMARY KEY,
	"learnt_at" timestamp(6) with time zone NOT NULL,
	"as_of" timestamp(6) with time zone
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "findings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" bigint NOT NULL,
	"rule" text NOT NULL,
	"key" text NOT NULL,
	"severity" smallint NOT NULL,
	"subject_ids" bigint[] NOT NULL,
	"subject_types" text[] NOT NULL,
	"evidence" jsonb NOT NULL,
	"first_seen_at" timestamp(6) with time zone NOT NULL,
	"last_seen_at" timestamp(6) with time zone NOT NULL,
	"resolved_at" timestamp(6) with time zone
);
--> statement-breakpoint
CREATE TABLE "operation_items" (
	"id" bigint PRIMARY KEY,
	"operation_id" bigint NOT NULL,
	"primary_email" text NOT NULL,
	"domain" text NOT NULL,
	"state" "item_state" DEFAULT 'QUEUED'::"item_state" NOT NULL,
	"input" jsonb NOT NULL,
	"password" text,
	"snapshot" text,
	"requests" integer NOT NULL,
	"holder" text,
	"held_until" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"user_id" bigint
);
--> statement-breakpoint
CREATE TABLE "operation_steps" (
	"item_id" bigint,
	"step" text,
	"facts" jsonb NOT NULL,
	"sent_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"done_at" timestamp(6) with time zone,
	CONSTRAINT "operation_steps_pkey" PRIMARY KEY("item_id","step")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"kind" "operation_kind" NOT NULL,
	"state" "operation_state" DEFAULT 'QUEUED'::"operation_state" NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp(6) with time zone,
	"created_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" bigint PRIMARY KEY,
	"slug" text NOT NULL UNIQUE,
	"name" text NOT NULL,
	"allowance_key" text,
	"retired_at" timestamp(6) with time zone,
	"feed_position" bigint DEFAULT 0 NOT NULL,
	"learnt_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"profile_as_of" timestamp(6) with time zone,
	"roles_as_of" timestamp(6) with time zone,
	"aliases_as_of" timestamp(6) with time zone,
	"groups_as_of" timestamp(6) with time zone,
	"next_pull_at" timestamp(6) with time zone,
	"pull_interval_seconds" integer DEFAULT 300 NOT NULL,
	"pace_seconds" integer,
	"failures_running" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"feed_reached_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"feed_pruned_to" bigint DEFAULT 0 NOT NULL,
	"history_from" timestamp(6) with time zone,
	"pruned_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pull_candidates" (
	"pull_id" bigint,
	"user_id" bigint,
	"settled" boolean DEFAULT false NOT NULL,
	"carried" smallint,
	CONSTRAINT "pull_candidates_pkey" PRIMARY KEY("pull_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "pull_pages" (
	"pull_id" bigint,
	"kind" "page_kind",
	"page" integer,
	"organization_id" bigint NOT NULL,
	"rows" integer NOT NULL,
	"total" integer,
	"sent_at" timestamp(6) with time zone NOT NULL,
	"arrived_at" timestamp(6) with time zone NOT NULL,
	"body" text,
	"ids" bigint[],
	"carried" smallint[],
	"outcomes" smallint[],
	CONSTRAINT "pull_pages_pkey" PRIMARY KEY("pull_id","kind","page")
);
--> statement-breakpoint
CREATE TABLE "pulls" (
	"id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"state" "pull_state" DEFAULT 'RUNNING'::"pull_state" NOT NULL,
	"phase" "pull_phase" DEFAULT 'LISTING'::"pull_phase" NOT NULL,
	"trigger" "pull_trigger" NOT NULL,
	"started_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp(6) with time zone,
	"first_sent_at" timestamp(6) with time zone,
	"requests" integer DEFAULT 0 NOT NULL,
	"retries" integer DEFAULT 0 NOT NULL,
	"rate_limited" integer DEFAULT 0 NOT NULL,
	"users_seen" integer DEFAULT 0 NOT NULL,
	"users_expected" integer,
	"accepted" boolean DEFAULT false NOT NULL,
	"created" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"deleted" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"carried" smallint,
	"shortfall" integer,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"key" text PRIMARY KEY,
	"input" text NOT NULL,
	"holder" text NOT NULL,
	"held_until" timestamp(6) with time zone NOT NULL,
	"steps" jsonb DEFAULT '{}' NOT NULL,
	"answer" text,
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_locks" (
	"organization_id" bigint,
	"address_key" text,
	"holder" text NOT NULL,
	"held_until" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "user_locks_pkey" PRIMARY KEY("organization_id","address_key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_name" ON "api_tokens" ("name") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" ("at");--> statement-breakpoint
CREATE INDEX "allowance_slots_free" ON "allowance_slots" ("key","free_at");--> statement-breakpoint
CREATE INDEX "aliases_search" ON "aliases" USING gin ("search_key" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "aliases_user" ON "aliases" ("user_id");--> statement-breakpoint
CREATE INDEX "aliases_address" ON "aliases" ("address_key");--> statement-breakpoint
CREATE INDEX "aliases_ended" ON "aliases" ("organization_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "groups_search" ON "groups" USING gin ("search_key" gin_trgm_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "groups_live" ON "groups" ("organization_id","group_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "groups_name" ON "groups" ("organization_id","name","id");--> statement-breakpoint
CREATE INDEX "groups_folded_id" ON "groups" ("organization_id",lower(group_id));--> statement-breakpoint
CREATE INDEX "groups_folded_name" ON "groups" ("organization_id",lower(name));--> statement-breakpoint
CREATE INDEX "memberships_group" ON "memberships" ("group_id","user_id","valid_to","valid_from");--> statement-breakpoint
CREATE INDEX "memberships_standing" ON "memberships" ("group_id") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "memberships_ended" ON "memberships" ("organization_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE INDEX "role_grants_role" ON "role_grants" ("role_id","user_id","valid_to","valid_from");--> statement-breakpoint
CREATE INDEX "role_grants_ended" ON "role_grants" ("organization_id","valid_to") WHERE valid_to is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "roles_name" ON "roles" ("organization_id","name");--> statement-breakpoint
CREATE INDEX "user_versions_address" ON "user_versions" ("organization_id","address_key","user_id");--> statement-breakpoint
CREATE INDEX "user_versions_search" ON "user_versions" USING gin ("search_key" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "user_versions_ended" ON "user_versions" ("organization_id","valid_to");--> statement-breakpoint
CREATE INDEX "user_versions_name" ON "user_versions" ("organization_id",lower(last_name),lower(first_name));--> statement-breakpoint
CREATE INDEX "user_versions_created" ON "user_versions" ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "user_versions_updated" ON "user_versions" ("organization_id","updated_at");--> statement-breakpoint
CREATE INDEX "user_versions_inactive" ON "user_versions" ("organization_id","user_id") WHERE status = 'INACTIVE';--> statement-breakpoint
CREATE INDEX "user_versions_kept_as_alias" ON "user_versions" ("organization_id","user_id") WHERE type = 'ALIAS';--> statement-breakpoint
CREATE INDEX "user_versions_unread" ON "user_versions" ("organization_id","user_id") WHERE roles_at is null or aliases_at is null or groups_at is null;--> statement-breakpoint
CREATE INDEX "users_search" ON "users" USING gin ("search_key" gin_trgm_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "users_live_address" ON "users" ("address_key","organization_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_address" ON "users" ("organization_id","address_key","id");--> statement-breakpoint
CREATE INDEX "users_unread_groups" ON "users" ("organization_id") WHERE groups_at is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_unresolved_groups" ON "users" USING gin ("unresolved_groups") WHERE unresolved_groups is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_relations_at" ON "users" ("organization_id",least(roles_at, aliases_at, groups_at)) WHERE deleted_at is null and roles_at is not null and aliases_at is not null and groups_at is not null;--> statement-breakpoint
CREATE INDEX "users_live" ON "users" ("organization_id","domain","status","type") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_domain" ON "users" ("organization_id","domain","id");--> statement-breakpoint
CREATE INDEX "users_created" ON "users" ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "users_updated" ON "users" ("organization_id","updated_at");--> statement-breakpoint
CREATE INDEX "users_inactive" ON "users" ("organization_id","id") WHERE status = 'INACTIVE';--> statement-breakpoint
CREATE INDEX "users_kept_as_alias" ON "users" ("organization_id","id") WHERE type = 'ALIAS';--> statement-breakpoint
CREATE INDEX "users_unread" ON "users" ("organization_id","id") WHERE roles_at is null or aliases_at is null or groups_at is null;--> statement-breakpoint
CREATE INDEX "users_odd_address" ON "users" ("organization_id") WHERE address_key like '%@%@%';--> statement-breakpoint
CREATE INDEX "users_version" ON "users" ("organization_id","version_from");--> statement-breakpoint
CREATE INDEX "users_relations_wanted" ON "users" ("organization_id","relations_wanted_at") WHERE relations_wanted_at is not null;--> statement-breakpoint
CREATE INDEX "users_name" ON "users" ("organization_id",lower(last_name),lower(first_name));--> statement-breakpoint
CREATE INDEX "users_turn" ON "users" ((- "organization_id"),"asked_at" NULLS FIRST,"id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "users_ended" ON "users" ("organization_id","deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "change_sets_subject" ON "change_sets" ("subject_id","last_position");--> statement-breakpoint
CREATE INDEX "change_sets_applied" ON "change_sets" ("organization_id","applied_at","last_position");--> statement-breakpoint
CREATE INDEX "change_sets_reached" ON "change_sets" ("organization_id","reached_at","last_position");--> statement-breakpoint
CREATE INDEX "change_sets_overtaken" ON "change_sets" ("organization_id","last_position") WHERE not_after < reached_at;--> statement-breakpoint
CREATE UNIQUE INDEX "findings_open" ON "findings" ("organization_id","rule","key") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "findings_severity" ON "findings" ("organization_id","severity","id");--> statement-breakpoint
CREATE INDEX "findings_subjects" ON "findings" USING gin ("subject_ids") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "operation_items_state" ON "operation_items" ("operation_id","state","id");--> statement-breakpoint
CREATE INDEX "operations_latest" ON "operations" ("organization_id","id");--> statement-breakpoint
CREATE INDEX "operations_unfinished" ON "operations" ("id") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "pull_pages_sent" ON "pull_pages" ("organization_id","sent_at");--> statement-breakpoint
CREATE UNIQUE INDEX "pulls_one_running" ON "pulls" ("organization_id") WHERE state = 'RUNNING';--> statement-breakpoint
CREATE INDEX "pulls_latest" ON "pulls" ("organization_id","id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" ("created_at");
;

-- drizzle/20261125000001_storage/migration.sql
-- Pages are written once, read once and thrown away: compressing them costs more than their space.
ALTER TABLE "pull_pages" ALTER COLUMN "body" SET STORAGE EXTERNAL;

;

create schema drizzle;

create table drizzle.__drizzle_migrations (
  id serial primary key, hash text not null, created_at bigint, name text, applied_at timestamp with time zone default now());

insert into drizzle.__drizzle_migrations (id, hash, created_at, name, applied_at) overriding system value values
('1', '054108fc5d24ac2057b3c6d141801494c670b21ec52d0d410dcec7bdbdf51931', '1795564800000', '20261125000000_mirror', '2026-11-29 03:48:25.810011+00'),
('2', 'a6e1b853c348ce059fbf5125d1ad7f2a7eda478f776c17d4ee570ea3e49088b8', '1795564801000', '20261125000001_storage', '2026-11-29 03:48:25.810011+00');

insert into public.alias_spellings (alias_id, organization_id, address, valid_to) overriding system value values
('180', '1', 'Spelled.Alias@example.com', '2026-11-29 03:54:17.735827+00');

insert into public.aliases (id, organization_id, user_id, address, address_key, domain, valid_from, valid_to) overriding system value values
('100', '1', '99', 'b.nakamura@example.org', 'b.nakamura@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('101', '1', '99', 'nakamura.bogdan@example.org', 'nakamura.bogdan@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('103', '1', '102', 'r.saint-pierre@example.org', 'r.saint-pierre@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('104', '1', '102', 'saint-pierre.rafael@example.com', 'saint-pierre.rafael@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('106', '1', '105', 'g.garcia@example.org', 'g.garcia@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('108', '1', '107', 'p.iversen@example.com', 'p.iversen@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('109', '1', '107', 'iversen.patrick@example.com', 'iversen.patrick@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('110', '1', '107', 'patrickiversen@example.org', 'patrickiversen@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('113', '1', '112', 'y.ozturk@example.org', 'y.ozturk@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('115', '1', '114', 't.petrov@example.org', 't.petrov@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('116', '1', '114', 'petrov.takumi@example.com', 'petrov.takumi@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('118', '1', '117', 'd.grunwald@example.org', 'd.grunwald@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('119', '1', '117', 'grunwald.dmitri@example.org', 'grunwald.dmitri@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('12', '1', '11', 'r.reyes@example.com', 'r.reyes@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('121', '1', '120', 'i.reid@example.com', 'i.reid@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('123', '1', '122', 'a.werner@example.com', 'a.werner@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('127', '1', '126', 'f.nunez@example.com', 'f.nunez@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('128', '1', '126', 'nunez.femke@example.org', 'nunez.femke@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('130', '1', '129', 'l.turk@example.org', 'l.turk@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('131', '1', '129', 'turk.leila@example.org', 'turk.leila@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('132', '1', '129', 'leilaturk@example.org', 'leilaturk@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('135', '1', '134', 'f.strand@example.org', 'f.strand@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('136', '1', '134', 'strand.femke@example.com', 'strand.femke@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('137', '1', '134', 'femkestrand@example.org', 'femkestrand@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('14', '1', '13', 'e.kuznetsov@example.com', 'e.kuznetsov@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('140', '1', '139', 'c.stewart@example.org', 'c.stewart@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('141', '1', '139', 'stewart.clara@example.com', 'stewart.clara@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('143', '1', '142', 'm.macdonald@example.com', 'm.macdonald@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('144', '1', '142', 'macdonald.malgorzata@example.org', 'macdonald.malgorzata@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('146', '1', '145', 'd.gupta@example.com', 'd.gupta@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('147', '1', '145', 'gupta.dmitri@example.com', 'gupta.dmitri@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('148', '1', '145', 'dmitrigupta@example.org', 'dmitrigupta@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('149', '1', '145', 'dmitri@example.org', 'dmitri@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('152', '1', '151', 'm.fernandez@example.org', 'm.fernandez@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('153', '1', '151', 'fernandez.mohammed@example.com', 'fernandez.mohammed@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', NULL),
('154', '1', '151', 'mohammedfernandez@example.org', 'mohammedfernandez@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('155', '1', '151', 'mohammed@example.com', 'mohammed@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', NULL),
('157', '1', '156', 'a.nowak@example.com', 'a.nowak@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', NULL),
('159', '1', '158', 'b.perez@example.org', 'b.perez@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('16', '1', '15', 'p.conti@example.com', 'p.conti@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('160', '1', '158', 'perez.bogdan@example.org', 'perez.bogdan@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('161', '1', '158', 'bogdanperez@example.com', 'bogdanperez@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', NULL),
('163', '1', '162', 'r.navarro@example.org', 'r.navarro@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('165', '1', '164', 'e.kamara@example.org', 'e.kamara@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('166', '1', '164', 'kamara.ebba@example.com', 'kamara.ebba@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', NULL),
('168', '1', '167', 'n.weiss@example.org', 'n.weiss@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('169', '1', '167', 'weiss.nikolai@example.org', 'weiss.nikolai@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('171', '1', '170', 'j.wang@example.com', 'j.wang@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('173', '1', '172', 't.skoda@example.org', 't.skoda@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', NULL),
('176', '1', '175', 'a.rao@example.org', 'a.rao@example.org', 'example.org', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('177', '1', '175', 'rao.amina@example.com', 'rao.amina@example.com', 'example.com', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('18', '1', '17', 'g.gallagher@example.org', 'g.gallagher@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('180', '1', '170', 'spelled.alias@example.com', 'spelled.alias@example.com', 'example.com', '2026-11-29 03:54:16.053818+00', NULL),
('183', '1', '182', 'n.one@example.org', 'n.one@example.org', 'example.org', '2026-11-29 03:54:19.322803+00', NULL),
('19', '1', '17', 'gallagher.gabriel@example.org', 'gallagher.gabriel@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('194', '1', '193', 'r.saint-pierre@example.org', 'r.saint-pierre@example.org', 'example.org', '2026-11-29 03:54:25.724611+00', NULL),
('195', '1', '193', 'saint-pierre.rafael@example.com', 'saint-pierre.rafael@example.com', 'example.com', '2026-11-29 03:54:25.724611+00', NULL),
('196', '1', '193', 'rafael.saint-pierre@example.com', 'rafael.saint-pierre@example.com', 'example.com', '2026-11-29 03:54:25.724611+00', NULL),
('20', '1', '17', 'gabrielgallagher@example.com', 'gabrielgallagher@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('21', '1', '17', 'gabriel@example.com', 'gabriel@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('23', '1', '22', 'z.thompson@example.org', 'z.thompson@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('24', '1', '22', 'thompson.zsofia@example.com', 'thompson.zsofia@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('26', '1', '25', 'n.weiss@example.org', 'n.weiss@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('27', '1', '25', 'dagmar.de-boer@example.com', 'dagmar.de-boer@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('30', '1', '29', 'h.sanchez@example.com', 'h.sanchez@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('31', '1', '29', 'sanchez.hanna@example.org', 'sanchez.hanna@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('33', '1', '32', 'g.hernandez@example.org', 'g.hernandez@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('35', '1', '34', 'r.d''angelo@example.com', 'r.d''angelo@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('37', '1', '36', 'a.reyes@example.org', 'a.reyes@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('38', '1', '36', 'reyes.agnieszka@example.org', 'reyes.agnieszka@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('39', '1', '36', 'agnieszkareyes@example.org', 'agnieszkareyes@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('41', '1', '40', 'k.d''amico@example.org', 'k.d''amico@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('42', '1', '40', 'd''amico.kenji@example.org', 'd''amico.kenji@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('43', '1', '40', 'kenjid''amico@example.com', 'kenjid''amico@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('45', '1', '44', 'r.o''brien@example.org', 'r.o''brien@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('46', '1', '44', 'o''brien.ruth@example.com', 'o''brien.ruth@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('47', '1', '44', 'rutho''brien@example.com', 'rutho''brien@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('49', '1', '48', 'c.grunwald@example.com', 'c.grunwald@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('51', '1', '50', 's.nagy@example.com', 's.nagy@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('52', '1', '50', 'nagy.sofia@example.org', 'nagy.sofia@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('54', '1', '53', 'f.o''connor@example.com', 'f.o''connor@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('55', '1', '53', 'o''connor.fiona@example.com', 'o''connor.fiona@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('56', '1', '53', 'fionao''connor@example.org', 'fionao''connor@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('58', '1', '57', 'f.herrmann@example.org', 'f.herrmann@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('59', '1', '57', 'herrmann.fiona@example.org', 'herrmann.fiona@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('60', '1', '57', 'fionaherrmann@example.org', 'fionaherrmann@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('62', '1', '61', 'm.guerrero@example.com', 'm.guerrero@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('63', '1', '61', 'guerrero.mateus@example.org', 'guerrero.mateus@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('65', '1', '64', 'v.urban@example.com', 'v.urban@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('67', '1', '66', 'g.wolf@example.org', 'g.wolf@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('68', '1', '66', 'wolf.georg@example.com', 'wolf.georg@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('69', '1', '66', 'georgwolf@example.com', 'georgwolf@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('71', '1', '70', 'e.vanek@example.org', 'e.vanek@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('73', '1', '72', 'd.de-boer@example.com', 'd.de-boer@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('75', '1', '74', 'd.jimenez@example.com', 'd.jimenez@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('77', '1', '76', 'p.tremblay@example.com', 'p.tremblay@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('78', '1', '76', 'tremblay.pedro@example.org', 'tremblay.pedro@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('80', '1', '79', 'c.brennan@example.org', 'c.brennan@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('81', '1', '79', 'brennan.chiara@example.org', 'brennan.chiara@example.org', 'example.org', '2026-11-29 03:51:21.12102+00', NULL),
('82', '1', '79', 'chiarabrennan@example.com', 'chiarabrennan@example.com', 'example.com', '2026-11-29 03:51:21.12102+00', NULL),
('86', '1', '85', 'm.nystrom@example.org', 'm.nystrom@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('87', '1', '85', 'nystrom.maria@example.org', 'nystrom.maria@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('89', '1', '88', 's.ferrari@example.org', 's.ferrari@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('91', '1', '90', 's.gianni@example.com', 's.gianni@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('93', '1', '92', 'a.young@example.org', 'a.young@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('94', '1', '92', 'young.amina@example.org', 'young.amina@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('96', '1', '95', 'c.smith@example.com', 'c.smith@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL),
('97', '1', '95', 'smith.chinedu@example.org', 'smith.chinedu@example.org', 'example.org', '2026-11-29 03:51:23.289349+00', NULL),
('98', '1', '95', 'chinedusmith@example.com', 'chinedusmith@example.com', 'example.com', '2026-11-29 03:51:23.289349+00', NULL);

insert into public.allowance_slots (key, slot, free_at, token) overriding system value values
('82fcbd80bd74910443b8a04f1c23e67b', '0', '2026-11-29 03:52:19.325545+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '1', '2026-11-29 03:52:19.717954+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '10', '2026-11-29 03:55:16.944851+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '11', '2026-11-29 03:55:17.704199+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '12', '2026-11-29 03:55:18.368945+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '13', '2026-11-29 03:55:18.491169+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '14', '2026-11-29 03:55:18.54338+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '15', '2026-11-29 03:55:18.995295+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '16', '2026-11-29 03:55:19.218831+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '17', '2026-11-29 03:55:19.262605+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '18', '2026-11-29 03:55:20.226467+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '19', '2026-11-29 03:55:20.432788+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '2', '2026-11-29 03:52:20.291073+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '20', '2026-11-29 03:55:20.464092+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '21', '2026-11-29 03:55:20.794114+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '22', '2026-11-29 03:55:20.927031+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '23', '2026-11-29 03:55:20.960952+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '24', '2026-11-29 03:55:21.257022+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '25', '2026-11-29 03:55:21.278794+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '26', '2026-11-29 03:55:21.520102+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '27', '2026-11-29 03:55:21.605438+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '28', '2026-11-29 03:55:21.63123+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '29', '2026-11-29 03:55:22.15508+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '3', '2026-11-29 03:52:21.229453+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '30', '2026-11-29 03:55:22.237006+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '31', '2026-11-29 03:55:23.465886+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '32', '2026-11-29 03:55:23.738323+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '33', '2026-11-29 03:55:23.706376+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '34', '2026-11-29 03:55:23.55579+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '35', '2026-11-29 03:55:24.127684+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '36', '2026-11-29 03:55:24.054486+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '37', '2026-11-29 03:55:24.148799+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '38', '2026-11-29 03:55:24.345554+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '39', '2026-11-29 03:55:24.39426+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '4', '2026-11-29 03:52:22.152687+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '40', '2026-11-29 03:55:24.368784+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '41', '2026-11-29 03:55:24.471279+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '42', '2026-11-29 03:55:24.495721+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '43', '2026-11-29 03:55:24.517557+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '44', '2026-11-29 03:55:24.567291+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '45', '2026-11-29 03:55:24.670556+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '46', '2026-11-29 03:55:24.860785+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '47', '2026-11-29 03:55:24.976749+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '48', '2026-11-29 03:55:24.945717+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '49', '2026-11-29 03:55:25.07128+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '5', '2026-11-29 03:55:14.989937+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '50', '2026-11-29 03:55:25.189843+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '51', '2026-11-29 03:55:25.298883+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '52', '2026-11-29 03:55:25.671085+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '53', '2026-11-29 03:55:25.705622+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '54', '2026-11-29 03:55:27.095763+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '55', '2026-11-29 03:55:27.219929+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '56', '2026-11-29 03:55:27.335876+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '57', '2026-11-29 03:55:27.452214+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '58', '2026-11-29 03:55:28.321581+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '59', '2026-11-29 03:56:28.569012+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '6', '2026-11-29 03:55:15.172816+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '60', '2026-11-29 03:55:28.894183+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '61', '2026-11-29 03:56:28.988614+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '62', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '63', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '64', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '65', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '66', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '67', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '68', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '69', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '7', '2026-11-29 03:55:15.36165+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '70', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '71', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '72', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '73', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '74', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '75', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '76', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '77', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '78', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '79', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '8', '2026-11-29 03:55:15.577913+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '80', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '81', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '82', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '83', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '84', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '85', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '86', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '87', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '88', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '89', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '9', '2026-11-29 03:55:15.849685+00', '1'),
('82fcbd80bd74910443b8a04f1c23e67b', '90', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '91', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '92', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '93', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '94', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '95', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '96', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '97', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '98', '-infinity', '0'),
('82fcbd80bd74910443b8a04f1c23e67b', '99', '-infinity', '0');

insert into public.allowances (key, requests_per_window, slots, paused_until) overriding system value values
('82fcbd80bd74910443b8a04f1c23e67b', '100000', '100', NULL);

insert into public.api_tokens (id, name, digest, scopes, organizations, created_at, expires_at, revoked_at) overriding system value values
('1', 'reader', '14a806829bb0cdd5dd39f09e203256f1afdc3ad4168c443aed71b009de9e902d', '{read}', NULL, '2026-11-29 03:53:16.226344+00', '2027-02-27 03:53:16.226344+00', NULL),
('2', 'former', 'f48457a70b3a0f3eaa918dab9f41ebfa06673f01d746e08f15d9d976d4afb081', '{read}', NULL, '2026-11-29 03:53:18.911029+00', '2027-02-27 03:53:18.911029+00', '2026-11-29 03:54:11.902321+00');

insert into public.audit_log (id, at, kind, viewer, action, organization, outcome) overriding system value values
('1', '2026-11-29 03:54:13.250976+00', 'REFUSAL', 'reader', 'Mutation.resolveQuarantine', NULL, 'FORBIDDEN'),
('2', '2026-11-29 03:54:13.276852+00', 'REFUSAL', 'former', 'authenticate', NULL, 'REVOKED'),
('3', '2026-11-29 03:54:13.732026+00', 'WRITE', 'admin', 'Mutation.startPull', NULL, 'DONE'),
('4', '2026-11-29 03:54:17.629783+00', 'WRITE', 'admin', 'Mutation.refreshUser', NULL, 'RefreshUserSuccess'),
('5', '2026-11-29 03:54:18.131447+00', 'WRITE', 'admin', 'Mutation.createUser', NULL, 'DONE'),
('6', '2026-11-29 03:54:18.862004+00', 'WRITE', 'admin', 'Mutation.updateUser', NULL, 'DONE'),
('7', '2026-11-29 03:54:20.158693+00', 'WRITE', 'admin', 'Mutation.addUserToGroup', NULL, 'DONE'),
('8', '2026-11-29 03:54:20.703246+00', 'WRITE', 'admin', 'Mutation.removeUserFromGroup', NULL, 'DONE'),
('9', '2026-11-29 03:54:21.164967+00', 'WRITE', 'admin', 'Mutation.createUser', NULL, 'DONE'),
('10', '2026-11-29 03:54:21.444644+00', 'WRITE', 'admin', 'Mutation.deleteUser', NULL, 'DONE'),
('11', '2026-11-29 03:54:21.786737+00', 'WRITE', 'admin', 'Mutation.startOnboarding', NULL, 'DONE'),
('12', '2026-11-29 03:54:21.984775+00', 'WRITE', 'admin', 'Mutation.startDeprovisioning', NULL, 'DONE'),
('13', '2026-11-29 03:54:22.11906+00', 'WRITE', 'admin', 'Mutation.startEmailChange', NULL, 'DONE'),
('14', '2026-11-29 03:54:26.021125+00', 'WRITE', 'admin', 'Mutation.startPull', NULL, 'DONE'),
('15', '2026-11-29 03:54:28.114988+00', 'WRITE', 'admin', 'Mutation.startOnboarding', NULL, 'DONE'),
('16', '2026-11-29 03:54:28.211638+00', 'WRITE', 'admin', 'Mutation.updateUser', NULL, NULL),
('17', '2026-11-29 03:54:28.247312+00', 'WRITE', 'admin', 'Mutation.startPull', NULL, 'DONE');

insert into public.caller_requests (caller, minute, taken) overriding system value values
('reader', '2026-11-29 03:54:00+00', '300');

insert into public.change_places (node_id, kind, last_position, positions) overriding system value values
('1', 'ALIAS_ADDED', '333', '{174,177,182,189,195,204,211,217,226,236,244,251,259,266,286,295,310,320,326,333}'),
('1', 'ALIAS_ADDED', '396', '{344,349,358,363,368,377,384,388,396}'),
('1', 'ALIAS_ADDED', '410', '{410}'),
('1', 'ALIAS_ADDED', '423', '{423}'),
('1', 'ALIAS_ADDED', '457', '{457}'),
('1', 'ALIAS_ADDED', '168', '{9,17,21,32,38,46,56,61,65,71,79,88,97,102,110,118,126,132,138,145,148,154,160,168}'),
('170', 'ALIAS_ADDED', '410', '{410}'),
('182', 'ALIAS_ADDED', '423', '{423}'),
('193', 'ALIAS_ADDED', '457', '{457}'),
('1', 'ALIAS_REMOVED', '410', '{402,410}'),
('1', 'ALIAS_REMOVED', '447', '{447}'),
('1', 'ALIAS_REMOVED', '454', '{454}'),
('102', 'ALIAS_REMOVED', '454', '{454}'),
('170', 'ALIAS_REMOVED', '410', '{410}'),
('175', 'ALIAS_REMOVED', '402', '{402}'),
('99', 'ALIAS_REMOVED', '447', '{447}'),
('1', 'FIELD_CHANGED', '410', '{406,410}'),
('1', 'FIELD_CHANGED', '418', '{418}'),
('1', 'FIELD_CHANGED', '422', '{422}'),
('167', 'FIELD_CHANGED', '406', '{406}'),
('170', 'FIELD_CHANGED', '410', '{410}'),
('170', 'FIELD_CHANGED', '418', '{418}'),
('182', 'FIELD_CHANGED', '422', '{422}'),
('1', 'GROUP_CREATED', '6', '{1,2,3,4,5,6}'),
('1', 'GROUP_CREATED', '398', '{398}'),
('1', 'GROUP_RENAMED', '397', '{397}'),
('3', 'GROUP_RENAMED', '397', '{397}'),
('1', 'MEMBER_ADDED', '168', '{17,21,32,38,46,51,56,61,65,71,79,88,97,102,110,118,126,132,138,145,154,160,168}'),
('1', 'MEMBER_ADDED', '333', '{174,182,189,195,204,211,217,226,229,236,244,251,259,266,270,277,286,295,300,310,314,320,326,333}'),
('1', 'MEMBER_ADDED', '392', '{344,349,358,363,368,377,384,388,392}'),
('1', 'MEMBER_ADDED', '411', '{411}'),
('1', 'MEMBER_ADDED', '421', '{421}'),
('1', 'MEMBER_ADDED', '424', '{424}'),
('1', 'MEMBER_ADDED', '433', '{433}'),
('1', 'MEMBER_ADDED', '438', '{438}'),
('172', 'MEMBER_ADDED', '411', '{411}'),
('179', 'MEMBER_ADDED', '411', '{411}'),
('182', 'MEMBER_ADDED', '424', '{424}'),
('3', 'MEMBER_ADDED', '168', '{17,21,32,46,97,126,138,145,168}'),
('3', 'MEMBER_ADDED', '320', '{174,182,189,195,204,211,229,236,251,259,266,277,286,300,310,320}'),
('3', 'MEMBER_ADDED', '384', '{344,349,358,377,384}'),
('3', 'MEMBER_ADDED', '433', '{433}'),
('3', 'MEMBER_ADDED', '438', '{438}'),
('4', 'MEMBER_ADDED', '168', '{17,32,51,56,61,65,88,97,102,118,126,132,154,168}'),
('4', 'MEMBER_ADDED', '333', '{204,226,236,244,251,259,277,286,295,300,310,314,333}'),
('4', 'MEMBER_ADDED', '377', '{344,349,363,368,377}'),
('4', 'MEMBER_ADDED', '421', '{421}'),
('4', 'MEMBER_ADDED', '433', '{433}'),
('5', 'MEMBER_ADDED', '145', '{17,32,38,46,51,79,88,97,118,132,145}'),
('5', 'MEMBER_ADDED', '310', '{174,189,204,211,217,226,244,251,259,266,270,277,286,295,310}'),
('5', 'MEMBER_ADDED', '384', '{344,358,377,384}'),
('5', 'MEMBER_ADDED', '424', '{424}'),
('5', 'MEMBER_ADDED', '438', '{438}'),
('6', 'MEMBER_ADDED', '160', '{17,32,46,51,61,71,79,88,97,110,118,126,145,154,160}'),
('6', 'MEMBER_ADDED', '326', '{189,204,217,226,236,244,259,270,277,286,295,300,310,314,326}'),
('6', 'MEMBER_ADDED', '392', '{344,358,363,377,384,392}'),
('7', 'MEMBER_ADDED', '168', '{17,32,38,46,79,88,97,110,126,132,145,154,168}'),
('7', 'MEMBER_ADDED', '326', '{182,204,217,236,244,259,266,277,286,295,310,320,326}'),
('7', 'MEMBER_ADDED', '388', '{344,377,384,388}'),
('1', 'MEMBER_REMOVED', '417', '{417}'),
('1', 'MEMBER_REMOVED', '425', '{425}'),
('1', 'MEMBER_REMOVED', '447', '{447}'),
('1', 'MEMBER_REMOVED', '454', '{454}'),
('102', 'MEMBER_REMOVED', '454', '{454}'),
('174', 'MEMBER_REMOVED', '417', '{417}'),
('182', 'MEMBER_REMOVED', '425', '{425}'),
('3', 'MEMBER_REMOVED', '447', '{447}'),
('3', 'MEMBER_REMOVED', '454', '{454}'),
('4', 'MEMBER_REMOVED', '425', '{425}'),
('4', 'MEMBER_REMOVED', '447', '{447}'),
('5', 'MEMBER_REMOVED', '447', '{447}'),
('5', 'MEMBER_REMOVED', '454', '{454}'),
('6', 'MEMBER_REMOVED', '417', '{417}'),
('6', 'MEMBER_REMOVED', '447', '{447}'),
('7', 'MEMBER_REMOVED', '447', '{447}'),
('99', 'MEMBER_REMOVED', '447', '{447}'),
('1', 'ROLE_GRANTED', '333', '{174,177,182,189,195,204,211,217,226,229,236,244,251,259,266,270,277,286,295,300,310,314,320,326,333}'),
('1', 'ROLE_GRANTED', '396', '{344,349,358,363,368,377,384,388,392,396}'),
('1', 'ROLE_GRANTED', '413', '{410,413}'),
('1', 'ROLE_GRANTED', '421', '{421}'),
('1', 'ROLE_GRANTED', '427', '{427}'),
('1', 'ROLE_GRANTED', '433', '{433}'),
('1', 'ROLE_GRANTED', '438', '{438}'),
('1', 'ROLE_GRANTED', '168', '{9,17,21,32,38,46,51,56,61,65,71,79,88,97,102,110,118,126,132,138,145,148,154,160,168}'),
('10', 'ROLE_GRANTED', '266', '{266}'),
('10', 'ROLE_GRANTED', '392', '{392}'),
('10', 'ROLE_GRANTED', '160', '{97,110,160}'),
('150', 'ROLE_GRANTED', '358', '{358}'),
('170', 'ROLE_GRANTED', '410', '{410}'),
('83', 'ROLE_GRANTED', '211', '{211}'),
('83', 'ROLE_GRANTED', '438', '{438}'),
('84', 'ROLE_GRANTED', '226', '{226}'),
('84', 'ROLE_GRANTED', '410', '{410}'),
('9', 'ROLE_GRANTED', '333', '{174,177,182,189,195,204,211,217,226,229,236,244,251,259,266,270,277,286,295,300,310,314,320,326,333}'),
('9', 'ROLE_GRANTED', '396', '{344,349,358,363,368,377,384,388,392,396}'),
('9', 'ROLE_GRANTED', '413', '{413}'),
('9', 'ROLE_GRANTED', '421', '{421}'),
('9', 'ROLE_GRANTED', '427', '{427}'),
('9', 'ROLE_GRANTED', '433', '{433}'),
('9', 'ROLE_GRANTED', '438', '{438}'),
('9', 'ROLE_GRANTED', '168', '{9,17,21,32,38,46,51,56,61,65,71,79,88,97,102,110,118,126,132,138,145,148,154,160,168}'),
('1', 'ROLE_REVOKED', '402', '{402}'),
('1', 'ROLE_REVOKED', '417', '{417}'),
('1', 'ROLE_REVOKED', '429', '{429}'),
('1', 'ROLE_REVOKED', '447', '{447}'),
('1', 'ROLE_REVOKED', '454', '{454}'),
('10', 'ROLE_REVOKED', '417', '{417}'),
('102', 'ROLE_REVOKED', '454', '{454}'),
('174', 'ROLE_REVOKED', '417', '{417}'),
('175', 'ROLE_REVOKED', '402', '{402}'),
('184', 'ROLE_REVOKED', '429', '{429}'),
('83', 'ROLE_REVOKED', '454', '{454}'),
('9', 'ROLE_REVOKED', '402', '{402}'),
('9', 'ROLE_REVOKED', '417', '{417}'),
('9', 'ROLE_REVOKED', '429', '{429}'),
('9', 'ROLE_REVOKED', '447', '{447}'),
('9', 'ROLE_REVOKED', '454', '{454}'),
('99', 'ROLE_REVOKED', '447', '{447}'),
('1', 'USER_CREATED', '333', '{174,177,182,189,195,204,211,217,226,229,236,244,251,259,266,270,277,286,295,300,310,314,320,326,333}'),
('1', 'USER_CREATED', '396', '{344,349,358,363,368,377,384,388,392,396}'),
('1', 'USER_CREATED', '421', '{421}'),
('1', 'USER_CREATED', '427', '{427}'),
('1', 'USER_CREATED', '433', '{433}'),
('1', 'USER_CREATED', '438', '{438}'),
('1', 'USER_CREATED', '168', '{9,17,21,32,38,46,51,56,61,65,71,79,88,97,102,110,118,126,132,138,145,148,154,160,168}'),
('1', 'USER_DELETED', '402', '{402}'),
('1', 'USER_DELETED', '417', '{417}'),
('1', 'USER_DELETED', '429', '{429}'),
('1', 'USER_DELETED', '447', '{447}'),
('1', 'USER_DELETED', '454', '{454}'),
('102', 'USER_DELETED', '454', '{454}'),
('174', 'USER_DELETED', '417', '{417}'),
('175', 'USER_DELETED', '402', '{402}'),
('184', 'USER_DELETED', '429', '{429}'),
('99', 'USER_DELETED', '447', '{447}'),
('1', 'USER_RECREATED', '413', '{413}');

insert into public.change_sets (organization_id, last_position, subject_id, kinds, object_ids, fields, befores, afters, origin, not_before, not_after, reached_at, applied_at, actor, pull_id) overriding system value values
('1', '457', '193', '{ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED}', '{194,195,196}', NULL, NULL, '["r.saint-pierre@example.org", "saint-pierre.rafael@example.com", "rafael.saint-pierre@example.com"]', 'WRITE', '2026-11-29 03:54:24.541306+00', '2026-11-29 03:54:25.705776+00', '2026-11-29 03:54:25.705776+00', '2026-11-29 03:54:25.724611+00', 'admin', NULL),
('1', '423', '182', '{ALIAS_ADDED}', '{183}', NULL, NULL, '["n.one@example.org"]', 'WRITE', '2026-11-29 03:54:18.969373+00', '2026-11-29 03:54:19.262736+00', '2026-11-29 03:54:19.262736+00', '2026-11-29 03:54:19.322803+00', 'admin', NULL),
('1', '422', '182', '{FIELD_CHANGED}', '{NULL}', '{lastName}', NULL, '["One"]', 'WRITE', NULL, '2026-11-29 03:54:19.262736+00', '2026-11-29 03:54:19.262736+00', '2026-11-29 03:54:19.322803+00', 'admin', NULL),
('1', '418', '170', '{FIELD_CHANGED}', '{180}', '{aliases}', '["Spelled.Alias@example.com"]', '["spelled.alias@example.com"]', 'REFRESH', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:17.716556+00', '2026-11-29 03:54:17.716556+00', '2026-11-29 03:54:17.735827+00', 'admin', NULL),
('1', '424', '182', '{MEMBER_ADDED}', '{5}', NULL, NULL, NULL, 'WRITE', '2026-11-29 03:54:20.201108+00', '2026-11-29 03:54:20.46416+00', '2026-11-29 03:54:20.46416+00', '2026-11-29 03:54:20.49499+00', 'admin', NULL),
('1', '425', '182', '{MEMBER_REMOVED}', '{4}', NULL, NULL, NULL, 'WRITE', '2026-11-29 03:54:20.777114+00', '2026-11-29 03:54:20.961016+00', '2026-11-29 03:54:20.961016+00', '2026-11-29 03:54:20.986289+00', 'admin', NULL),
('1', '447', '99', '{ROLE_REVOKED,ALIAS_REMOVED,ALIAS_REMOVED,MEMBER_REMOVED,MEMBER_REMOVED,MEMBER_REMOVED,MEMBER_REMOVED,MEMBER_REMOVED,USER_DELETED}', '{9,100,101,4,6,7,5,3,NULL}', NULL, '[null, "b.nakamura@example.org", "nakamura.bogdan@example.org", null, null, null, null, null, {"type": "USER", "status": "ACTIVE", "lastName": "Nakamura", "createdAt": "2024-07-15T05:29:57.305000Z", "firstName": "Bogdan", "updatedAt": "2025-05-31T15:41:11.050000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "bogdan.nakamura@example.com"}]', NULL, 'WRITE', '2026-11-29 03:54:23.337524+00', '2026-11-29 03:54:25.071338+00', '2026-11-29 03:54:25.071338+00', '2026-11-29 03:54:25.100715+00', 'admin', NULL),
('1', '454', '102', '{ROLE_REVOKED,ROLE_REVOKED,ALIAS_REMOVED,ALIAS_REMOVED,MEMBER_REMOVED,MEMBER_REMOVED,USER_DELETED}', '{9,83,103,104,3,5,NULL}', NULL, '[null, null, "r.saint-pierre@example.org", "saint-pierre.rafael@example.com", null, null, {"type": "USER", "status": "INACTIVE", "lastName": "Saint-Pierre", "createdAt": "2025-04-24T01:22:32.188000Z", "firstName": "Rafael", "updatedAt": "2025-10-06T16:51:26.300000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "rafael.saint-pierre@example.com"}]', NULL, 'WRITE', '2026-11-29 03:54:24.93088+00', '2026-11-29 03:54:25.298988+00', '2026-11-29 03:54:25.298988+00', '2026-11-29 03:54:25.307272+00', 'admin', NULL),
('1', '429', '184', '{ROLE_REVOKED,USER_DELETED}', '{9,NULL}', NULL, '[null, {"type": "USER", "status": "ACTIVE", "lastName": null, "createdAt": "2026-11-29T03:54:21.245000Z", "firstName": null, "updatedAt": "2026-11-29T03:54:21.245000Z", "spamPolicy": null, "mailboxSize": null, "primaryEmail": "short.lived@example.com"}]', NULL, 'WRITE', '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.631317+00', '2026-11-29 03:54:21.631317+00', '2026-11-29 03:54:21.652858+00', 'admin', NULL),
('1', '433', '192', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,3,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": null, "createdAt": "2026-11-29T03:54:23.665000Z", "firstName": "On", "updatedAt": "2026-11-29T03:54:23.665000Z", "spamPolicy": null, "mailboxSize": null, "primaryEmail": "on.one@example.com"}]', 'WRITE', NULL, '2026-11-29 03:54:24.471337+00', '2026-11-29 03:54:24.471337+00', '2026-11-29 03:54:24.487432+00', 'admin', NULL),
('1', '421', '182', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED}', '{NULL,9,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": null, "createdAt": "2026-11-29T03:54:18.319000Z", "firstName": "New", "updatedAt": "2026-11-29T03:54:18.319000Z", "spamPolicy": null, "mailboxSize": null, "primaryEmail": "new.one@example.com"}]', 'WRITE', NULL, '2026-11-29 03:54:18.543451+00', '2026-11-29 03:54:18.543451+00', '2026-11-29 03:54:18.56969+00', 'admin', NULL),
('1', '438', '193', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,83,3,5}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Saint-Pierre", "createdAt": "2026-11-29T03:54:24.054000Z", "firstName": "Rafael", "updatedAt": "2026-11-29T03:54:24.054000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "renamed@example.org"}]', 'WRITE', NULL, '2026-11-29 03:54:24.567433+00', '2026-11-29 03:54:24.567433+00', '2026-11-29 03:54:24.792967+00', 'admin', NULL),
('1', '427', '184', '{USER_CREATED,ROLE_GRANTED}', '{NULL,9}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": null, "createdAt": "2026-11-29T03:54:21.245000Z", "firstName": null, "updatedAt": "2026-11-29T03:54:21.245000Z", "spamPolicy": null, "mailboxSize": null, "primaryEmail": "short.lived@example.com"}]', 'WRITE', NULL, '2026-11-29 03:54:21.27887+00', '2026-11-29 03:54:21.27887+00', '2026-11-29 03:54:21.293691+00', 'admin', NULL),
('1', '406', '167', '{FIELD_CHANGED,FIELD_CHANGED,FIELD_CHANGED,FIELD_CHANGED}', '{NULL,NULL,NULL,NULL}', '{firstName,lastName,mailboxSize,spamPolicy}', '["Nikolai", "Weiß", 25600, {"level": "standard", "quarantineDays": 30}]', E'["Renamed", "Smith\\\\Jones", 1, {"it''s": [1, null, "☃"], "level": "strict"}]', 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL, '178'),
('1', '410', '170', '{FIELD_CHANGED,ROLE_GRANTED,ALIAS_REMOVED,ALIAS_ADDED}', '{NULL,84,171,180}', '{status,NULL,NULL,NULL}', '["ACTIVE", null, "j.wang@example.com"]', '["INACTIVE", null, null, "Spelled.Alias@example.com"]', 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL, '178'),
('1', '6', '8', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Design Málaga", "groupId": "grp_006"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '3', '5', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "External Partners", "groupId": "grp_003"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '1', '3', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Head Office", "groupId": "grp_001"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '4', '6', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Infrastructure Amsterdam", "groupId": "grp_004"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '2', '4', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Leadership", "groupId": "grp_002"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '398', '179', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Newcomers", "groupId": "grp_new"}]', 'PULL', NULL, '2026-11-29 03:54:14.990091+00', '2026-11-29 03:54:14.990091+00', '2026-11-29 03:54:15.066479+00', NULL, '178'),
('1', '5', '7', '{GROUP_CREATED}', '{NULL}', NULL, NULL, '[{"name": "Treasury Vienna", "groupId": "grp_005"}]', 'PULL', NULL, '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.325916+00', '2026-11-29 03:51:19.66279+00', NULL, '2'),
('1', '397', '3', '{GROUP_RENAMED}', '{NULL}', '{name}', '["Head Office"]', E'["People''s \\"first\\" group"]', 'PULL', '2026-11-29 03:51:18.960131+00', '2026-11-29 03:54:14.990091+00', '2026-11-29 03:54:14.990091+00', '2026-11-29 03:54:15.066479+00', NULL, '178'),
('1', '411', '172', '{MEMBER_ADDED}', '{179}', NULL, NULL, NULL, 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL, '178'),
('1', '402', '175', '{ROLE_REVOKED,ALIAS_REMOVED,ALIAS_REMOVED,USER_DELETED}', '{9,176,177,NULL}', NULL, '[null, "a.rao@example.org", "rao.amina@example.com", {"type": "USER", "status": "ACTIVE", "lastName": "Rao", "createdAt": "2025-08-28T08:57:29.862000Z", "firstName": "Amina", "updatedAt": "2025-10-20T16:55:51.002000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "amina.rao@example.com"}]', NULL, 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL, '178'),
('1', '417', '174', '{ROLE_REVOKED,ROLE_REVOKED,MEMBER_REMOVED,USER_DELETED}', '{9,10,6,NULL}', NULL, '[null, null, null, {"type": "USER", "status": "ACTIVE", "lastName": "Vasquez", "createdAt": "2025-09-20T00:40:06.656000Z", "firstName": "Ömer", "updatedAt": "2025-11-30T14:26:38.047000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 2048, "primaryEmail": "omer.vasquez@example.com"}]', NULL, 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:16.945019+00', '2026-11-29 03:54:16.945019+00', '2026-11-29 03:54:16.972273+00', NULL, '178'),
('1', '344', '151', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,152,153,154,155,6,5,4,7,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Fernández", "createdAt": "2025-10-10T18:48:40.083000Z", "firstName": "Mohammed", "updatedAt": "2025-10-23T04:10:20.278000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "mohammed.fernandez@example.com"}, null, "m.fernandez@example.org", "fernandez.mohammed@example.com", "mohammedfernandez@example.org", "mohammed@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '32', '17', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,18,19,20,21,6,5,3,4,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Gallagher", "createdAt": "2024-05-28T08:38:36.902000Z", "firstName": "Gabriel", "updatedAt": "2024-11-09T14:18:00.055000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 5120, "primaryEmail": "gabriel.gallagher@example.com"}, null, "g.gallagher@example.org", "gallagher.gabriel@example.org", "gabrielgallagher@example.com", "gabriel@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '333', '145', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,146,147,148,149,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Gupta", "createdAt": "2025-07-23T23:15:41.328000Z", "firstName": "Dmitri", "updatedAt": "2025-10-10T15:47:27.921000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "dmitri.gupta@example.com"}, null, "d.gupta@example.com", "gupta.dmitri@example.com", "dmitrigupta@example.org", "dmitri@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '310', '134', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,135,136,137,3,4,6,7,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Strand", "createdAt": "2023-12-29T08:23:20.023000Z", "firstName": "Femke", "updatedAt": "2025-05-18T04:37:55.597000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "femke.strand@example.com"}, null, "f.strand@example.org", "strand.femke@example.com", "femkestrand@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '88', '44', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,45,46,47,4,7,5,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "O''Brien", "createdAt": "2022-07-08T14:41:34.540000Z", "firstName": "Ruth", "updatedAt": "2025-10-01T11:24:09.093000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "ruth.o''brien@example.com"}, null, "r.o''brien@example.org", "o''brien.ruth@example.com", "rutho''brien@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '295', '129', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,130,131,132,5,7,6,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Türk", "createdAt": "2021-08-18T17:23:17.804000Z", "firstName": "Leila", "updatedAt": "2023-12-22T01:09:15.192000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "leila.turk+ext@example.com"}, null, "l.turk@example.org", "turk.leila@example.org", "leilaturk@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '168', '79', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,80,81,82,4,3,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Brennan", "createdAt": "2022-08-01T21:43:44.978000Z", "firstName": "Chiara", "updatedAt": "2024-08-07T15:20:50.562000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "chiara.brennan@example.com"}, null, "c.brennan@example.org", "brennan.chiara@example.org", "chiarabrennan@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '79', '40', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,41,42,43,7,6,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "D''Amico", "createdAt": "2025-05-08T02:37:41.475000Z", "firstName": "Kenji", "updatedAt": "2025-12-08T10:50:05.201000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "kenji.d''amico@example.com"}, null, "k.d''amico@example.org", "d''amico.kenji@example.org", "kenjid''amico@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '118', '57', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,58,59,60,5,4,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Herrmann", "createdAt": "2022-06-19T22:35:21.837000Z", "firstName": "Fiona", "updatedAt": "2024-02-26T16:50:05.980000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "fiona.herrmann@example.com"}, null, "f.herrmann@example.org", "herrmann.fiona@example.org", "fionaherrmann@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '71', '36', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,37,38,39,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Reyes", "createdAt": "2021-07-20T22:40:27.989000Z", "firstName": "Agnieszka", "updatedAt": "2021-12-05T19:37:35.040000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "agnieszka.reyes@example.org"}, null, "a.reyes@example.org", "reyes.agnieszka@example.org", "agnieszkareyes@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '195', '95', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,96,97,98,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Smith", "createdAt": "2024-09-02T07:58:38.047000Z", "firstName": "Chinedu", "updatedAt": "2025-10-02T22:06:11.678000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "chinedu.smith@example.com"}, null, "c.smith@example.com", "smith.chinedu@example.org", "chinedusmith@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '138', '66', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,67,68,69,3}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Wolf", "createdAt": "2025-09-14T14:57:46.682000Z", "firstName": "Georg", "updatedAt": "2025-12-03T22:45:34.950000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "georg.wolf@example.com"}, null, "g.wolf@example.org", "wolf.georg@example.com", "georgwolf@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '204', '99', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,100,101,4,6,7,5,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Nakamura", "createdAt": "2024-07-15T05:29:57.305000Z", "firstName": "Bogdan", "updatedAt": "2025-05-31T15:41:11.050000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "bogdan.nakamura@example.com"}, null, "b.nakamura@example.org", "nakamura.bogdan@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '286', '126', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,127,128,4,5,6,7,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Núñez", "createdAt": "2022-01-13T19:39:25.376000Z", "firstName": "Femke", "updatedAt": "2024-01-12T12:53:59.887000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "femke.nunez@example.com"}, null, "f.nunez@example.com", "nunez.femke@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '377', '167', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,168,169,4,3,6,7,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Weiß", "createdAt": "2025-06-08T23:41:03.193000Z", "firstName": "Nikolai", "updatedAt": "2025-09-13T15:39:03.356000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "nikolai.weiss@example.org"}, null, "n.weiss@example.org", "weiss.nikolai@example.org"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '126', '61', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,62,63,4,7,6,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Guerrero", "createdAt": "2021-06-17T12:13:37.224000Z", "firstName": "Mateus", "updatedAt": "2022-09-21T03:51:08.735000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "mateus.guerrero@example.com"}, null, "m.guerrero@example.com", "guerrero.mateus@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '244', '114', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,115,116,6,4,5,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Petrov", "createdAt": "2021-06-04T07:03:45.831000Z", "firstName": "Takumi", "updatedAt": "2023-07-18T09:24:20.817000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "takumi.petrov@example.com"}, null, "t.petrov@example.org", "petrov.takumi@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '46', '25', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,26,27,6,3,5,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Shevchenko", "createdAt": "2022-05-11T03:35:51.670000Z", "firstName": "Chiara", "updatedAt": "2025-12-27T22:35:25.446000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "chiara.shevchenko@example.com"}, null, "n.weiss@example.org", "dagmar.de-boer@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '251', '117', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,118,119,4,3,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Grünwald", "createdAt": "2024-05-16T02:59:51.998000Z", "firstName": "Dmitri", "updatedAt": "2025-05-05T22:16:05.424000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 5120, "primaryEmail": "dmitri.grunwald@example.com"}, null, "d.grunwald@example.org", "grunwald.dmitri@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '189', '92', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,93,94,3,5,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Young", "createdAt": "2021-12-05T07:57:29.462000Z", "firstName": "Amina", "updatedAt": "2023-11-10T13:50:39.483000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "amina.young@example.com"}, null, "a.young@example.org", "young.amina@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '326', '142', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,143,144,6,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "MacDonald", "createdAt": "2024-04-23T08:12:54.391000Z", "firstName": "Małgorzata", "updatedAt": "2024-10-14T15:05:12.969000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "malgorzata.macdonald@example.com"}, null, "m.macdonald@example.com", "macdonald.malgorzata@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '174', '85', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,86,87,5,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Nyström", "createdAt": "2023-12-09T07:00:49.656000Z", "firstName": "María", "updatedAt": "2024-12-30T21:08:52.975000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "maria.nystrom@example.org"}, null, "m.nystrom@example.org", "nystrom.maria@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '320', '139', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,140,141,7,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Stewart", "createdAt": "2023-05-18T21:37:38.980000Z", "firstName": "Clara", "updatedAt": "2025-03-05T05:55:59.150000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "clara.stewart@example.com"}, null, "c.stewart@example.org", "stewart.clara@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '38', '22', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,23,24,7,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Thompson", "createdAt": "2023-12-18T09:23:57.989000Z", "firstName": "Zsófia", "updatedAt": "2025-09-27T09:14:59.215000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "zsofia.thompson@example.com"}, null, "z.thompson@example.org", "thompson.zsofia@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '368', '164', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,165,166,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Kamara", "createdAt": "2021-02-09T17:18:45.190000Z", "firstName": "Ebba", "updatedAt": "2022-01-08T04:32:51.203000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "ebba.kamara@example.com"}, null, "e.kamara@example.org", "kamara.ebba@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '102', '50', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,51,52,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Nagy", "createdAt": "2021-02-07T22:23:27.420000Z", "firstName": "Sofía", "updatedAt": "2023-06-25T19:14:47.880000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "sofia.nagy@example.org"}, null, "s.nagy@example.com", "nagy.sofia@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '56', '29', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,30,31,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Sánchez", "createdAt": "2021-03-09T19:28:11.788000Z", "firstName": "Hanna", "updatedAt": "2025-09-27T22:22:32.027000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "hanna.sanchez@example.com"}, null, "h.sanchez@example.com", "sanchez.hanna@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '396', '175', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED}', '{NULL,9,176,177}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Rao", "createdAt": "2025-08-28T08:57:29.862000Z", "firstName": "Amina", "updatedAt": "2025-10-20T16:55:51.002000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "amina.rao@example.com"}, null, "a.rao@example.org", "rao.amina@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '17', '13', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,14,6,7,4,3,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Kuznetsov", "createdAt": "2020-12-30T06:06:52.174000Z", "firstName": "Ebba", "updatedAt": "2021-01-12T07:31:39.695000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "ebba.kuznetsov@example.com"}, null, "e.kuznetsov@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '259', '120', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,121,7,5,3,4,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Reid", "createdAt": "2021-07-07T12:24:27.353000Z", "firstName": "Isabel", "updatedAt": "2021-08-10T17:07:00.300000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "isabel.reid@example.org"}, null, "i.reid@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '145', '70', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,71,6,5,7,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Vaněk", "createdAt": "2022-07-04T11:41:45.083000Z", "firstName": "Eilidh", "updatedAt": "2025-12-01T17:55:28.504000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 25600, "primaryEmail": "Eilidh.Vanek@example.com"}, null, "e.vanek@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '384', '170', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,171,7,6,5,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Wang", "createdAt": "2021-03-19T04:49:03.795000Z", "firstName": "José", "updatedAt": "2025-07-02T20:20:15.484000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "jose.wang@example.com"}, null, "j.wang@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '236', '112', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,113,7,6,3,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Öztürk", "createdAt": "2023-01-11T20:59:56.079000Z", "firstName": "Yusuf", "updatedAt": "2025-07-11T17:36:54.584000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 25600, "primaryEmail": "yusuf.ozturk@example.com"}, null, "y.ozturk@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '217', '105', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,106,5,6,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "García", "createdAt": "2022-09-06T05:32:46.499000Z", "firstName": "Gabriel", "updatedAt": "2025-02-06T12:32:46.433000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "gabriel.garcia@example.com"}, null, "g.garcia@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '154', '74', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,75,4,6,7}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Jiménez", "createdAt": "2022-11-13T17:12:44.217000Z", "firstName": "Diego", "updatedAt": "2023-08-03T01:38:35.088000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "diego.jimenez@example.org"}, null, "d.jimenez@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '132', '64', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,65,4,5,7}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Urban", "createdAt": "2020-12-04T18:32:52.014000Z", "firstName": "Vera", "updatedAt": "2021-06-12T01:49:42.736000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 2048, "primaryEmail": "vera.urban@example.org"}, null, "v.urban@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '182', '90', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,91,3,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Gianni", "createdAt": "2023-06-23T01:26:14.951000Z", "firstName": "Søren", "updatedAt": "2025-09-14T15:39:17.912000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "soren.gianni@example.com"}, null, "s.gianni@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '61', '32', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,33,4,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Hernández", "createdAt": "2022-11-02T22:29:59.323000Z", "firstName": "Gabriel", "updatedAt": "2023-09-25T07:01:42.061000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "gabriel.hernandez@example.com"}, null, "g.hernandez@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '363', '162', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,163,4,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Navarro", "createdAt": "2023-04-27T05:10:51.923000Z", "firstName": "Ricardo", "updatedAt": "2023-08-20T12:20:44.459000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "ricardo.navarro@example.com"}, null, "r.navarro@example.org"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '349', '156', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,157,4,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Nowak", "createdAt": "2023-11-07T06:00:12.329000Z", "firstName": "Asha", "updatedAt": "2024-02-07T22:44:28.262000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 10240, "primaryEmail": "asha.nowak@example.org"}, null, "a.nowak@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '65', '34', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,35,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "D''Angelo", "createdAt": "2025-02-01T16:26:56.233000Z", "firstName": "Ruth", "updatedAt": "2025-09-12T22:56:02.968000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 51200, "primaryEmail": "Ruth.D''angelo@example.com"}, null, "r.d''angelo@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '21', '15', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,16,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Tremblay", "createdAt": "2021-08-18T16:49:48.240000Z", "firstName": "Pedro", "updatedAt": "2024-08-17T10:34:03.923000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "paula.conti@example.com"}, null, "p.conti@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '388', '172', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,173,7}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Škoda", "createdAt": "2023-11-14T18:49:22.409000Z", "firstName": "Tomáš", "updatedAt": "2025-08-22T01:46:02.862000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "tomas.skoda@example.com"}, null, "t.skoda@example.org"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '177', '88', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED}', '{NULL,9,89}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Ferrari", "createdAt": "2023-05-18T09:11:18.454000Z", "firstName": "Simone", "updatedAt": "2024-01-11T01:19:18.901000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "simone.ferrari@example.com"}, null, "s.ferrari@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '9', '11', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED}', '{NULL,9,12}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Reyes", "createdAt": "2023-02-10T19:13:40.196000Z", "firstName": "Rachel", "updatedAt": "2024-12-29T20:50:33.069000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "rachel.reyes@example.org"}, null, "r.reyes@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '148', '72', '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED}', '{NULL,9,73}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "de-Boer", "createdAt": "2021-11-05T00:46:30.879000Z", "firstName": "Dagmar", "updatedAt": "2025-01-24T20:50:32.707000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "dagmar.de-boer@example.com"}, null, "d.de-boer@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '277', '125', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,3,6,7,4,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Lewandowski", "createdAt": "2025-05-12T08:27:36.871000Z", "firstName": "Mateus", "updatedAt": "2025-11-17T22:50:47.088000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 25600, "primaryEmail": "mateus.lewandowski@example.com"}]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '300', '133', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,3,4,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "O''Brien", "createdAt": "2024-05-03T13:39:53.738000Z", "firstName": "Wiebke", "updatedAt": "2025-06-11T19:11:04.416000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "wiebke.o''brien@example.com"}]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '51', '28', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,4,5,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Wójcik", "createdAt": "2022-06-27T02:50:53.577000Z", "firstName": "Florian", "updatedAt": "2023-04-27T14:26:04.972000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "Florian.Wojcik@example.org"}]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '314', '138', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,6,4}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Bianchi", "createdAt": "2023-11-03T23:27:42.504000Z", "firstName": "Inés", "updatedAt": "2025-09-21T12:05:49.928000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "ines.bianchi@example.com"}]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '270', '124', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,6,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Rahman", "createdAt": "2023-09-05T09:17:49.308000Z", "firstName": "Leila", "updatedAt": "2024-01-03T18:19:56.101000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 5120, "primaryEmail": "leila.rahman@example.com"}]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '229', '111', '{USER_CREATED,ROLE_GRANTED,MEMBER_ADDED}', '{NULL,9,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Fischer", "createdAt": "2025-07-24T23:15:37.158000Z", "firstName": "Diego", "updatedAt": "2025-10-20T22:04:58.027000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 5120, "primaryEmail": "diego.fischer@example.org"}]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '226', '107', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,84,108,109,110,4,6,5}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Iversen", "createdAt": "2022-06-28T10:04:07.375000Z", "firstName": "Patrick", "updatedAt": "2022-12-18T14:24:43.127000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 25600, "primaryEmail": "patrick.iversen@example.com"}, null, null, "p.iversen@example.com", "iversen.patrick@example.com", "patrickiversen@example.org"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '358', '158', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,150,159,160,161,5,3,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Pérez", "createdAt": "2024-11-06T06:20:53.178000Z", "firstName": "Bogdan", "updatedAt": "2025-05-13T13:21:26.158000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "bogdan.perez@example.com"}, null, null, "b.perez@example.org", "perez.bogdan@example.org", "bogdanperez@example.com"]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '110', '53', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,10,54,55,56,7,6}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "O''Connor", "createdAt": "2020-09-03T12:44:57.680000Z", "firstName": "Fiona", "updatedAt": "2023-11-05T00:30:21.413000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "fiona.o''connor@example.com"}, null, null, "f.o''connor@example.com", "o''connor.fiona@example.com", "fionao''connor@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '211', '102', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,83,103,104,3,5}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Saint-Pierre", "createdAt": "2025-04-24T01:22:32.188000Z", "firstName": "Rafael", "updatedAt": "2025-10-06T16:51:26.300000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 10240, "primaryEmail": "rafael.saint-pierre@example.com"}, null, null, "r.saint-pierre@example.org", "saint-pierre.rafael@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '160', '76', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,ALIAS_ADDED,MEMBER_ADDED}', '{NULL,9,10,77,78,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Tremblay", "createdAt": "2023-01-12T20:30:41.325000Z", "firstName": "Pedro", "updatedAt": "2025-03-14T08:45:42.962000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 5120, "primaryEmail": "pedro.tremblay@example.org"}, null, null, "p.tremblay@example.com", "tremblay.pedro@example.org"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '97', '48', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,10,49,5,4,7,6,3}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Grünwald", "createdAt": "2025-07-10T20:47:29.178000Z", "firstName": "Carlos", "updatedAt": "2025-11-05T18:51:38.685000Z", "spamPolicy": {"level": "standard", "quarantineDays": 30}, "mailboxSize": 2048, "primaryEmail": "carlos.grunwald@example.com"}, null, null, "c.grunwald@example.com"]', 'PULL', NULL, '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL, '2'),
('1', '266', '122', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}', '{NULL,9,10,123,3,7,5}', NULL, NULL, '[{"type": "USER", "status": "INACTIVE", "lastName": "Werner", "createdAt": "2025-12-09T02:50:33.214000Z", "firstName": "Agnieszka", "updatedAt": "2025-12-11T00:24:05.060000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 5120, "primaryEmail": "agnieszka.werner@example.com"}, null, null, "a.werner@example.com"]', 'PULL', NULL, '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL, '2'),
('1', '392', '174', '{USER_CREATED,ROLE_GRANTED,ROLE_GRANTED,MEMBER_ADDED}', '{NULL,9,10,6}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": "Vasquez", "createdAt": "2025-09-20T00:40:06.656000Z", "firstName": "Ömer", "updatedAt": "2025-11-30T14:26:38.047000Z", "spamPolicy": {"level": "strict", "quarantineDays": 14}, "mailboxSize": 2048, "primaryEmail": "omer.vasquez@example.com"}]', 'PULL', NULL, '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL, '2'),
('1', '413', '181', '{USER_RECREATED,ROLE_GRANTED}', '{NULL,9}', NULL, NULL, '[{"type": "USER", "status": "ACTIVE", "lastName": null, "createdAt": "2026-11-29T03:54:13.284000Z", "firstName": "Back again", "updatedAt": "2026-11-29T03:54:13.284000Z", "spamPolicy": null, "mailboxSize": null, "primaryEmail": "amina.rao@example.com"}]', 'PULL', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL, '178');

insert into public.finding_runs (organization_id, learnt_at, as_of) overriding system value values
('1', '2026-11-29 03:54:27.252329+00', '2026-11-29 03:54:14.922171+00');

insert into public.findings (id, organization_id, rule, key, severity, subject_ids, subject_types, evidence, first_seen_at, last_seen_at, resolved_at) overriding system value values
('1', '1', 'PRIVILEGED_INACTIVE', '53', '3', '{53}', '{User}', '{"roles": ["HELPDESK"]}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('10', '1', 'EMPTY_GROUP', '8', '0', '{8}', '{Group}', '{"name": "Design Málaga"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('11', '1', 'SAME_PERSON_TWICE', 'pedro tremblay', '1', '{15,76}', '{User,User}', '{"name": "Pedro Tremblay", "accounts": 2}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('12', '1', 'EMPTY_GROUP', '179', '0', '{179}', '{Group}', '{"name": "Newcomers"}', '2026-11-29 03:54:16.180964+00', '2026-11-29 03:54:16.180964+00', '2026-11-29 03:54:17.654902+00'),
('13', '1', 'PRIVILEGED_INACTIVE', '170', '3', '{170}', '{User}', '{"roles": ["AUDITOR"]}', '2026-11-29 03:54:17.654902+00', '2026-11-29 03:54:17.654902+00', NULL),
('14', '1', 'RECREATED_AFTER_DELETE', '181', '2', '{181,175}', '{User,User}', '{"deletedAt": "2026-11-29T03:54:16.053818+00:00", "recreatedAt": "2026-11-29T03:54:16.053818+00:00"}', '2026-11-29 03:54:17.654902+00', '2026-11-29 03:54:17.654902+00', NULL),
('15', '1', 'USER_WITHOUT_GROUPS', '181', '1', '{181}', '{User}', '{"status": "ACTIVE"}', '2026-11-29 03:54:17.654902+00', '2026-11-29 03:54:17.654902+00', NULL),
('16', '1', 'PRIVILEGED_INACTIVE', '193', '3', '{193}', '{User}', '{"roles": ["ADMINISTRATOR"]}', '2026-11-29 03:54:25.339777+00', '2026-11-29 03:54:25.339777+00', NULL),
('2', '1', 'PRIVILEGED_INACTIVE', '102', '3', '{102}', '{User}', '{"roles": ["ADMINISTRATOR"]}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:54:25.339777+00'),
('3', '1', 'PRIVILEGED_INACTIVE', '122', '3', '{122}', '{User}', '{"roles": ["HELPDESK"]}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('4', '1', 'ALIAS_COLLISION', 'n.weiss@example.org', '2', '{25,167}', '{User,User}', '{"address": "n.weiss@example.org", "claimants": 2}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('5', '1', 'ALIAS_SHADOWS_USER', '27', '3', '{25,72}', '{User,User}', '{"address": "dagmar.de-boer@example.com"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('6', '1', 'USER_WITHOUT_GROUPS', '11', '1', '{11}', '{User}', '{"status": "ACTIVE"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('7', '1', 'USER_WITHOUT_GROUPS', '72', '1', '{72}', '{User}', '{"status": "ACTIVE"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('8', '1', 'USER_WITHOUT_GROUPS', '88', '1', '{88}', '{User}', '{"status": "ACTIVE"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', NULL),
('9', '1', 'USER_WITHOUT_GROUPS', '175', '1', '{175}', '{User}', '{"status": "ACTIVE"}', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:51:24.408504+00', '2026-11-29 03:54:17.654902+00');

insert into public.group_versions (group_id, organization_id, name, member_count, valid_from, valid_to) overriding system value values
('5', '1', 'External Partners', '30', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00'),
('3', '1', 'Head Office', '30', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:15.066479+00'),
('6', '1', 'Infrastructure Amsterdam', '36', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:15.066479+00'),
('6', '1', 'Infrastructure Amsterdam', '35', '2026-11-29 03:54:15.066479+00', '2026-11-29 03:54:27.252329+00'),
('4', '1', 'Leadership', '32', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00'),
('3', '1', 'People''s "first" group', '30', '2026-11-29 03:54:15.066479+00', '2026-11-29 03:54:27.252329+00'),
('7', '1', 'Treasury Vienna', '30', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00');

insert into public.groups (id, organization_id, group_id, name, member_count, profile_at, valid_from, version_from, deleted_at, gone_at, missed_pulls) overriding system value values
('179', '1', 'grp_new', 'Newcomers', '1', '2026-11-29 03:54:14.922171+00', '2026-11-29 03:54:15.066479+00', '2026-11-29 03:54:15.066479+00', NULL, NULL, '0'),
('3', '1', 'grp_001', 'People''s "first" group', '23', '2026-11-29 03:54:27.074521+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00', NULL, NULL, '0'),
('4', '1', 'grp_002', 'Leadership', '20', '2026-11-29 03:54:27.074521+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00', NULL, NULL, '0'),
('5', '1', 'grp_003', 'External Partners', '20', '2026-11-29 03:54:27.074521+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00', NULL, NULL, '0'),
('6', '1', 'grp_004', 'Infrastructure Amsterdam', '22', '2026-11-29 03:54:27.074521+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00', NULL, NULL, '0'),
('7', '1', 'grp_005', 'Treasury Vienna', '19', '2026-11-29 03:54:27.074521+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:54:27.252329+00', NULL, NULL, '0'),
('8', '1', 'grp_006', 'Design Málaga', '0', '2026-11-29 03:51:18.960131+00', '2026-11-29 03:51:19.66279+00', '2026-11-29 03:51:19.66279+00', NULL, NULL, '1');

insert into public.idempotency_keys (key, input, holder, held_until, steps, answer, created_at) overriding system value values
('V_VFRmj8tUjdQpCd2mLYFWZlcomnAbQCgRw0JHhCuPw', 'T34MeRrjXhUpkheCJUI4UPgUiGD-kDu7M7514PWQSrY', 'b0253182-9357-4d6f-9ce5-91de73ad169b', '2026-11-29 03:54:43.586239+00', '{"replace": {"done": false, "facts": {"digest": "nZEsd7gn6iqucDDEEsLUEKO8WpGUyFbYK29xsg6x9Sc", "telling": true}}}', NULL, '2026-11-29 03:54:28.24469+00'),
('iAT4p8j4ogcBrgOnwkFDyINgPEnJhhr3ifKwJoSueS8', 'IMV8jc0EZSBgS7po9PcBTvWj9N_aQ82XwmpJeNPo4ac', 'da6de607-ee9e-4097-a6cb-e60d4c4632f5', '2026-11-29 03:54:33.508887+00', '{"create": {"done": true, "facts": {"userId": null}}, "join grp_002": {"done": true, "facts": {}}}', 'KuYFFBjahH/0PKWEvNAotEcxtp1Wb1oS9sv5BPzIsAJ1L50Ae/Z3GIOz8D7L/IBhQ5ztBmNVyEuPITQPyKUtWItmcalsJlVIgEWLvfGNwP53Hqd9GtZyxYatgudof92lbCNrtI1rp9dcWB3O0nYYLrv7hGRjp6StDPfkNbH0X9OjXt1Qu9FQDiceOxqcKpkk8QQaB5wuM5PP7DDhSI9hVsTUR9M+LzSrNuFGoglZvd65aGH0EHWduecAqAYvDGuT1ca5W66nuDsHDsFiw0d+fP0oFv9sNbaZcV9JM/kI7St9poYfjEx4uwvK86V1KHadAjRVZEtVa0dzKXH7WRrs9Te9b+9v7W3Cm5jV0WVaIcc+jnMUphb5UdUcY0LJtZsO', '2026-11-29 03:54:18.233461+00'),
('rHdJfhVDzn0PcJ_3zNmFFJIhBSoxLB982N4nNhNwIok', 'UG7vU3vPw-TYIt9grzO1xvT3vzzHChhlrNLp0-s_FhI', '844e49d1-b192-41f9-953b-1026b59f1a91', '2026-11-29 03:54:34.234783+00', '{"replace": {"done": true, "facts": {"digest": "gnP7o_aB4Kd9aoMZtvwzWfy9xwR17z1Z2ZPC6hiwKYs", "telling": true}}}', '3HZVYMn93GHKWPPhsZh3HGxrqN1x3AY0bKqzNz13FdWtxfLkJl1AKnCxoYefoWHFrsvad2Ujg79Wu9SARDKO/HWRxFz3NWswEH/6tBV38ecHs5H14xwY3HfeeOT52qCcA+m/fiKab/wd02284cFnp/kxB88KanyJBlS71ekBN25pnPEx0RSrjsv01b80oeU4DRpMarmH4DdfkVSeCAFyHLXv1GIqooD8zi0s4/vcgmXkqs7MTlSHikD7rUmNStfTRs+LwaTEjGuJqr1zRhF9CvDQrVJN0cBvNt3Sx2JKtRVKuPnn0hjqMg29qtr+URDPJMpLrPwnlTdWGzWNplZq/TSEumzIXC/c53nDY/+ROptpOS3KBFEJVy1c', '2026-11-29 03:54:18.935241+00');

insert into public.memberships (user_id, group_id, organization_id, happened_by, valid_from, valid_to) overriding system value values
('102', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('102', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('105', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('105', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('105', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('107', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('107', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('107', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('111', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('112', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('112', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('112', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('112', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('114', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('114', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('114', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('114', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('117', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('117', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('117', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('120', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('120', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('120', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('120', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('120', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('122', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('122', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('122', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('124', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('124', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('125', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('125', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('125', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('125', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('125', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('126', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('126', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('126', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('126', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('126', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('129', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('129', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('129', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('129', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('13', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('13', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('13', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('13', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('13', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('133', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('133', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('133', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('134', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('134', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('134', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('134', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('134', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('138', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('138', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('139', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('139', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('142', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('142', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('145', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('15', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('151', '3', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('151', '4', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('151', '5', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('151', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('151', '7', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('156', '3', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('156', '4', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('158', '3', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('158', '5', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('158', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('162', '4', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('162', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('164', '4', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('167', '3', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('167', '4', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('167', '5', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('167', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('167', '7', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('17', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('17', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('17', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('17', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('17', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('170', '3', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('170', '5', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('170', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('170', '7', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('172', '179', '1', '2026-11-29 03:54:15.849878+00', '2026-11-29 03:54:16.053818+00', NULL),
('172', '7', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', NULL),
('174', '6', '1', '2026-11-29 03:51:22.152843+00', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.972273+00'),
('182', '4', '1', '2026-11-29 03:54:18.543451+00', '2026-11-29 03:54:18.56969+00', '2026-11-29 03:54:20.986289+00'),
('182', '5', '1', '2026-11-29 03:54:20.46416+00', '2026-11-29 03:54:20.49499+00', NULL),
('192', '3', '1', '2026-11-29 03:54:24.471337+00', '2026-11-29 03:54:24.487432+00', NULL),
('192', '4', '1', '2026-11-29 03:54:24.471337+00', '2026-11-29 03:54:24.487432+00', NULL),
('193', '3', '1', '2026-11-29 03:54:24.567433+00', '2026-11-29 03:54:24.792967+00', NULL),
('193', '5', '1', '2026-11-29 03:54:24.567433+00', '2026-11-29 03:54:24.792967+00', NULL),
('22', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('22', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('25', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('25', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('25', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('25', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('28', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('28', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('28', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('29', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('32', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('32', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('34', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('36', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('40', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('40', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('40', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('44', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('44', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('44', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('44', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('48', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('48', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('48', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('48', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('48', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('50', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('53', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('53', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('57', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('57', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('57', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('61', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('61', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('61', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('61', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('64', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('64', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('64', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('66', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('70', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('70', '5', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('70', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('70', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('74', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('74', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('74', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('76', '6', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('79', '3', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('79', '4', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('79', '7', '1', '2026-11-29 03:51:20.291455+00', '2026-11-29 03:51:21.12102+00', NULL),
('85', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('85', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('90', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('90', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('92', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('92', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('92', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('95', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', NULL),
('99', '3', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('99', '4', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('99', '5', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('99', '6', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00'),
('99', '7', '1', '2026-11-29 03:51:21.229832+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00');

insert into public.operation_items (id, operation_id, primary_email, domain, state, input, password, snapshot, requests, holder, held_until, attempts, failure, user_id) overriding system value values
('186', '185', 'on.one@example.com', 'example.com', 'SUCCEEDED', '{"type": "USER", "groups": ["grp_001", "grp_002"], "firstName": "On", "primaryEmail": "on.one@example.com"}', NULL, NULL, '4', NULL, '2026-11-29 03:54:39.80009+00', '0', NULL, '192'),
('187', '185', 'on.two@nowhere.example', 'nowhere.example', 'FAILED', '{"type": "USER", "firstName": "Of no registered domain", "primaryEmail": "on.two@nowhere.example"}', NULL, NULL, '2', NULL, '2026-11-29 03:54:38.994232+00', '0', '{"domain": "nowhere.example", "failure": "DomainNotRegistered", "message": "The domain nowhere.example is not registered: that is done in the vendor''s admin console, before users are created"}', NULL),
('189', '188', 'bogdan.nakamura@example.com', 'example.com', 'SUCCEEDED', '{"mode": "DELETE"}', NULL, E'{"userId":99,"raw":{"primaryEmail":"bogdan.nakamura@example.com","firstName":"Bogdan","lastName":"Nakamura","type":"User","status":"active","roles":["USER"],"aliases":["b.nakamura@example.org","nakamura.bogdan@example.org"],"groups":["grp_002","grp_004","grp_005","grp_003","grp_001"],"mailboxSize":25600,"spamPolicy":{"level":"standard","quarantineDays":30},"createdAt":"2024-07-15T05:29:57.305Z","updatedAt":"2025-05-31T15:41:11.050Z"},"groups":[{"called":"grp_001","id":3,"groupId":"grp_001","name":"People''s \\"first\\" group","nameIsIts":true},{"called":"grp_002","id":4,"groupId":"grp_002","name":"Leadership","nameIsIts":true},{"called":"grp_003","id":5,"groupId":"grp_003","name":"External Partners","nameIsIts":true},{"called":"grp_004","id":6,"groupId":"grp_004","name":"Infrastructure Amsterdam","nameIsIts":true},{"called":"grp_005","id":7,"groupId":"grp_005","name":"Treasury Vienna","nameIsIts":true}]}', '8', NULL, '2026-11-29 03:54:40.337272+00', '0', NULL, '99'),
('191', '190', 'rafael.saint-pierre@example.com', 'example.com', 'SUCCEEDED', '{"to": "renamed@example.org", "keepOldAddressAsAlias": true}', NULL, E'{"userId":102,"raw":{"primaryEmail":"rafael.saint-pierre@example.com","firstName":"Rafael","lastName":"Saint-Pierre","type":"User","status":"inactive","roles":["USER","ADMINISTRATOR"],"aliases":["r.saint-pierre@example.org","saint-pierre.rafael@example.com"],"groups":["grp_001","grp_003"],"mailboxSize":10240,"spamPolicy":{"level":"standard","quarantineDays":30},"createdAt":"2025-04-24T01:22:32.188Z","updatedAt":"2025-10-06T16:51:26.300Z"},"groups":[{"called":"grp_001","id":3,"groupId":"grp_001","name":"People''s \\"first\\" group","nameIsIts":true},{"called":"grp_003","id":5,"groupId":"grp_003","name":"External Partners","nameIsIts":true}]}', '11', NULL, '2026-11-29 03:54:40.92107+00', '0', NULL, '193'),
('199', '198', 'waits.1@example.com', 'example.com', 'RUNNING', '{"type": "USER", "groups": ["grp_001", "grp_002", "grp_003"], "firstName": "Waits 1", "primaryEmail": "waits.1@example.com"}', '20pD87fI6/x9iC0c72e7g9/C01FWOV7LpSzR7GnjOskvOSoUE8C0g7quLg2KwQ==', NULL, '5', '86c7b76e-8941-4614-8f19-a69e88351444', '2026-11-29 03:54:43.922499+00', '0', NULL, NULL),
('200', '198', 'waits.2@example.com', 'example.com', 'QUEUED', '{"type": "USER", "groups": ["grp_001", "grp_002", "grp_003"], "firstName": "Waits 2", "primaryEmail": "waits.2@example.com"}', 'akzoGmqKRlzI5tB4S6bJZToH0klL/wJBFcowRw405GKMAkMj96fm+GrNQ71aDw==', NULL, '5', NULL, '-infinity', '0', NULL, NULL),
('201', '198', 'waits.3@example.com', 'example.com', 'QUEUED', '{"type": "USER", "groups": ["grp_001", "grp_002", "grp_003"], "firstName": "Waits 3", "primaryEmail": "waits.3@example.com"}', '4SLHDQJG8419mTfrLjIdDQYyFcWSReuuvdoJtM6pTci6WT/uWK6IAMRLhxut1g==', NULL, '5', NULL, '-infinity', '0', NULL, NULL);

insert into public.operation_steps (item_id, step, facts, sent_at, done_at) overriding system value values
('186', 'create', '{"userId": null}', '2026-11-29 03:54:23.635529+00', '2026-11-29 03:54:23.796738+00'),
('189', 'delete', '{"userId": 99, "createdAt": "2024-07-15T05:29:57.305000Z"}', '2026-11-29 03:54:24.946072+00', '2026-11-29 03:54:25.016998+00'),
('186', 'join grp_001', '{}', '2026-11-29 03:54:23.998351+00', '2026-11-29 03:54:24.189193+00'),
('186', 'join grp_002', '{}', '2026-11-29 03:54:24.335332+00', '2026-11-29 03:54:24.416949+00'),
('189', 'leave grp_001', '{}', '2026-11-29 03:54:24.105124+00', '2026-11-29 03:54:24.217994+00'),
('189', 'leave grp_002', '{}', '2026-11-29 03:54:24.306606+00', '2026-11-29 03:54:24.425129+00'),
('189', 'leave grp_003', '{}', '2026-11-29 03:54:24.489737+00', '2026-11-29 03:54:24.564836+00'),
('189', 'leave grp_004', '{}', '2026-11-29 03:54:24.623282+00', '2026-11-29 03:54:24.72092+00'),
('189', 'leave grp_005', '{}', '2026-11-29 03:54:24.799765+00', '2026-11-29 03:54:24.883631+00'),
('191', 'new create', '{"userId": null}', '2026-11-29 03:54:24.01707+00', '2026-11-29 03:54:24.196697+00'),
('191', 'new join grp_001', '{}', '2026-11-29 03:54:24.26904+00', '2026-11-29 03:54:24.409734+00'),
('191', 'new join grp_003', '{}', '2026-11-29 03:54:24.486524+00', '2026-11-29 03:54:24.523873+00'),
('191', 'new replace', '{"digest": "AWNF5bF6CSGlTqNzy825yhFjsYVEdGtkvkGNIDxBYNE", "telling": true}', '2026-11-29 03:54:25.581827+00', '2026-11-29 03:54:25.69925+00'),
('191', 'old delete', '{"userId": 102, "createdAt": "2025-04-24T01:22:32.188000Z"}', '2026-11-29 03:54:25.149981+00', '2026-11-29 03:54:25.241634+00');

insert into public.operations (id, organization_id, kind, state, revision, created_at, finished_at, created_by) overriding system value values
('185', '1', 'ONBOARDING', 'PARTLY_FAILED', '8', '2026-11-29 03:54:21.910068+00', '2026-11-29 03:54:24.807579+00', 'admin'),
('188', '1', 'DEPROVISIONING', 'SUCCEEDED', '9', '2026-11-29 03:54:22.056798+00', '2026-11-29 03:54:25.521501+00', 'admin'),
('190', '1', 'EMAIL_CHANGE', 'SUCCEEDED', '8', '2026-11-29 03:54:22.282203+00', '2026-11-29 03:54:25.93895+00', 'admin'),
('198', '1', 'ONBOARDING', 'RUNNING', '1', '2026-11-29 03:54:28.149047+00', NULL, 'admin');

insert into public.organizations (id, slug, name, allowance_key, retired_at, feed_position, learnt_at, profile_as_of, roles_as_of, aliases_as_of, groups_as_of, next_pull_at, pull_interval_seconds, pace_seconds, failures_running, problem, feed_reached_at, feed_pruned_to, history_from, pruned_at) overriding system value values
('1', 'default', 'default', '82fcbd80bd74910443b8a04f1c23e67b', NULL, '457', '2026-11-29 03:54:28.373512+00', '2026-11-29 03:54:14.922171+00', '2026-11-29 03:54:14.922171+00', '2026-11-29 03:54:14.922171+00', '2026-11-29 03:54:14.922171+00', '2026-12-06 03:54:26.068292+00', '604800', '604800', '0', 'The vendor no longer shows 20 of 60 users: their deletion waits in quarantine until resolveQuarantine decides, or a later pull shows them again', '2026-11-29 03:54:25.705776+00', '0', NULL, '2026-11-29 03:51:19.472899+00');

insert into public.pull_candidates (pull_id, user_id, settled, carried) overriding system value values
('178', '174', 'true', NULL),
('197', '11', 'false', NULL),
('197', '13', 'false', NULL),
('197', '15', 'false', NULL),
('197', '17', 'false', NULL),
('197', '22', 'false', NULL),
('197', '25', 'false', NULL),
('197', '28', 'false', NULL),
('197', '29', 'false', NULL),
('197', '32', 'false', NULL),
('197', '34', 'false', NULL),
('197', '36', 'false', NULL),
('197', '40', 'false', NULL),
('197', '44', 'false', NULL),
('197', '48', 'false', NULL),
('197', '50', 'false', NULL),
('197', '53', 'false', NULL),
('197', '57', 'false', NULL),
('197', '61', 'false', NULL),
('197', '64', 'false', NULL),
('197', '66', 'false', NULL);

insert into public.pull_pages (pull_id, kind, page, organization_id, rows, total, sent_at, arrived_at, body, ids, carried, outcomes) overriding system value values
('178', 'USERS', '1', '1', '25', '59', '2026-11-29 03:54:15.283158+00', '2026-11-29 03:54:15.361725+00', NULL, '{11,13,15,17,22,25,28,29,32,34,36,40,44,48,50,53,57,61,64,66,70,72,74,76,79}', '{7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}'),
('197', 'USERS', '2', '1', '15', '40', '2026-11-29 03:54:27.413561+00', '2026-11-29 03:54:27.452344+00', NULL, '{139,142,145,151,156,158,162,164,167,170,172,181,182,192,193}', '{7,7,7,7,7,7,7,7,7,7,7,7,7,7,7}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}'),
('178', 'USERS', '3', '1', '9', '59', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.849878+00', NULL, '{151,156,158,162,164,167,170,172,181}', '{7,7,7,7,7,7,7,7,7}', '{0,0,0,0,0,1,1,1,2}'),
('178', 'GROUPS', '1', '1', '6', NULL, '2026-11-29 03:54:14.922171+00', '2026-11-29 03:54:14.990091+00', NULL, '{3,4,5,6,7,179}', '{0,0,0,0,0,0}', '{}'),
('197', 'GROUPS', '1', '1', '6', NULL, '2026-11-29 03:54:27.074521+00', '2026-11-29 03:54:27.095915+00', NULL, '{3,4,5,6,7,179}', '{0,0,0,0,0,0}', '{}'),
('197', 'USERS', '1', '1', '25', '40', '2026-11-29 03:54:27.30238+00', '2026-11-29 03:54:27.335991+00', NULL, '{70,72,74,76,79,85,88,90,92,95,105,107,111,112,114,117,120,122,124,125,126,129,133,134,138}', '{7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}'),
('178', 'USERS', '2', '1', '25', '59', '2026-11-29 03:54:15.522213+00', '2026-11-29 03:54:15.578061+00', NULL, '{85,88,90,92,95,99,102,105,107,111,112,114,117,120,122,124,125,126,129,133,134,138,139,142,145}', '{7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}'),
('178', 'GROUPS', '2', '1', '0', NULL, '2026-11-29 03:54:15.118957+00', '2026-11-29 03:54:15.172951+00', NULL, '{}', '{}', '{}'),
('197', 'GROUPS', '2', '1', '0', NULL, '2026-11-29 03:54:27.191529+00', '2026-11-29 03:54:27.219996+00', NULL, '{}', '{}', '{}'),
('202', 'GROUPS', '1', '1', '6', NULL, '2026-11-29 03:54:28.873026+00', '2026-11-29 03:54:28.894234+00', E'{"groups":[{"id":"grp_001","name":"People''s \\"first\\" group","memberCount":23},{"id":"grp_002","name":"Leadership","memberCount":20},{"id":"grp_003","name":"External Partners","memberCount":20},{"id":"grp_004","name":"Infrastructure Amsterdam","memberCount":22},{"id":"grp_005","name":"Treasury Vienna","memberCount":19},{"id":"grp_new","name":"Newcomers","memberCount":1}]}', NULL, NULL, NULL);

insert into public.pulls (id, organization_id, state, phase, trigger, started_at, finished_at, first_sent_at, requests, retries, rate_limited, users_seen, users_expected, accepted, created, updated, deleted, unchanged, carried, shortfall, error) overriding system value values
('178', '1', 'COMPLETE', 'DELETIONS', 'REQUEST', '2026-11-29 03:54:13.977111+00', '2026-11-29 03:54:17.337134+00', '2026-11-29 03:54:14.922171+00', '6', '0', '0', '59', '59', 'false', '1', '3', '2', '55', '7', NULL, NULL),
('197', '1', 'QUARANTINED', 'DELETIONS', 'REQUEST', '2026-11-29 03:54:26.068292+00', '2026-11-29 03:54:28.022007+00', '2026-11-29 03:54:27.074521+00', '4', '0', '0', '40', '40', 'false', '0', '0', '0', '40', NULL, NULL, 'The vendor no longer shows 20 of 60 users: their deletion waits in quarantine until resolveQuarantine decides, or a later pull shows them again'),
('2', '1', 'COMPLETE', 'DELETIONS', 'START', '2026-11-29 03:51:16.612564+00', '2026-11-29 03:51:25.932628+00', '2026-11-29 03:51:18.960131+00', '5', '0', '0', '60', '60', 'false', '60', '0', '0', '0', '7', NULL, NULL),
('202', '1', 'RUNNING', 'LISTING', 'REQUEST', '2026-11-29 03:54:28.372932+00', NULL, '2026-11-29 03:54:28.873026+00', '1', '0', '0', '0', NULL, 'false', '0', '0', '0', '0', NULL, NULL, NULL);

insert into public.role_grants (user_id, role_id, organization_id, valid_from, valid_to) overriding system value values
('122', '10', '1', '2026-11-29 03:51:23.289349+00', NULL),
('174', '10', '1', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.972273+00'),
('48', '10', '1', '2026-11-29 03:51:21.12102+00', NULL),
('53', '10', '1', '2026-11-29 03:51:21.12102+00', NULL),
('76', '10', '1', '2026-11-29 03:51:21.12102+00', NULL),
('158', '150', '1', '2026-11-29 03:51:23.778156+00', NULL),
('102', '83', '1', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('193', '83', '1', '2026-11-29 03:54:24.792967+00', NULL),
('107', '84', '1', '2026-11-29 03:51:23.289349+00', NULL),
('170', '84', '1', '2026-11-29 03:54:16.053818+00', NULL),
('102', '9', '1', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.307272+00'),
('105', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('107', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('11', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('111', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('112', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('114', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('117', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('120', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('122', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('124', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('125', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('126', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('129', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('13', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('133', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('134', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('138', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('139', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('142', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('145', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('15', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('151', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('156', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('158', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('162', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('164', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('167', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('17', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('170', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('172', '9', '1', '2026-11-29 03:51:23.778156+00', NULL),
('174', '9', '1', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.972273+00'),
('175', '9', '1', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('181', '9', '1', '2026-11-29 03:54:16.053818+00', NULL),
('182', '9', '1', '2026-11-29 03:54:18.56969+00', NULL),
('184', '9', '1', '2026-11-29 03:54:21.293691+00', '2026-11-29 03:54:21.652858+00'),
('192', '9', '1', '2026-11-29 03:54:24.487432+00', NULL),
('193', '9', '1', '2026-11-29 03:54:24.792967+00', NULL),
('22', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('25', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('28', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('29', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('32', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('34', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('36', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('40', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('44', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('48', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('50', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('53', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('57', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('61', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('64', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('66', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('70', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('72', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('74', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('76', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('79', '9', '1', '2026-11-29 03:51:21.12102+00', NULL),
('85', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('88', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('90', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('92', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('95', '9', '1', '2026-11-29 03:51:23.289349+00', NULL),
('99', '9', '1', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:25.100715+00');

insert into public.roles (id, organization_id, name, valid_from) overriding system value values
('10', '1', 'HELPDESK', '2026-11-29 03:51:21.12102+00'),
('150', '1', 'QUARANTINE_MANAGER', '2026-11-29 03:51:23.778156+00'),
('83', '1', 'ADMINISTRATOR', '2026-11-29 03:51:23.289349+00'),
('84', '1', 'AUDITOR', '2026-11-29 03:51:23.289349+00'),
('9', '1', 'USER', '2026-11-29 03:51:21.12102+00');

insert into public.user_locks (organization_id, address_key, holder, held_until) overriding system value values
('1', 'femke.nunez@example.com', '8076bb33-b8f3-41b3-88dd-920ca5d2fcff', '2026-11-29 03:54:43.575118+00');

insert into public.user_versions (user_id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, spam_policy, created_at, updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, unresolved_groups, valid_from, valid_to) overriding system value values
('126', '1', 'femke.nunez@example.com', 'femke.nunez@example.com', 'example.com', 'Femke', 'Núñez', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2022-01-13 19:39:25.376+00', '2024-01-12 12:53:59.887+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:28.373512+00'),
('170', '1', 'jose.wang@example.com', 'jose.wang@example.com', 'example.com', 'José', 'Wang', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-03-19 04:49:03.795+00', '2025-07-02 20:20:15.484+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('172', '1', 'tomas.skoda@example.com', 'tomas.skoda@example.com', 'example.com', 'Tomáš', 'Škoda', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2023-11-14 18:49:22.409+00', '2025-08-22 01:46:02.862+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:18.319+00', '411', '2026-11-29 03:54:18.526352+00', '2026-11-29 03:54:18.526352+00', '2026-11-29 03:54:18.526352+00', '2026-11-29 03:54:18.526352+00', NULL, '2026-11-29 03:54:18.56969+00', '2026-11-29 03:54:19.004965+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:18.319+00', '411', '2026-11-29 03:54:18.969373+00', '2026-11-29 03:54:18.969373+00', '2026-11-29 03:54:18.969373+00', '2026-11-29 03:54:18.969373+00', NULL, '2026-11-29 03:54:19.004965+00', '2026-11-29 03:54:19.322803+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', 'One', 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:19.193+00', '415', '2026-11-29 03:54:19.237389+00', '2026-11-29 03:54:19.237389+00', '2026-11-29 03:54:19.237389+00', '2026-11-29 03:54:19.237389+00', NULL, '2026-11-29 03:54:19.322803+00', '2026-11-29 03:54:20.245356+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', 'One', 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:19.193+00', '415', '2026-11-29 03:54:20.201108+00', '2026-11-29 03:54:20.201108+00', '2026-11-29 03:54:20.201108+00', '2026-11-29 03:54:20.201108+00', NULL, '2026-11-29 03:54:20.245356+00', '2026-11-29 03:54:20.49499+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', 'One', 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:19.193+00', '415', '2026-11-29 03:54:20.441825+00', '2026-11-29 03:54:20.441825+00', '2026-11-29 03:54:20.441825+00', '2026-11-29 03:54:20.441825+00', NULL, '2026-11-29 03:54:20.49499+00', '2026-11-29 03:54:20.818464+00'),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', 'One', 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:19.193+00', '415', '2026-11-29 03:54:20.777114+00', '2026-11-29 03:54:20.777114+00', '2026-11-29 03:54:20.777114+00', '2026-11-29 03:54:20.777114+00', NULL, '2026-11-29 03:54:20.818464+00', '2026-11-29 03:54:20.986289+00'),
('184', '1', 'short.lived@example.com', 'short.lived@example.com', 'example.com', NULL, NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:21.245+00', '2026-11-29 03:54:21.245+00', '409', '2026-11-29 03:54:21.259068+00', '2026-11-29 03:54:21.259068+00', '2026-11-29 03:54:21.259068+00', '2026-11-29 03:54:21.259068+00', NULL, '2026-11-29 03:54:21.293691+00', '2026-11-29 03:54:21.525415+00'),
('99', '1', 'bogdan.nakamura@example.com', 'bogdan.nakamura@example.com', 'example.com', 'Bogdan', 'Nakamura', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2024-07-15 05:29:57.305+00', '2025-05-31 15:41:11.05+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:23.666704+00'),
('102', '1', 'rafael.saint-pierre@example.com', 'rafael.saint-pierre@example.com', 'example.com', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-04-24 01:22:32.188+00', '2025-10-06 16:51:26.3+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:22.165114+00'),
('102', '1', 'rafael.saint-pierre@example.com', 'rafael.saint-pierre@example.com', 'example.com', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-04-24 01:22:32.188+00', '2025-10-06 16:51:26.3+00', '511', '2026-11-29 03:54:22.140306+00', '2026-11-29 03:54:22.140306+00', '2026-11-29 03:54:22.140306+00', '2026-11-29 03:54:22.140306+00', NULL, '2026-11-29 03:54:22.165114+00', '2026-11-29 03:54:23.605161+00'),
('102', '1', 'rafael.saint-pierre@example.com', 'rafael.saint-pierre@example.com', 'example.com', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-04-24 01:22:32.188+00', '2025-10-06 16:51:26.3+00', '511', '2026-11-29 03:54:23.38539+00', '2026-11-29 03:54:23.38539+00', '2026-11-29 03:54:23.38539+00', '2026-11-29 03:54:23.38539+00', NULL, '2026-11-29 03:54:23.605161+00', '2026-11-29 03:54:24.957325+00'),
('170', '1', 'jose.wang@example.com', 'jose.wang@example.com', 'example.com', 'José', 'Wang', 'USER', 'INACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-03-19 04:49:03.795+00', '2026-11-29 03:54:13.284+00', '511', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', NULL, '2026-11-29 03:54:16.053818+00', '2026-11-29 03:54:17.735827+00'),
('167', '1', 'nikolai.weiss@example.org', 'nikolai.weiss@example.org', 'example.org', 'Nikolai', 'Weiß', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2025-06-08 23:41:03.193+00', '2025-09-13 15:39:03.356+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00'),
('193', '1', 'renamed@example.org', 'renamed@example.org', 'example.org', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2026-11-29 03:54:24.054+00', '2026-11-29 03:54:24.054+00', '511', '2026-11-29 03:54:24.541306+00', '2026-11-29 03:54:24.541306+00', '2026-11-29 03:54:24.541306+00', '2026-11-29 03:54:24.541306+00', NULL, '2026-11-29 03:54:24.792967+00', '2026-11-29 03:54:25.724611+00');

insert into public.users (id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, spam_policy, created_at, updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, read_at, list_fields, unresolved_groups, answer_digest, relations_wanted_at, asked_at, valid_from, version_from, deleted_at, gone_at) overriding system value values
('102', '1', 'rafael.saint-pierre@example.com', 'rafael.saint-pierre@example.com', 'example.com', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-04-24 01:22:32.188+00', '2025-10-06 16:51:26.3+00', '511', '2026-11-29 03:54:24.93088+00', '2026-11-29 03:54:24.93088+00', '2026-11-29 03:54:24.93088+00', '2026-11-29 03:54:24.93088+00', '2026-11-29 03:54:24.93088+00', '511', NULL, '101afd4f-8742-b381-89c7-24f44b3447ca', NULL, '2026-11-29 03:54:24.93088+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:24.957325+00', '2026-11-29 03:54:25.307272+00', '2026-11-29 03:54:25.251977+00'),
('105', '1', 'gabriel.garcia@example.com', 'gabriel.garcia@example.com', 'example.com', 'Gabriel', 'García', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2022-09-06 05:32:46.499+00', '2025-02-06 12:32:46.433+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '8fac9a7c-acb8-373c-e0f5-29d30020f585', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('107', '1', 'patrick.iversen@example.com', 'patrick.iversen@example.com', 'example.com', 'Patrick', 'Iversen', 'USER', 'ACTIVE', '25600', '{"level": "strict", "quarantineDays": 14}', '2022-06-28 10:04:07.375+00', '2022-12-18 14:24:43.127+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'f9a1af09-aae6-6e40-28ad-25de3f1eba6a', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('11', '1', 'rachel.reyes@example.org', 'rachel.reyes@example.org', 'example.org', 'Rachel', 'Reyes', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2023-02-10 19:13:40.196+00', '2024-12-29 20:50:33.069+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'f620ac9a-0a03-117d-0ad7-197fa636c850', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('111', '1', 'diego.fischer@example.org', 'diego.fischer@example.org', 'example.org', 'Diego', 'Fischer', 'USER', 'ACTIVE', '5120', '{"level": "strict", "quarantineDays": 14}', '2025-07-24 23:15:37.158+00', '2025-10-20 22:04:58.027+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '94cad582-f927-e08e-156c-8f8058797e2b', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('112', '1', 'yusuf.ozturk@example.com', 'yusuf.ozturk@example.com', 'example.com', 'Yusuf', 'Öztürk', 'USER', 'ACTIVE', '25600', '{"level": "strict", "quarantineDays": 14}', '2023-01-11 20:59:56.079+00', '2025-07-11 17:36:54.584+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'bc27eb6f-d3ec-fe3b-e0d3-4d90de1ba87f', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('114', '1', 'takumi.petrov@example.com', 'takumi.petrov@example.com', 'example.com', 'Takumi', 'Petrov', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-06-04 07:03:45.831+00', '2023-07-18 09:24:20.817+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '9b8bfc0b-f9a5-ffb6-1e48-9c01ea099e2d', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('117', '1', 'dmitri.grunwald@example.com', 'dmitri.grunwald@example.com', 'example.com', 'Dmitri', 'Grünwald', 'USER', 'ACTIVE', '5120', '{"level": "strict", "quarantineDays": 14}', '2024-05-16 02:59:51.998+00', '2025-05-05 22:16:05.424+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '16ba1397-b1fc-9b41-a260-d557b970067f', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('120', '1', 'isabel.reid@example.org', 'isabel.reid@example.org', 'example.org', 'Isabel', 'Reid', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2021-07-07 12:24:27.353+00', '2021-08-10 17:07:00.3+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '61939de3-f73c-9529-679c-896082cceeb1', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('122', '1', 'agnieszka.werner@example.com', 'agnieszka.werner@example.com', 'example.com', 'Agnieszka', 'Werner', 'USER', 'INACTIVE', '5120', '{"level": "strict", "quarantineDays": 14}', '2025-12-09 02:50:33.214+00', '2025-12-11 00:24:05.06+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '8c819e7c-67d3-4581-f039-f8f9d89b7653', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('124', '1', 'leila.rahman@example.com', 'leila.rahman@example.com', 'example.com', 'Leila', 'Rahman', 'USER', 'ACTIVE', '5120', '{"level": "strict", "quarantineDays": 14}', '2023-09-05 09:17:49.308+00', '2024-01-03 18:19:56.101+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '5a8842cd-5007-71c2-ff66-766f2adae180', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('125', '1', 'mateus.lewandowski@example.com', 'mateus.lewandowski@example.com', 'example.com', 'Mateus', 'Lewandowski', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2025-05-12 08:27:36.871+00', '2025-11-17 22:50:47.088+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '7e7a7b17-c76f-9337-2c62-e1f88978d0df', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('126', '1', 'femke.nunez@example.com', 'femke.nunez@example.com', 'example.com', 'Femke', 'Núñez', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2022-01-13 19:39:25.376+00', '2024-01-12 12:53:59.887+00', '511', '2026-11-29 03:54:28.273527+00', '2026-11-29 03:54:28.273527+00', '2026-11-29 03:54:28.273527+00', '2026-11-29 03:54:28.273527+00', '2026-11-29 03:54:28.273527+00', '511', NULL, '839504cb-32e5-3b0c-ec61-4ec23b1b876b', NULL, '2026-11-29 03:54:28.273527+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:28.373512+00', NULL, NULL),
('129', '1', 'leila.turk+ext@example.com', 'leila.turk+ext@example.com', 'example.com', 'Leila', 'Türk', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-08-18 17:23:17.804+00', '2023-12-22 01:09:15.192+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'e70470ad-129b-c42d-e878-e1bde0f35a70', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('13', '1', 'ebba.kuznetsov@example.com', 'ebba.kuznetsov@example.com', 'example.com', 'Ebba', 'Kuznetsov', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2020-12-30 06:06:52.174+00', '2021-01-12 07:31:39.695+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '4e48cb3a-3fc1-bd8f-62d9-a1ad1aefb071', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('133', '1', 'wiebke.o''brien@example.com', 'wiebke.o''brien@example.com', 'example.com', 'Wiebke', 'O''Brien', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2024-05-03 13:39:53.738+00', '2025-06-11 19:11:04.416+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'cd0676d0-8b7a-b887-4ffa-35fcdeba60bf', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('134', '1', 'femke.strand@example.com', 'femke.strand@example.com', 'example.com', 'Femke', 'Strand', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2023-12-29 08:23:20.023+00', '2025-05-18 04:37:55.597+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '41b0ceb0-c218-abec-60c3-b758bbad3a8b', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('138', '1', 'ines.bianchi@example.com', 'ines.bianchi@example.com', 'example.com', 'Inés', 'Bianchi', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2023-11-03 23:27:42.504+00', '2025-09-21 12:05:49.928+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'b903ed2b-182d-b9bb-b77c-544a9c3ad487', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('139', '1', 'clara.stewart@example.com', 'clara.stewart@example.com', 'example.com', 'Clara', 'Stewart', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2023-05-18 21:37:38.98+00', '2025-03-05 05:55:59.15+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'ee66f24e-2417-d02b-af2d-0f17a83d70a7', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('142', '1', 'malgorzata.macdonald@example.com', 'malgorzata.macdonald@example.com', 'example.com', 'Małgorzata', 'MacDonald', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2024-04-23 08:12:54.391+00', '2024-10-14 15:05:12.969+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'dd9fd2ed-1302-e393-1a4d-59068f34406c', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('145', '1', 'dmitri.gupta@example.com', 'dmitri.gupta@example.com', 'example.com', 'Dmitri', 'Gupta', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2025-07-23 23:15:41.328+00', '2025-10-10 15:47:27.921+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '68de49fb-d3e0-3759-a030-227ba1566033', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('15', '1', 'paula.conti@example.com', 'paula.conti@example.com', 'example.com', 'Pedro', 'Tremblay', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2021-08-18 16:49:48.24+00', '2024-08-17 10:34:03.923+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '70af8c4b-a459-b443-37b4-cdd1c7fe3627', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('151', '1', 'mohammed.fernandez@example.com', 'mohammed.fernandez@example.com', 'example.com', 'Mohammed', 'Fernández', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-10-10 18:48:40.083+00', '2025-10-23 04:10:20.278+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, 'dad98a3d-9277-c3e1-f5ae-aa9bf1f0641e', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', NULL, NULL),
('156', '1', 'asha.nowak@example.org', 'asha.nowak@example.org', 'example.org', 'Asha', 'Nowak', 'USER', 'ACTIVE', '10240', '{"level": "strict", "quarantineDays": 14}', '2023-11-07 06:00:12.329+00', '2024-02-07 22:44:28.262+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, 'ceeb0072-3daf-cc66-16fb-684e419b75bc', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', NULL, NULL),
('158', '1', 'bogdan.perez@example.com', 'bogdan.perez@example.com', 'example.com', 'Bogdan', 'Pérez', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2024-11-06 06:20:53.178+00', '2025-05-13 13:21:26.158+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, '26d11c96-d067-761f-75ad-f546b0ff739b', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', NULL, NULL),
('162', '1', 'ricardo.navarro@example.com', 'ricardo.navarro@example.com', 'example.com', 'Ricardo', 'Navarro', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2023-04-27 05:10:51.923+00', '2023-08-20 12:20:44.459+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, '639ca64c-024c-3fb4-edd2-633a556963b6', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', NULL, NULL),
('164', '1', 'ebba.kamara@example.com', 'ebba.kamara@example.com', 'example.com', 'Ebba', 'Kamara', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2021-02-09 17:18:45.19+00', '2022-01-08 04:32:51.203+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, '388a948c-251d-fab1-ae17-e4dc3ffba85d', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', NULL, NULL),
('167', '1', 'nikolai.weiss@example.org', 'nikolai.weiss@example.org', 'example.org', 'Renamed', E'Smith\\Jones', 'USER', 'ACTIVE', '1', '{"it''s": [1, null, "☃"], "level": "strict"}', '2025-06-08 23:41:03.193+00', '2026-11-29 03:54:13.284+00', '511', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', NULL, '511', NULL, '87aa3ba1-d1a6-b546-fde1-040521426443', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00', NULL, NULL),
('17', '1', 'gabriel.gallagher@example.com', 'gabriel.gallagher@example.com', 'example.com', 'Gabriel', 'Gallagher', 'USER', 'ACTIVE', '5120', '{"level": "strict", "quarantineDays": 14}', '2024-05-28 08:38:36.902+00', '2024-11-09 14:18:00.055+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'c97eee8e-de04-e435-aa17-ec7f835c23d4', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('170', '1', 'jose.wang@example.com', 'jose.wang@example.com', 'example.com', 'José', 'Wang', 'USER', 'INACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-03-19 04:49:03.795+00', '2026-11-29 03:54:17.429+00', '511', '2026-11-29 03:54:17.683268+00', '2026-11-29 03:54:17.683268+00', '2026-11-29 03:54:17.683268+00', '2026-11-29 03:54:17.683268+00', '2026-11-29 03:54:17.683268+00', '511', NULL, '97211b2a-6040-f7f7-977a-9edd2d7bec81', NULL, '2026-11-29 03:54:17.683268+00', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:17.735827+00', NULL, NULL),
('172', '1', 'tomas.skoda@example.com', 'tomas.skoda@example.com', 'example.com', 'Tomáš', 'Škoda', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2023-11-14 18:49:22.409+00', '2025-08-22 01:46:02.862+00', '511', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', NULL, '511', NULL, '4aa194d4-0e8d-b247-bb59-077983329953', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00', NULL, NULL),
('174', '1', 'omer.vasquez@example.com', 'omer.vasquez@example.com', 'example.com', 'Ömer', 'Vasquez', 'USER', 'ACTIVE', '2048', '{"level": "strict", "quarantineDays": 14}', '2025-09-20 00:40:06.656+00', '2025-11-30 14:26:38.047+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, 'dd603cce-91ee-536d-b9cf-cbef099b7374', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.972273+00', '2026-11-29 03:54:16.898688+00'),
('175', '1', 'amina.rao@example.com', 'amina.rao@example.com', 'example.com', 'Amina', 'Rao', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2025-08-28 08:57:29.862+00', '2025-10-20 16:55:51.002+00', '511', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', '2026-11-29 03:51:21.932833+00', NULL, '511', NULL, '5e9c6f68-747f-78c7-6847-9145b0cc0aa4', NULL, NULL, '2026-11-29 03:51:23.778156+00', '2026-11-29 03:51:23.778156+00', '2026-11-29 03:54:16.053818+00', '2026-11-29 03:54:15.791745+00'),
('181', '1', 'amina.rao@example.com', 'amina.rao@example.com', 'example.com', 'Back again', NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:13.284+00', '2026-11-29 03:54:13.284+00', '411', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', '2026-11-29 03:54:15.791745+00', NULL, '411', NULL, '8d017613-3ee2-d371-4998-e02a14b392cc', NULL, NULL, '2026-11-29 03:54:16.053818+00', '2026-11-29 03:54:16.053818+00', NULL, NULL),
('182', '1', 'new.one@example.com', 'new.one@example.com', 'example.com', 'New', 'One', 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:18.319+00', '2026-11-29 03:54:19.193+00', '415', '2026-11-29 03:54:20.933282+00', '2026-11-29 03:54:20.933282+00', '2026-11-29 03:54:20.933282+00', '2026-11-29 03:54:20.933282+00', '2026-11-29 03:54:20.933282+00', '0', NULL, 'b2ce448f-8347-e49f-2470-c9c83e55bc10', NULL, '2026-11-29 03:54:20.933282+00', '2026-11-29 03:54:18.56969+00', '2026-11-29 03:54:20.986289+00', NULL, NULL),
('184', '1', 'short.lived@example.com', 'short.lived@example.com', 'example.com', NULL, NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:21.245+00', '2026-11-29 03:54:21.245+00', '409', '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.499472+00', '0', NULL, '39609094-8209-8b17-98c9-79a646715cef', NULL, '2026-11-29 03:54:21.499472+00', '2026-11-29 03:54:21.293691+00', '2026-11-29 03:54:21.525415+00', '2026-11-29 03:54:21.652858+00', '2026-11-29 03:54:21.610486+00'),
('192', '1', 'on.one@example.com', 'on.one@example.com', 'example.com', 'On', NULL, 'USER', 'ACTIVE', NULL, NULL, '2026-11-29 03:54:23.665+00', '2026-11-29 03:54:23.665+00', '411', '2026-11-29 03:54:24.435461+00', '2026-11-29 03:54:24.435461+00', '2026-11-29 03:54:24.435461+00', '2026-11-29 03:54:24.435461+00', '2026-11-29 03:54:24.435461+00', '0', NULL, '74edf56f-6de7-bd88-f9f4-1f9d78fd1138', NULL, '2026-11-29 03:54:24.435461+00', '2026-11-29 03:54:24.487432+00', '2026-11-29 03:54:24.487432+00', NULL, NULL),
('193', '1', 'renamed@example.org', 'renamed@example.org', 'example.org', 'Rafael', 'Saint-Pierre', 'USER', 'INACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2026-11-29 03:54:24.054+00', '2026-11-29 03:54:25.625+00', '511', '2026-11-29 03:54:25.700902+00', '2026-11-29 03:54:25.700902+00', '2026-11-29 03:54:25.700902+00', '2026-11-29 03:54:25.700902+00', '2026-11-29 03:54:25.700902+00', '0', NULL, 'ee80bcac-5969-56c2-325c-5bc325e9d3b1', NULL, '2026-11-29 03:54:25.700902+00', '2026-11-29 03:54:24.792967+00', '2026-11-29 03:54:25.724611+00', NULL, NULL),
('22', '1', 'zsofia.thompson@example.com', 'zsofia.thompson@example.com', 'example.com', 'Zsófia', 'Thompson', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2023-12-18 09:23:57.989+00', '2025-09-27 09:14:59.215+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '2f21321e-6890-bf3c-b71d-ec180e637142', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('25', '1', 'chiara.shevchenko@example.com', 'chiara.shevchenko@example.com', 'example.com', 'Chiara', 'Shevchenko', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2022-05-11 03:35:51.67+00', '2025-12-27 22:35:25.446+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'b482c45e-d533-1881-8815-b8153c6cd048', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('28', '1', 'Florian.Wojcik@example.org', 'florian.wojcik@example.org', 'example.org', 'Florian', 'Wójcik', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2022-06-27 02:50:53.577+00', '2023-04-27 14:26:04.972+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '6317b781-4c6a-4bba-ec9a-8752b5750e1c', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('29', '1', 'hanna.sanchez@example.com', 'hanna.sanchez@example.com', 'example.com', 'Hanna', 'Sánchez', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2021-03-09 19:28:11.788+00', '2025-09-27 22:22:32.027+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'ba25b1ad-e7ad-899f-2939-9cca93fe07c5', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('32', '1', 'gabriel.hernandez@example.com', 'gabriel.hernandez@example.com', 'example.com', 'Gabriel', 'Hernández', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2022-11-02 22:29:59.323+00', '2023-09-25 07:01:42.061+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '5b222c04-9ff1-2fcb-cef0-5470f76d5954', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('34', '1', 'Ruth.D''angelo@example.com', 'ruth.d''angelo@example.com', 'example.com', 'Ruth', 'D''Angelo', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2025-02-01 16:26:56.233+00', '2025-09-12 22:56:02.968+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'cee1c005-0ea3-a1ee-647d-f510071ce132', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('36', '1', 'agnieszka.reyes@example.org', 'agnieszka.reyes@example.org', 'example.org', 'Agnieszka', 'Reyes', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-07-20 22:40:27.989+00', '2021-12-05 19:37:35.04+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '4411d7d2-f6b3-be19-a17a-3d723d765372', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('40', '1', 'kenji.d''amico@example.com', 'kenji.d''amico@example.com', 'example.com', 'Kenji', 'D''Amico', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2025-05-08 02:37:41.475+00', '2025-12-08 10:50:05.201+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'b7d3fe2d-c676-9f38-d0d7-dd4a3fc0ed23', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('44', '1', 'ruth.o''brien@example.com', 'ruth.o''brien@example.com', 'example.com', 'Ruth', 'O''Brien', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2022-07-08 14:41:34.54+00', '2025-10-01 11:24:09.093+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '157de424-2aed-1414-dc6d-28f738c1bf33', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('48', '1', 'carlos.grunwald@example.com', 'carlos.grunwald@example.com', 'example.com', 'Carlos', 'Grünwald', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2025-07-10 20:47:29.178+00', '2025-11-05 18:51:38.685+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '9648b759-5a30-fc46-7d0d-49f7a84c175b', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('50', '1', 'sofia.nagy@example.org', 'sofia.nagy@example.org', 'example.org', 'Sofía', 'Nagy', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2021-02-07 22:23:27.42+00', '2023-06-25 19:14:47.88+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'eb2d8fc7-e1f6-c8d1-64fa-29d6b56c0293', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('53', '1', 'fiona.o''connor@example.com', 'fiona.o''connor@example.com', 'example.com', 'Fiona', 'O''Connor', 'USER', 'INACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2020-09-03 12:44:57.68+00', '2023-11-05 00:30:21.413+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'e57e7d17-28b4-6fc7-3a5a-1bc80ebd1d54', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('57', '1', 'fiona.herrmann@example.com', 'fiona.herrmann@example.com', 'example.com', 'Fiona', 'Herrmann', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2022-06-19 22:35:21.837+00', '2024-02-26 16:50:05.98+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '2dbda5c7-ea77-1014-5af2-b334e8a4b044', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('61', '1', 'mateus.guerrero@example.com', 'mateus.guerrero@example.com', 'example.com', 'Mateus', 'Guerrero', 'USER', 'ACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2021-06-17 12:13:37.224+00', '2022-09-21 03:51:08.735+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'c3750bf9-344d-bb2a-6880-390b2ace6c02', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('64', '1', 'vera.urban@example.org', 'vera.urban@example.org', 'example.org', 'Vera', 'Urban', 'USER', 'INACTIVE', '2048', '{"level": "strict", "quarantineDays": 14}', '2020-12-04 18:32:52.014+00', '2021-06-12 01:49:42.736+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '14c52303-d5ed-57e1-818a-b12a5f844758', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('66', '1', 'georg.wolf@example.com', 'georg.wolf@example.com', 'example.com', 'Georg', 'Wolf', 'USER', 'INACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2025-09-14 14:57:46.682+00', '2025-12-03 22:45:34.95+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'c5c285ce-b8f3-a3df-7679-7635f53c70e7', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('70', '1', 'Eilidh.Vanek@example.com', 'eilidh.vanek@example.com', 'example.com', 'Eilidh', 'Vaněk', 'USER', 'ACTIVE', '25600', '{"level": "strict", "quarantineDays": 14}', '2022-07-04 11:41:45.083+00', '2025-12-01 17:55:28.504+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'f452fa5c-c2dd-f23b-a1ed-1e42c3bc9b8e', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('72', '1', 'dagmar.de-boer@example.com', 'dagmar.de-boer@example.com', 'example.com', 'Dagmar', 'de-Boer', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2021-11-05 00:46:30.879+00', '2025-01-24 20:50:32.707+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '62bc71eb-af8b-eb95-3987-8cdefb0cf55b', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('74', '1', 'diego.jimenez@example.org', 'diego.jimenez@example.org', 'example.org', 'Diego', 'Jiménez', 'USER', 'INACTIVE', '2048', '{"level": "standard", "quarantineDays": 30}', '2022-11-13 17:12:44.217+00', '2023-08-03 01:38:35.088+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, '8b0a53a8-7858-16b1-f7cd-aa016148c2ea', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('76', '1', 'pedro.tremblay@example.org', 'pedro.tremblay@example.org', 'example.org', 'Pedro', 'Tremblay', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2023-01-12 20:30:41.325+00', '2025-03-14 08:45:42.962+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'd0ba796f-347d-61fc-5d9e-23bd0b758321', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('79', '1', 'chiara.brennan@example.com', 'chiara.brennan@example.com', 'example.com', 'Chiara', 'Brennan', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2022-08-01 21:43:44.978+00', '2024-08-07 15:20:50.562+00', '511', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', '2026-11-29 03:51:19.838461+00', NULL, '511', NULL, 'fd67a66b-3c9c-a036-9cb1-c6e5e0aede54', NULL, NULL, '2026-11-29 03:51:21.12102+00', '2026-11-29 03:51:21.12102+00', NULL, NULL),
('85', '1', 'maria.nystrom@example.org', 'maria.nystrom@example.org', 'example.org', 'María', 'Nyström', 'USER', 'ACTIVE', '5120', '{"level": "standard", "quarantineDays": 30}', '2023-12-09 07:00:49.656+00', '2024-12-30 21:08:52.975+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '413286a3-4d0b-4994-a706-27d89c89be03', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('88', '1', 'simone.ferrari@example.com', 'simone.ferrari@example.com', 'example.com', 'Simone', 'Ferrari', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2023-05-18 09:11:18.454+00', '2024-01-11 01:19:18.901+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'e8ca3e50-0715-f30a-69cf-4bd3d1e33c44', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('90', '1', 'soren.gianni@example.com', 'soren.gianni@example.com', 'example.com', 'Søren', 'Gianni', 'USER', 'ACTIVE', '10240', '{"level": "standard", "quarantineDays": 30}', '2023-06-23 01:26:14.951+00', '2025-09-14 15:39:17.912+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, 'ad600183-7bb2-418a-0fe9-b0dfd2ea9a79', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('92', '1', 'amina.young@example.com', 'amina.young@example.com', 'example.com', 'Amina', 'Young', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2021-12-05 07:57:29.462+00', '2023-11-10 13:50:39.483+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '9049a247-18ac-15a4-31a3-45127c6f50cb', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('95', '1', 'chinedu.smith@example.com', 'chinedu.smith@example.com', 'example.com', 'Chinedu', 'Smith', 'USER', 'ACTIVE', '51200', '{"level": "standard", "quarantineDays": 30}', '2024-09-02 07:58:38.047+00', '2025-10-02 22:06:11.678+00', '511', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', '2026-11-29 03:51:21.008529+00', NULL, '511', NULL, '9e3ae224-4642-1a36-5a25-6f8afa59cbcc', NULL, NULL, '2026-11-29 03:51:23.289349+00', '2026-11-29 03:51:23.289349+00', NULL, NULL),
('99', '1', 'bogdan.nakamura@example.com', 'bogdan.nakamura@example.com', 'example.com', 'Bogdan', 'Nakamura', 'USER', 'ACTIVE', '25600', '{"level": "standard", "quarantineDays": 30}', '2024-07-15 05:29:57.305+00', '2025-05-31 15:41:11.05+00', '511', '2026-11-29 03:54:23.337524+00', '2026-11-29 03:54:23.337524+00', '2026-11-29 03:54:23.337524+00', '2026-11-29 03:54:23.337524+00', '2026-11-29 03:54:23.337524+00', '511', NULL, '6c346fbc-2887-9e19-0ca9-7c5d135995bd', NULL, '2026-11-29 03:54:23.337524+00', '2026-11-29 03:51:23.289349+00', '2026-11-29 03:54:23.666704+00', '2026-11-29 03:54:25.100715+00', '2026-11-29 03:54:25.026747+00');

select setval('drizzle.__drizzle_migrations_id_seq', 2, true);

select setval('public.api_tokens_id_seq', 2, true);

select setval('public.audit_log_id_seq', 17, true);

select setval('public.findings_id_seq', 16, true);

select setval('public.node_ids', 202, true);

create schema past;

create view past.aliases as SELECT id,
    organization_id,
    user_id,
    COALESCE(( SELECT s.address
           FROM alias_spellings s
          WHERE ((s.alias_id = t.id) AND (s.valid_to > ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)))
          ORDER BY s.valid_to
         LIMIT 1), address) AS address,
    address_key,
    domain,
    valid_from,
    (
        CASE
            WHEN (valid_to <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN valid_to
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS valid_to,
    search_key
   FROM aliases t
  WHERE (valid_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting));

create view past.change_sets as SELECT organization_id,
    last_position,
    subject_id,
    kinds,
    object_ids,
    fields,
    befores,
    afters,
    origin,
    not_before,
    not_after,
    reached_at,
    applied_at,
    actor,
    pull_id
   FROM change_sets t
  WHERE (applied_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting));

create view past.groups as SELECT id,
    organization_id,
    group_id,
    name,
    member_count,
    profile_at,
    valid_from,
    version_from,
    (
        CASE
            WHEN (deleted_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN deleted_at
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS deleted_at,
    (
        CASE
            WHEN (deleted_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN gone_at
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS gone_at,
    missed_pulls,
    search_key
   FROM ( SELECT t_1.id,
            t_1.organization_id,
            t_1.group_id,
            t_1.name,
            t_1.member_count,
            t_1.profile_at,
            t_1.valid_from,
            t_1.version_from,
            t_1.deleted_at,
            t_1.gone_at,
            t_1.missed_pulls,
            t_1.search_key,
            'infinity'::timestamp with time zone AS version_to
           FROM groups t_1
        UNION ALL
         SELECT v.group_id,
            v.organization_id,
            ( SELECT t_1.group_id
                   FROM groups t_1
                  WHERE (t_1.id = v.group_id)) AS group_id,
            v.name,
            v.member_count,
            NULL::timestamp(6) with time zone AS timestamptz,
            ( SELECT t_1.valid_from
                   FROM groups t_1
                  WHERE (t_1.id = v.group_id)) AS valid_from,
            v.valid_from,
            NULL::timestamp(6) with time zone AS timestamptz,
            NULL::timestamp(6) with time zone AS timestamptz,
            NULL::smallint AS int2,
            search_key(((v.name || ' '::text) || ( SELECT t_1.group_id
                   FROM groups t_1
                  WHERE (t_1.id = v.group_id)))) AS search_key,
            v.valid_to
           FROM group_versions v) t
  WHERE (((version_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) IS TRUE) AND ((version_to > ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) IS TRUE));

create view past.memberships as SELECT user_id,
    group_id,
    organization_id,
    happened_by,
    valid_from,
    (
        CASE
            WHEN (valid_to <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN valid_to
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS valid_to
   FROM memberships t
  WHERE (valid_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting));

create view past.organizations as SELECT id,
    slug,
    name,
    allowance_key,
    retired_at,
    COALESCE(( SELECT c.last_position
           FROM change_sets c
          WHERE ((c.organization_id = t.id) AND (c.applied_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)))
          ORDER BY c.applied_at DESC, c.last_position DESC
         LIMIT 1), (0)::bigint) AS feed_position,
    learnt_at,
    (( SELECT max(p.first_sent_at) AS max
           FROM pulls p
          WHERE ((p.organization_id = t.id) AND (p.state = 'COMPLETE'::pull_state) AND (p.finished_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) AND ((COALESCE((p.carried)::integer, 0) & 0) = 0))))::timestamp(6) with time zone AS profile_as_of,
    (( SELECT max(p.first_sent_at) AS max
           FROM pulls p
          WHERE ((p.organization_id = t.id) AND (p.state = 'COMPLETE'::pull_state) AND (p.finished_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) AND ((COALESCE((p.carried)::integer, 0) & 1) = 1))))::timestamp(6) with time zone AS roles_as_of,
    (( SELECT max(p.first_sent_at) AS max
           FROM pulls p
          WHERE ((p.organization_id = t.id) AND (p.state = 'COMPLETE'::pull_state) AND (p.finished_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) AND ((COALESCE((p.carried)::integer, 0) & 2) = 2))))::timestamp(6) with time zone AS aliases_as_of,
    (( SELECT max(p.first_sent_at) AS max
           FROM pulls p
          WHERE ((p.organization_id = t.id) AND (p.state = 'COMPLETE'::pull_state) AND (p.finished_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) AND ((COALESCE((p.carried)::integer, 0) & 4) = 4))))::timestamp(6) with time zone AS groups_as_of,
    next_pull_at,
    pull_interval_seconds,
    pace_seconds,
    failures_running,
    problem,
    feed_reached_at,
    feed_pruned_to,
    history_from,
    pruned_at
   FROM organizations t
  WHERE true;

create view past.role_grants as SELECT user_id,
    role_id,
    organization_id,
    valid_from,
    (
        CASE
            WHEN (valid_to <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN valid_to
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS valid_to
   FROM role_grants t
  WHERE (valid_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting));

create view past.roles as SELECT id,
    organization_id,
    name,
    valid_from
   FROM roles t
  WHERE (valid_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting));

create view past.users as SELECT id,
    organization_id,
    primary_email,
    address_key,
    domain,
    first_name,
    last_name,
    type,
    status,
    mailbox_size,
    spam_policy,
    created_at,
    updated_at,
    profile_known,
    profile_at,
    roles_at,
    aliases_at,
    groups_at,
    read_at,
    list_fields,
    unresolved_groups,
    answer_digest,
    relations_wanted_at,
    asked_at,
    valid_from,
    version_from,
    (
        CASE
            WHEN (deleted_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN deleted_at
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS deleted_at,
    (
        CASE
            WHEN (deleted_at <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) THEN gone_at
            ELSE NULL::timestamp with time zone
        END)::timestamp(6) with time zone AS gone_at,
    search_key
   FROM ( SELECT t_1.id,
            t_1.organization_id,
            t_1.primary_email,
            t_1.address_key,
            t_1.domain,
            t_1.first_name,
            t_1.last_name,
            t_1.type,
            t_1.status,
            t_1.mailbox_size,
            t_1.spam_policy,
            t_1.created_at,
            t_1.updated_at,
            t_1.profile_known,
            t_1.profile_at,
            t_1.roles_at,
            t_1.aliases_at,
            t_1.groups_at,
            t_1.read_at,
            t_1.list_fields,
            t_1.unresolved_groups,
            t_1.answer_digest,
            t_1.relations_wanted_at,
            t_1.asked_at,
            t_1.valid_from,
            t_1.version_from,
            t_1.deleted_at,
            t_1.gone_at,
            t_1.search_key,
            'infinity'::timestamp with time zone AS version_to
           FROM users t_1
        UNION ALL
         SELECT v.user_id,
            v.organization_id,
            v.primary_email,
            v.address_key,
            v.domain,
            v.first_name,
            v.last_name,
            v.type,
            v.status,
            v.mailbox_size,
            v.spam_policy,
            v.created_at,
            v.updated_at,
            v.profile_known,
            v.profile_at,
            v.roles_at,
            v.aliases_at,
            v.groups_at,
            NULL::timestamp(6) with time zone AS timestamptz,
            NULL::smallint AS int2,
            v.unresolved_groups,
            NULL::uuid AS uuid,
            NULL::timestamp(6) with time zone AS timestamptz,
            NULL::timestamp(6) with time zone AS timestamptz,
            ( SELECT t_1.valid_from
                   FROM users t_1
                  WHERE (t_1.id = v.user_id)) AS valid_from,
            v.valid_from,
            NULL::timestamp(6) with time zone AS timestamptz,
            NULL::timestamp(6) with time zone AS timestamptz,
            v.search_key,
            v.valid_to
           FROM user_versions v) t
  WHERE (((version_from <= ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) IS TRUE) AND ((version_to > ( SELECT (current_setting('essentials.moment'::text))::timestamp with time zone AS current_setting)) IS TRUE));

comment on schema past is '113a4606357a1b6fc25514df7a5b551a6db907712950a2c69798d1f3625983b7';

commit;
