-- What API keys held when they were deleted. A client id is free again only for an actor who could give all of it, and what is
-- left of a key is seen only by users who see keys on one of these resources.

CREATE TABLE former_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    -- Follows the resource when it moves; its parent when it is deleted.
    resource_id BIGINT NOT NULL,
    -- The role as it was: its slug, its name, and the permissions it contained, separated by spaces.
    role TEXT NOT NULL,
    role_name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);

CREATE INDEX former_grants_of_api_key ON former_grants (api_key_id);
CREATE INDEX former_grants_by_resource ON former_grants (tenant_id, resource_id);
CREATE INDEX api_keys_former_client_id ON api_keys (tenant_id, client_id_folded, id) WHERE deleted_at IS NOT NULL;

-- What earlier keys held is not known, so it may have been everything.
INSERT INTO former_grants (tenant_id, api_key_id, resource_id, role, role_name, permissions)
SELECT k.tenant_id, k.id, r.id, 'unknown', 'Unknown',
    'api_keys:read api_keys:manage users:read users:manage roles:manage resources:manage audit:read settings:manage tokens:introspect'
FROM api_keys k JOIN resources r ON r.tenant_id = k.tenant_id AND r.parent_id IS NULL
WHERE k.deleted_at IS NOT NULL;
