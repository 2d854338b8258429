-- Pages are written once, read once and thrown away: compressing them costs more than their space.
ALTER TABLE "pull_pages" ALTER COLUMN "body" SET STORAGE EXTERNAL;
