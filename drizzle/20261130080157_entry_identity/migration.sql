ALTER TABLE "organizations" ADD COLUMN "entry_domain" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "entry_eid" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "entry_problem" text;