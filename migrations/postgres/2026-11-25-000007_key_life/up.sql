-- Finding keys among very many, and what is known of their use.

-- Networks from which a key may be used, in CIDR notation, separated by spaces; empty means anywhere. A column and no table:
-- each check of a key reads it.
ALTER TABLE api_keys ADD COLUMN allowed_addresses TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The zone in which this person reads and types dates, as the IANA database calls it.
ALTER TABLE users ADD COLUMN time_zone TEXT COLLATE "C" NOT NULL DEFAULT 'UTC';

-- Keys are listed in the order in which they were made, which is the order of their ids; whatever filters a list has its
-- rows in the same order.
DROP INDEX api_keys_list;
DROP INDEX api_keys_by_creator;
CREATE INDEX api_keys_list ON api_keys (tenant_id, id) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_by_creator ON api_keys (tenant_id, created_by_kind, created_by_id, id) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_disabled ON api_keys (tenant_id, id) WHERE deleted_at IS NULL AND disabled_at IS NOT NULL;
CREATE INDEX api_keys_by_end ON api_keys (tenant_id, expires_at, id) WHERE deleted_at IS NULL AND disabled_at IS NULL;
CREATE INDEX grants_of_role_by_api_key ON grants (tenant_id, role_id, api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX grants_on_resource_by_api_key ON grants (tenant_id, resource_id, api_key_id) WHERE api_key_id IS NOT NULL;

-- What a key is found by: its client id and its name from each of their words on, its key id, and how its secrets end; in
-- small letters, with a hyphen for whatever separates words. Gone when the key is deleted.
CREATE TABLE api_key_words (
    tenant_id BIGINT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    api_key_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, word, api_key_id),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX api_key_words_of_key ON api_key_words (api_key_id, word);

INSERT INTO api_key_words (tenant_id, word, api_key_id)
WITH RECURSIVE words (tenant_id, word, api_key_id) AS (
    (
        SELECT tenant_id, translate(client_id_folded, '._ ', '---'), id FROM api_keys WHERE deleted_at IS NULL
        UNION
        SELECT tenant_id, translate(name_folded, '._ ', '---'), id FROM api_keys WHERE deleted_at IS NULL
        UNION
        SELECT tenant_id, lower(key_id), id FROM api_keys WHERE deleted_at IS NULL
        UNION
        SELECT tenant_id, lower(right(hint, 4)), id FROM api_keys WHERE deleted_at IS NULL
    )
    UNION
    SELECT tenant_id, substr(word, strpos(word, '-') + 1), api_key_id FROM words WHERE strpos(word, '-') > 0
)
SELECT tenant_id, word, api_key_id FROM words WHERE word <> '' AND word NOT LIKE '-%';

-- The uses of a key, written in batches, in a table of its own: a check of a key never writes, and no index of the list is
-- touched. Made with the key; 0 means never.
CREATE TABLE api_key_uses (
    api_key_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    first_used_at BIGINT NOT NULL,
    first_address TEXT COLLATE "C",
    used_at BIGINT NOT NULL,
    address TEXT COLLATE "C",
    -- When the key was deleted, if it was.
    deleted_at BIGINT,
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX api_key_uses_list ON api_key_uses (tenant_id, used_at, api_key_id) WHERE deleted_at IS NULL;

INSERT INTO api_key_uses (api_key_id, tenant_id, first_used_at, first_address, used_at, address, deleted_at)
SELECT k.id, k.tenant_id, COALESCE(u.used_at, 0), u.address, COALESCE(u.used_at, 0), u.address, k.deleted_at
FROM api_keys k LEFT JOIN api_key_last_uses u ON u.api_key_id = k.id;

DROP TABLE api_key_last_uses;

-- The same of each secret by itself, to see a rotation through.
CREATE TABLE api_key_secret_uses (
    secret_id BIGINT NOT NULL PRIMARY KEY REFERENCES api_key_secrets (id),
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    address TEXT COLLATE "C",
    calls BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

-- How often a key was presented with its right secret, by hour and by day since 1970 (UTC), and by the answer.
CREATE TABLE usage_hours (
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, hour, code),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX usage_hours_age ON usage_hours (hour);

CREATE TABLE usage_days (
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, day, code),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX usage_days_age ON usage_days (day);

-- From where, by day: at most 100 addresses of a key, then all others together as ''.
CREATE TABLE usage_addresses (
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, day, address),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX usage_addresses_age ON usage_addresses (day);

-- Whoever still presents the right secret of a key that is dead.
CREATE TABLE dead_key_calls (
    api_key_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    address TEXT COLLATE "C",
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX dead_key_calls_list ON dead_key_calls (tenant_id, last_at, api_key_id);
