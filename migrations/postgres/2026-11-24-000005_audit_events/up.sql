-- What happened. One chain of events for each tenant (chain_id is the tenant's id); chain 0 is the installation's.

CREATE TABLE audit_events (
    chain_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'shell', 'system')),
    actor_id BIGINT,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('allowed', 'refused')),
    target_kind TEXT COLLATE "C",
    target_id TEXT COLLATE "C",
    target TEXT COLLATE "C",
    address TEXT COLLATE "C",
    request_id TEXT COLLATE "C",
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    mac BYTEA NOT NULL,
    PRIMARY KEY (chain_id, seq)
);

CREATE INDEX audit_events_of_target ON audit_events (chain_id, target_kind, target_id, seq);

CREATE TABLE audit_heads (
    chain_id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
