CREATE TYPE "allowance_priority" AS ENUM('INTERACTIVE', 'BACKGROUND');--> statement-breakpoint
CREATE TABLE "allowance_waits" (
	"key" text,
	"priority" "allowance_priority",
	"requests_per_window" integer,
	"until" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "allowance_waits_pkey" PRIMARY KEY("key","priority","requests_per_window")
);
--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "minute" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "times" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "last_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "allowance_slots" ADD COLUMN "priority" "allowance_priority" DEFAULT 'INTERACTIVE'::"allowance_priority" NOT NULL;--> statement-breakpoint
ALTER TABLE "allowance_slots" ADD COLUMN "caller" text;--> statement-breakpoint
ALTER TABLE "allowance_slots" ADD COLUMN "requests_per_window" integer DEFAULT 10000000 NOT NULL;--> statement-breakpoint
ALTER TABLE "allowances" ADD COLUMN "takes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
DROP INDEX "audit_log_at";--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" ("at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_refusals" ON "audit_log" ("minute","viewer","action","outcome") WHERE minute is not null;--> statement-breakpoint
-- Hand-written: tokens of slots that are taken from now on are newer than any before, and slots in use keep the limit they were taken under.
UPDATE "allowances" a SET "takes" = s."token", "slots" = s."slots"
  FROM (SELECT "key", max("token") AS "token", max("slot") + 1 AS "slots" FROM "allowance_slots" GROUP BY "key") s
  WHERE a."key" = s."key";--> statement-breakpoint
UPDATE "allowance_slots" s SET "requests_per_window" = a."requests_per_window" FROM "allowances" a WHERE a."key" = s."key";
