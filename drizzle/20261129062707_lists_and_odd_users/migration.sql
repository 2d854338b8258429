ALTER TABLE "user_confirmations" ADD COLUMN "unconfirmed_since" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "pull_candidates" ADD COLUMN "put_off" text;--> statement-breakpoint
ALTER TABLE "pull_pages" ADD COLUMN "shown" text;--> statement-breakpoint
CREATE INDEX "user_confirmations_unconfirmed" ON "user_confirmations" ("organization_id") WHERE unconfirmed_since is not null;