ALTER TABLE "organizations" ADD COLUMN "partner_id" bigint;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "mirrors_children" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "vendor_host" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "vendor_eid" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "domains" text[];--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "license_count" integer;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "licensed_users" integer;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "license_package" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "described_as_of" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "described_pull" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "children_problem" text;--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_vendor" ON "organizations" ("vendor_host","vendor_eid") WHERE vendor_eid is not null;