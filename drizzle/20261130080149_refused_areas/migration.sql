CREATE TABLE "allowance_refusals" (
	"key" text,
	"area" text,
	"credential" text NOT NULL,
	"until" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "allowance_refusals_pkey" PRIMARY KEY("key","area")
);
--> statement-breakpoint
ALTER TABLE "allowance_slots" ADD COLUMN "held_until" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "refusals" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "doubted_until" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "accepted_token" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "accepted_credential" text;