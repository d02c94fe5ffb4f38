-- Access tokens that ended before their time. A row is kept until its token would have ended by itself.

CREATE TABLE revoked_tokens (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    jti TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, jti)
);

CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);
