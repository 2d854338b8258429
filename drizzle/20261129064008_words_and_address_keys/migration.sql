ALTER TABLE "users" ADD COLUMN "unrecognized" text[];--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "queue_problem" text;--> statement-breakpoint
ALTER TABLE "user_versions" ALTER COLUMN "type" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "type" DROP NOT NULL;--> statement-breakpoint
DROP INDEX "groups_folded_id";--> statement-breakpoint
CREATE INDEX "groups_folded_id" ON "groups" ("organization_id",fold_case(group_id));--> statement-breakpoint
DROP INDEX "groups_folded_name";--> statement-breakpoint
CREATE INDEX "groups_folded_name" ON "groups" ("organization_id",fold_case(name));--> statement-breakpoint
DROP INDEX "user_versions_name";--> statement-breakpoint
CREATE INDEX "user_versions_name" ON "user_versions" ("organization_id",fold_case(last_name),fold_case(first_name));--> statement-breakpoint
DROP INDEX "users_name";--> statement-breakpoint
CREATE INDEX "users_name" ON "users" ("organization_id",fold_case(last_name),fold_case(first_name));--> statement-breakpoint
CREATE INDEX "users_unrecognized" ON "users" ("organization_id") WHERE unrecognized is not null;--> statement-breakpoint
-- Hand-written from here on. Address keys as src/mirror/address.ts makes them now (docs/decisions/0028): in NFC, the domain out of punycode.
CREATE FUNCTION words_decoded(label text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  encoded text := substr(label, 5);
  delimiter integer := coalesce(length(encoded) - length(substring(encoded from '[^-]*$')), 0);
  points integer[] := '{}';
  n bigint := 128; bias bigint := 72; i bigint := 0; at integer := greatest(delimiter, 0) + 1;
  before bigint; weight bigint; k bigint; digit bigint; t bigint; code integer; delta bigint; size integer; result text := '';
BEGIN
  IF label !~ '^xn--.' OR length(label) > 63 OR at > length(encoded) THEN RETURN label; END IF;
  FOR j IN 1 .. delimiter - 1 LOOP
    IF ascii(substr(encoded, j, 1)) >= 128 THEN RETURN label; END IF;
    points := points || ascii(substr(encoded, j, 1));
  END LOOP;
  WHILE at <= length(encoded) LOOP
    before := i; weight := 1; k := 36;
    LOOP
      IF at > length(encoded) THEN RETURN label; END IF;
      code := ascii(substr(encoded, at, 1));
      digit := CASE WHEN code BETWEEN 97 AND 122 THEN code - 97 WHEN code BETWEEN 48 AND 57 THEN code - 22 END;
      IF digit IS NULL THEN RETURN label; END IF;
      at := at + 1;
      i := i + digit * weight;
      t := least(26, greatest(1, k - bias));
      EXIT WHEN digit < t;
      weight := weight * (36 - t);
      IF i > 2147483647 OR weight > 2147483647 THEN RETURN label; END IF;
      k := k + 36;
    END LOOP;
    size := coalesce(array_length(points, 1), 0) + 1;
    delta := (i - before) / CASE WHEN before = 0 THEN 700 ELSE 2 END;
    delta := delta + delta / size;
    k := 0;
    WHILE delta > 455 LOOP
      delta := delta / 35;
      k := k + 36;
    END LOOP;
    bias := k + 36 * delta / (delta + 38);
    n := n + i / size;
    i := i % size;
    IF n > 1114111 OR n BETWEEN 55296 AND 57343 OR size > 64 THEN RETURN label; END IF;
    points := points[1 : i::integer] || n::integer || points[i::integer + 1 : size];
    i := i + 1;
  END LOOP;
  FOR j IN 1 .. array_length(points, 1) LOOP
    result := result || chr(points[j]);
  END LOOP;
  RETURN replace(normalize(lower(result), NFC), 'ς', 'σ');
END $$;--> statement-breakpoint
CREATE FUNCTION words_domain(domain text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN length($1) > 253 OR position('xn--' in $1) = 0 THEN $1
    ELSE (SELECT string_agg(words_decoded(label), '.' ORDER BY place) FROM unnest(string_to_array($1, '.')) WITH ORDINALITY AS l (label, place)) END
$$;--> statement-breakpoint
CREATE FUNCTION words_key(stored text) RETURNS text LANGUAGE sql AS $$
  SELECT substr(k, 1, length(k) - length(d)) || words_domain(d)
  FROM (SELECT k, substring(k from '[^@]*$') AS d FROM (SELECT replace(normalize($1, NFC), 'ς', 'σ') AS k) a) b
$$;--> statement-breakpoint
-- Two live users of one organization whose keys become the same are one address: the later life stays, and the other ends, as of now.
WITH twins AS (
  SELECT id, organization_id FROM (
    SELECT id, organization_id, row_number() OVER (PARTITION BY organization_id, words_key(address_key) ORDER BY id DESC) AS place
    FROM users WHERE deleted_at IS NULL AND (octet_length(address_key) <> char_length(address_key) OR position('xn--' in address_key) > 0)
  ) t WHERE place > 1
), moved AS (
  UPDATE organizations SET learnt_at = greatest(learnt_at, clock_timestamp())
  WHERE id IN (SELECT organization_id FROM twins) RETURNING id, learnt_at
), ended AS (
  UPDATE users u SET deleted_at = m.learnt_at, gone_at = m.learnt_at, relations_wanted_at = NULL
  FROM twins t JOIN moved m ON m.id = t.organization_id WHERE u.id = t.id RETURNING u.id, m.learnt_at
), ended_aliases AS (
  UPDATE aliases a SET valid_to = e.learnt_at FROM ended e WHERE a.user_id = e.id AND a.valid_to IS NULL
), ended_memberships AS (
  UPDATE memberships a SET valid_to = e.learnt_at FROM ended e WHERE a.user_id = e.id AND a.valid_to IS NULL
)
UPDATE role_grants a SET valid_to = e.learnt_at FROM ended e WHERE a.user_id = e.id AND a.valid_to IS NULL;--> statement-breakpoint
UPDATE users SET address_key = words_key(address_key), domain = substring(words_key(address_key) from '[^@]*$')
WHERE (octet_length(address_key) <> char_length(address_key) OR position('xn--' in address_key) > 0) AND words_key(address_key) <> address_key;--> statement-breakpoint
UPDATE user_versions SET address_key = words_key(address_key), domain = substring(words_key(address_key) from '[^@]*$')
WHERE (octet_length(address_key) <> char_length(address_key) OR position('xn--' in address_key) > 0) AND words_key(address_key) <> address_key;--> statement-breakpoint
UPDATE aliases SET address_key = words_key(address_key), domain = substring(words_key(address_key) from '[^@]*$')
WHERE (octet_length(address_key) <> char_length(address_key) OR position('xn--' in address_key) > 0) AND words_key(address_key) <> address_key;--> statement-breakpoint
UPDATE operation_items SET domain = words_key(domain)
WHERE (octet_length(domain) <> char_length(domain) OR position('xn--' in domain) > 0) AND words_key(domain) <> domain;--> statement-breakpoint
DROP FUNCTION words_key(text);--> statement-breakpoint
DROP FUNCTION words_domain(text);--> statement-breakpoint
DROP FUNCTION words_decoded(text);--> statement-breakpoint
-- Roles that are spelled in another way get the documented name, where the organization has none of that name.
UPDATE roles r SET name = k.name
FROM unnest(ARRAY['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER']) AS k (name)
WHERE r.name <> k.name AND regexp_replace(upper(r.name), '[\s_-]+', '', 'g') = replace(k.name, '_', '')
  AND NOT EXISTS (SELECT FROM roles o WHERE o.organization_id = r.organization_id AND o.id <> r.id AND (
    o.name = k.name OR o.id < r.id AND regexp_replace(upper(o.name), '[\s_-]+', '', 'g') = replace(k.name, '_', '')));
