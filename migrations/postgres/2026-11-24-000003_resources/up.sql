-- The tenant's tree, its roles, and the API keys that grants may be held by.

CREATE TABLE resources (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    parent_id BIGINT,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, path),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES resources (tenant_id, id)
);

CREATE INDEX resources_children ON resources (tenant_id, parent_id);
CREATE UNIQUE INDEX resources_root ON resources (tenant_id) WHERE parent_id IS NULL;

CREATE TABLE roles (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    built_in TEXT COLLATE "C" CHECK (built_in IN ('admin', 'ops', 'developer', 'ci', 'auditor', 'manage-api-credentials', 'manage-users', 'member')),
    assignable_by_user_managers BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, slug)
);

CREATE TABLE role_permissions (
    tenant_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('portal', 'application')),
    permission TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (role_id, kind, permission),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
