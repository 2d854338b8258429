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