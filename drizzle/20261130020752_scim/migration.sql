ALTER TYPE "token_scope" ADD VALUE 'scim';--> statement-breakpoint
CREATE TABLE "scim_activity" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scim_activity_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" bigint NOT NULL,
	"at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"viewer" text NOT NULL,
	"action" text NOT NULL,
	"kind" text NOT NULL,
	"resource_id" uuid,
	"name" text,
	"status" bigint NOT NULL,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "scim_directories" (
	"organization_id" bigint PRIMARY KEY,
	"seen_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"lifted_until" timestamp(6) with time zone,
	"lifted_by" text,
	"refused_at" timestamp(6) with time zone,
	"refused_by" text
);
--> statement-breakpoint
CREATE TABLE "scim_removals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scim_removals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" bigint NOT NULL,
	"viewer" text NOT NULL,
	"resource_id" uuid NOT NULL,
	"at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scim_resources" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"organization_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"node_id" bigint,
	"address_key" text,
	"pending" jsonb,
	"external_id" text,
	"managed_aliases" text[] DEFAULT '{}'::text[] NOT NULL,
	"deprovisioned" jsonb,
	"created_by" text,
	"created_digest" text,
	"leaver_refused_at" timestamp(6) with time zone,
	"leaver_refused_by" text,
	"hidden_at" timestamp(6) with time zone,
	"ended_at" timestamp(6) with time zone,
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"changed_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "scim_activity_latest" ON "scim_activity" ("organization_id","id");--> statement-breakpoint
CREATE INDEX "scim_activity_at" ON "scim_activity" ("at");--> statement-breakpoint
CREATE INDEX "scim_removals_viewer" ON "scim_removals" ("organization_id","viewer","at");--> statement-breakpoint
CREATE INDEX "scim_resources_visible" ON "scim_resources" ("organization_id","kind","created_at","id") WHERE hidden_at is null and ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "scim_resources_node" ON "scim_resources" ("node_id") WHERE hidden_at is null;--> statement-breakpoint
CREATE INDEX "scim_resources_nodes" ON "scim_resources" ("node_id");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_resources_external" ON "scim_resources" ("organization_id","kind","external_id") WHERE hidden_at is null and ended_at is null;--> statement-breakpoint
CREATE INDEX "scim_resources_pending" ON "scim_resources" ("organization_id","address_key") WHERE node_id is null;--> statement-breakpoint
CREATE INDEX "scim_resources_refused" ON "scim_resources" ("organization_id") WHERE leaver_refused_at is not null;