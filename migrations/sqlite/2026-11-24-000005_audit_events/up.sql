-- What happened. One chain of events for each tenant (chain_id is the tenant's id); chain 0 is the installation's.

CREATE TABLE audit_events (
    chain_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'shell', 'system')),
    actor_id BIGINT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('allowed', 'refused')),
    target_kind TEXT,
    target_id TEXT,
    target TEXT,
    address TEXT,
    request_id TEXT,
    before TEXT,
    after TEXT,
    mac BLOB NOT NULL,
    PRIMARY KEY (chain_id, seq)
);

CREATE INDEX audit_events_of_target ON audit_events (chain_id, target_kind, target_id, seq);

CREATE TABLE audit_heads (
    chain_id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    mac BLOB NOT NULL
);
