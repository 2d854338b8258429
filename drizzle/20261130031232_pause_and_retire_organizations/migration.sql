ALTER TABLE "organizations" ADD COLUMN "retiring_until" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "paused_at" timestamp(6) with time zone;