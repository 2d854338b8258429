ALTER TABLE "allowances" ADD COLUMN "refused_until" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "refused_credential" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "capabilities" text[] DEFAULT '{groups,timestamps,pagedList,passwordOnCreate}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "ordinary_roles" text[] DEFAULT '{USER}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "user_versions" ADD COLUMN "account_kind" text;--> statement-breakpoint
ALTER TABLE "user_versions" ADD COLUMN "billable" boolean;--> statement-breakpoint
ALTER TABLE "user_versions" ADD COLUMN "sender_lists" jsonb;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "account_kind" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "billable" boolean;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "sender_lists" jsonb;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "vendor_id" text;--> statement-breakpoint
ALTER TABLE "pull_pages" ALTER COLUMN "arrived_at" DROP NOT NULL;--> statement-breakpoint
CREATE INDEX "users_vendor_id" ON "users" ("organization_id","vendor_id") WHERE vendor_id is not null and deleted_at is null;