CREATE TABLE "secret_key_check" (
	"only" boolean PRIMARY KEY DEFAULT true,
	"mac" text NOT NULL,
	"since" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operation_items" ADD COLUMN "password_given" boolean;--> statement-breakpoint
ALTER TABLE "operation_items" ADD COLUMN "committed_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "operation_items" ADD COLUMN "successor_created_at" text;--> statement-breakpoint
ALTER TABLE "operation_items" ADD COLUMN "last_failure" jsonb;--> statement-breakpoint
CREATE INDEX "operation_items_password" ON "operation_items" ("id") WHERE password is not null;--> statement-breakpoint
-- Written by hand. A deletion of an old account that was sent may have been carried out.
UPDATE "operation_items" i SET "committed_at" = s."sent_at" FROM "operation_steps" s WHERE s."item_id" = i."id" AND s."step" = 'old delete';--> statement-breakpoint
-- Written by hand. A password was erased with the step that used it: where that may have been taken, nothing tells whether there was one.
UPDATE "operation_items" i SET "password_given" = CASE
  WHEN i."password" IS NOT NULL THEN true
  WHEN EXISTS (SELECT FROM "operation_steps" s WHERE s."item_id" = i."id" AND s."step" IN ('create', 'old delete')) THEN null
  WHEN i."failure" -> 'fields' ? 'primaryEmail' THEN null
  ELSE false END;
