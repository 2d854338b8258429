ALTER TABLE "change_places" ADD COLUMN "baseline" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "change_sets" ADD COLUMN "baseline" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "accepted_until" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "accepted_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "accepted_by" text;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "accepted_reason" text;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "baseline_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "privileged_roles" text[];--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "privileged" boolean DEFAULT true NOT NULL;--> statement-breakpoint
UPDATE "roles" SET "privileged" = false WHERE "name" = 'USER';--> statement-breakpoint
-- The first pull that is still known. If older ones are pruned, so are their changes.
UPDATE "organizations" o SET "baseline_at" = coalesce(
  (SELECT min(p.finished_at) FROM pulls p WHERE p.organization_id = o.id AND p.state = 'COMPLETE'), o.profile_as_of);--> statement-breakpoint
-- What was first read before the first complete pull, except for accounts that this system created. Later, only first
-- readings of older users: memberships are left out, because an unknown time has another reason there, too.
UPDATE "change_sets" s SET "baseline" = true FROM "organizations" o
WHERE o.id = s.organization_id AND s.not_before IS NULL
  AND s.kinds <@ '{USER_CREATED,FIELD_CHANGED,MEMBER_ADDED,ROLE_GRANTED,ALIAS_ADDED,GROUP_CREATED}'::change_kind[]
  AND NOT (s.origin = 'WRITE' AND s.kinds[1] = 'USER_CREATED')
  AND CASE WHEN s.applied_at <= coalesce(o.baseline_at, 'infinity') THEN true
    ELSE s.kinds <@ '{FIELD_CHANGED,ROLE_GRANTED,ALIAS_ADDED}'::change_kind[]
      AND EXISTS (SELECT FROM users u WHERE u.id = s.subject_id AND u.valid_from <= o.baseline_at) END;--> statement-breakpoint
-- A row holds sets inside or outside the baseline: rows with both are split into runs.
WITH nodes AS (
  SELECT id, id AS organization_id FROM organizations
  UNION ALL SELECT id, organization_id FROM users
  UNION ALL SELECT id, organization_id FROM groups
  UNION ALL SELECT id, organization_id FROM roles
), places AS (
  SELECT p.node_id, p.kind, p.last_position, s.last_position AS position, s.baseline,
    row_number() OVER (PARTITION BY p.node_id, p.kind, p.last_position ORDER BY s.last_position)
      - row_number() OVER (PARTITION BY p.node_id, p.kind, p.last_position, s.baseline ORDER BY s.last_position) AS run
  FROM change_places p JOIN nodes n ON n.id = p.node_id
  CROSS JOIN LATERAL unnest(p.positions) AS place (position)
  JOIN change_sets s ON s.organization_id = n.organization_id AND s.last_position = place.position
), runs AS (
  SELECT node_id, kind, last_position, baseline, max(position) AS run_ends, array_agg(position ORDER BY position) AS positions
  FROM places GROUP BY node_id, kind, last_position, baseline, run
), last_runs AS (
  UPDATE change_places p SET positions = r.positions, baseline = r.baseline FROM runs r
  WHERE p.node_id = r.node_id AND p.kind = r.kind AND p.last_position = r.last_position AND r.run_ends = r.last_position
    AND (r.baseline OR p.positions <> r.positions)
)
INSERT INTO change_places (node_id, kind, last_position, positions, baseline)
SELECT node_id, kind, run_ends, positions, baseline FROM runs WHERE run_ends <> last_position;--> statement-breakpoint
CREATE INDEX "change_places_differences" ON "change_places" ("node_id","kind","last_position") WHERE not baseline;--> statement-breakpoint
CREATE INDEX "change_sets_differences" ON "change_sets" ("organization_id","last_position") WHERE not baseline;
