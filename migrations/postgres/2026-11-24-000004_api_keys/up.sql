-- API keys, their secrets, tags and last use; and who holds which role on which resource.

CREATE TABLE api_keys (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    key_id TEXT COLLATE "C" NOT NULL UNIQUE,
    client_id TEXT COLLATE "C" NOT NULL,
    client_id_folded TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    hint TEXT COLLATE "C" NOT NULL,
    intent TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    created_by_kind TEXT COLLATE "C" NOT NULL CHECK (created_by_kind IN ('user', 'api_key', 'shell', 'system')),
    created_by_id BIGINT,
    created_by TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    disabled_at BIGINT,
    disabled_reason TEXT COLLATE "C",
    deleted_at BIGINT,
    token_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (tenant_id, id)
);

-- The key id stays with its key for ever; the client id is free again after the key is deleted.
CREATE UNIQUE INDEX api_keys_client_id ON api_keys (tenant_id, client_id_folded) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_keys_intent ON api_keys (tenant_id, intent) WHERE intent IS NOT NULL;
CREATE INDEX api_keys_list ON api_keys (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_by_name ON api_keys (tenant_id, name_folded, id) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_by_expiry ON api_keys (tenant_id, expires_at, id) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_by_creator ON api_keys (tenant_id, created_by_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE api_key_secrets (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    mac BYTEA NOT NULL,
    pepper_version BIGINT NOT NULL,
    hint TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    ends_at BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX api_key_secrets_of_key ON api_key_secrets (api_key_id, id);

CREATE TABLE api_key_tags (
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (api_key_id, key),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE INDEX api_key_tags_by_value ON api_key_tags (tenant_id, key, value, api_key_id);

-- Written in batches, in a table of its own: a check of a key never writes.
CREATE TABLE api_key_last_uses (
    api_key_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    address TEXT COLLATE "C",
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);

CREATE TABLE grants (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    user_id BIGINT,
    api_key_id BIGINT,
    role_id BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    granted_at BIGINT NOT NULL,
    granted_by TEXT COLLATE "C" NOT NULL,
    CHECK ((user_id IS NULL) <> (api_key_id IS NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);

CREATE UNIQUE INDEX grants_of_user ON grants (user_id, role_id, resource_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX grants_of_api_key ON grants (api_key_id, role_id, resource_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX grants_by_role ON grants (tenant_id, role_id);
CREATE INDEX grants_by_resource ON grants (tenant_id, resource_id);
