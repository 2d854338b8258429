CREATE SEQUENCE "public"."webhook_notice_positions" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "webhook_cursors" (
	"webhook_id" bigint,
	"organization_id" bigint,
	"feed_position" bigint DEFAULT 0 NOT NULL,
	"notice_position" bigint DEFAULT 0 NOT NULL,
	"due_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp(6) with time zone,
	CONSTRAINT "webhook_cursors_pkey" PRIMARY KEY("webhook_id","organization_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhook_deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook_id" bigint NOT NULL,
	"organization_id" bigint,
	"message_id" text NOT NULL,
	"type" text NOT NULL,
	"at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"attempt" integer NOT NULL,
	"milliseconds" integer NOT NULL,
	"status" integer,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "webhook_notices" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhook_notices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" bigint NOT NULL,
	"position" bigint,
	"type" text NOT NULL,
	"at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhooks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" bigint,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_until" timestamp(6) with time zone,
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"created_by" text NOT NULL,
	"due_at" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"disabled_at" timestamp(6) with time zone,
	"disabled_reason" text,
	"holder" text,
	"held_until" timestamp(6) with time zone DEFAULT '-infinity' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_latest" ON "webhook_deliveries" ("webhook_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_at" ON "webhook_deliveries" ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_notices_position" ON "webhook_notices" ("organization_id","position");--> statement-breakpoint
CREATE INDEX "webhook_notices_new" ON "webhook_notices" ("id") WHERE position is null;--> statement-breakpoint
CREATE INDEX "webhook_notices_at" ON "webhook_notices" ("at");--> statement-breakpoint
-- By hand from here on. Whatever code changes these rows, the notice is written in the same transaction.
CREATE FUNCTION "add_webhook_notice"("organization" bigint, "type" text, "data" jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "public"."webhook_notices" ("organization_id", "type", "data") VALUES ("organization", "type", "data");
	PERFORM pg_notify('webhook_wakes', '');
END $$;--> statement-breakpoint
CREATE FUNCTION "note_finding"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "public"."add_webhook_notice"(NEW.organization_id, CASE WHEN TG_OP = 'INSERT' THEN 'finding.opened' ELSE 'finding.resolved' END,
		jsonb_build_object('finding', NEW.id, 'rule', NEW.rule, 'severity', NEW.severity, 'subjectIds', NEW.subject_ids,
			'subjectTypes', NEW.subject_types, 'evidence', NEW.evidence));
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "findings_opened" AFTER INSERT ON "findings" FOR EACH ROW EXECUTE FUNCTION "note_finding"();--> statement-breakpoint
CREATE TRIGGER "findings_resolved" AFTER UPDATE OF "resolved_at" ON "findings"
	FOR EACH ROW WHEN (OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL) EXECUTE FUNCTION "note_finding"();--> statement-breakpoint
CREATE FUNCTION "note_mirror_problem"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE "problem" text := nullif(concat_ws('. ', NEW.queue_problem, NEW.problem), '');
BEGIN
	PERFORM "public"."add_webhook_notice"(NEW.id, CASE WHEN "problem" IS NULL THEN 'mirror.recovered' ELSE 'mirror.problem' END,
		jsonb_build_object('problem', "problem"));
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "organizations_problem" AFTER UPDATE OF "problem", "queue_problem" ON "organizations"
	FOR EACH ROW WHEN (OLD.problem IS DISTINCT FROM NEW.problem OR OLD.queue_problem IS DISTINCT FROM NEW.queue_problem)
	EXECUTE FUNCTION "note_mirror_problem"();--> statement-breakpoint
CREATE FUNCTION "note_quarantine"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "public"."add_webhook_notice"(NEW.organization_id, 'pull.quarantined',
		jsonb_build_object('pull', NEW.id, 'problem', NEW.error));
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "pulls_quarantined" AFTER UPDATE OF "state" ON "pulls"
	FOR EACH ROW WHEN (OLD.state <> 'QUARANTINED' AND NEW.state = 'QUARANTINED') EXECUTE FUNCTION "note_quarantine"();--> statement-breakpoint
CREATE FUNCTION "note_failed_operation"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "public"."add_webhook_notice"(NEW.organization_id, 'operation.failed',
		jsonb_build_object('operation', NEW.id, 'kind', NEW.kind, 'state', NEW.state, 'createdBy', NEW.created_by,
			'failedItems', (SELECT count(*) FROM "public"."operation_items" i WHERE i.operation_id = NEW.id AND i.state = 'FAILED')));
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "operations_failed" AFTER UPDATE OF "state" ON "operations"
	FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state IN ('FAILED', 'PARTLY_FAILED'))
	EXECUTE FUNCTION "note_failed_operation"();--> statement-breakpoint
-- New webhooks, replays and enabled webhooks wake the workers. What a worker records itself does not.
CREATE FUNCTION "wake_webhooks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('webhook_wakes', '');
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "webhooks_created" AFTER INSERT ON "webhooks" FOR EACH STATEMENT EXECUTE FUNCTION "wake_webhooks"();--> statement-breakpoint
CREATE TRIGGER "webhooks_due" AFTER UPDATE OF "due_at" ON "webhooks"
	FOR EACH ROW WHEN (NEW.due_at < OLD.due_at OR NEW.due_at = '-infinity') EXECUTE FUNCTION "wake_webhooks"();
