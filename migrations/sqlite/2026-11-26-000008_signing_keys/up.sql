-- How the keys that sign access tokens follow each other, and whom tokens may be for.

-- After how many days a new signing key takes the place of the one that signs; 0 for never.
ALTER TABLE tenants ADD COLUMN signing_key_days BIGINT NOT NULL DEFAULT 90;

-- Absolute URIs, one a line; empty means that any is allowed.
ALTER TABLE tenants ADD COLUMN allowed_audiences TEXT NOT NULL DEFAULT '';

-- An organization has one key that has no end yet: the last one. Two rotations at once cannot make two.
CREATE UNIQUE INDEX signing_keys_last ON signing_keys (tenant_id) WHERE signs_until = 9223372036854775807;
