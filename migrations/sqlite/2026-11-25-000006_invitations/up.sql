-- One-time links by which a person chooses a password: the first one, or another one. A user has at most one.

CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'password_reset')),
    code_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    created_by_kind TEXT NOT NULL CHECK (created_by_kind IN ('user', 'api_key', 'shell', 'system')),
    created_by_id BIGINT,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

ALTER TABLE users ADD COLUMN password_changed_at BIGINT;

-- Where a role holds, and who holds it among people, without reading every key that holds it. The first takes the place of
-- an index on its beginning.
DROP INDEX grants_by_role;
CREATE INDEX grants_of_role_by_resource ON grants (tenant_id, role_id, resource_id);
CREATE INDEX grants_of_role_by_user ON grants (tenant_id, role_id, user_id) WHERE user_id IS NOT NULL;
