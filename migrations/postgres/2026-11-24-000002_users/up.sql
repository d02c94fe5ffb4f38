-- People and their sessions.

CREATE TABLE users (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    public_id TEXT COLLATE "C" NOT NULL UNIQUE,
    email TEXT COLLATE "C" NOT NULL,
    email_folded TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    activated_at BIGINT,
    disabled_at BIGINT,
    deleted_at BIGINT,
    last_signed_in_at BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (tenant_id, id)
);

-- An address belongs to one activated user of the installation, and is invited once in a tenant.
CREATE UNIQUE INDEX users_email ON users (email_folded) WHERE activated_at IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX users_email_in_tenant ON users (tenant_id, email_folded) WHERE deleted_at IS NULL;
CREATE INDEX users_list ON users (tenant_id, name_folded, id) WHERE deleted_at IS NULL;

CREATE TABLE sessions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    address TEXT COLLATE "C",
    device TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

CREATE INDEX sessions_of_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);
