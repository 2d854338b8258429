CREATE TABLE "user_doubts" (
	"user_id" bigint PRIMARY KEY,
	"organization_id" bigint NOT NULL,
	"source" text NOT NULL,
	"spelled" text NOT NULL,
	"created_at" timestamp(6) with time zone,
	"type" "user_type",
	"shown_at" timestamp(6) with time zone NOT NULL,
	"pull_id" bigint,
	"first_pull_id" bigint,
	"observed_at" timestamp(6) with time zone,
	"examined_at" timestamp(6) with time zone,
	"moves" smallint DEFAULT 0 NOT NULL,
	"refuted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "creation_distrust" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "creation_distrusted_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "pull_pages" ADD COLUMN "twins" text[];--> statement-breakpoint
ALTER TABLE "pull_pages" ADD COLUMN "contradictions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "user_doubts_organization" ON "user_doubts" ("organization_id");