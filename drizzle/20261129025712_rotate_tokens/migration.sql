CREATE TABLE "token_generation" (
	"only" boolean PRIMARY KEY DEFAULT true,
	"generation" bigint DEFAULT 1 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "replaced_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "last_used_on" date;--> statement-breakpoint
DROP INDEX "api_tokens_name";--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_name" ON "api_tokens" ("name") WHERE revoked_at is null and replaced_at is null;--> statement-breakpoint
-- By hand from here on. The generation's row, and what increments it: changes of who gets in, the day of last use left out.
INSERT INTO "token_generation" DEFAULT VALUES;--> statement-breakpoint
CREATE FUNCTION "advance_token_generation"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "public"."token_generation" ("generation") VALUES (1)
	ON CONFLICT ("only") DO UPDATE SET "generation" = "token_generation"."generation" + 1;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "api_tokens_changed"
	AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF "name", "digest", "scopes", "organizations", "expires_at", "revoked_at", "replaced_at" ON "api_tokens"
	FOR EACH STATEMENT EXECUTE FUNCTION "advance_token_generation"();
