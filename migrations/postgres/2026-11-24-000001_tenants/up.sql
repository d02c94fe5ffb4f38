-- What exists once for the whole installation, and the organizations in it.
-- Times are microseconds since 1970 (UTC); 9223372036854775807 means never.

CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    secret_fingerprint BYTEA NOT NULL,
    setup_code_hash BYTEA,
    setup_code_expires_at BIGINT,
    set_up_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE tenants (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    organization TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    default_key_days BIGINT NOT NULL,
    longest_key_days BIGINT,
    access_token_seconds BIGINT NOT NULL,
    signing_algorithm TEXT COLLATE "C" NOT NULL CHECK (signing_algorithm IN ('ES256', 'EdDSA', 'RS256')),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    kid TEXT COLLATE "C" NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL CHECK (algorithm IN ('ES256', 'EdDSA', 'RS256')),
    private_key_sealed BYTEA NOT NULL,
    public_jwk TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    signs_until BIGINT NOT NULL,
    published_until BIGINT NOT NULL,
    UNIQUE (tenant_id, kid)
);
