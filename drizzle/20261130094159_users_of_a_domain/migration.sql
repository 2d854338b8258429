DROP INDEX "users_domain";--> statement-breakpoint
CREATE INDEX "users_domain" ON "users" ("organization_id","domain","address_key","id");