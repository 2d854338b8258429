CREATE TABLE "recent_writes" (
	"organization_id" bigint,
	"address_key" text,
	"field" text,
	"expected" text NOT NULL,
	"holds" boolean NOT NULL,
	"written_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp(6) with time zone,
	CONSTRAINT "recent_writes_pkey" PRIMARY KEY("organization_id","address_key","field")
);
--> statement-breakpoint
CREATE TABLE "unsettled_writes" (
	"organization_id" bigint,
	"address_key" text,
	"primary_email" text NOT NULL,
	"kind" text NOT NULL,
	"user_id" bigint,
	"actor" text NOT NULL,
	"reads" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp(6) with time zone NOT NULL,
	"ends_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "unsettled_writes_pkey" PRIMARY KEY("organization_id","address_key")
);
--> statement-breakpoint
CREATE INDEX "recent_writes_written" ON "recent_writes" ("written_at");