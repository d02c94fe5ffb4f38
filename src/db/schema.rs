//! The tables as both databases have them. Written by hand; a test reads every column on both.

diesel::table! {
    installation (id) {
        id -> BigInt,
        secret_fingerprint -> Binary,
        setup_code_hash -> Nullable<Binary>,
        setup_code_expires_at -> Nullable<BigInt>,
        set_up_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    tenants (id) {
        id -> BigInt,
        slug -> Text,
        organization -> Text,
        contact -> Text,
        default_key_days -> BigInt,
        longest_key_days -> Nullable<BigInt>,
        access_token_seconds -> BigInt,
        signing_algorithm -> Text,
        created_at -> BigInt,
        version -> BigInt,
        signing_key_days -> BigInt,
        allowed_audiences -> Text,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        kid -> Text,
        algorithm -> Text,
        private_key_sealed -> Binary,
        public_jwk -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
        signs_until -> BigInt,
        published_until -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        public_id -> Text,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        name_folded -> Text,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Text,
        activated_at -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        last_signed_in_at -> Nullable<BigInt>,
        version -> BigInt,
        password_changed_at -> Nullable<BigInt>,
        time_zone -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        user_id -> BigInt,
        purpose -> Text,
        code_hash -> Binary,
        created_at -> BigInt,
        created_by_kind -> Text,
        created_by_id -> Nullable<BigInt>,
        created_by -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        user_id -> BigInt,
        token_hash -> Binary,
        address -> Nullable<Text>,
        device -> Nullable<Text>,
        created_at -> BigInt,
        authenticated_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    resources (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        kind -> Text,
        name -> Text,
        path -> Text,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    revoked_tokens (tenant_id, jti) {
        tenant_id -> BigInt,
        jti -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    roles (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        slug -> Text,
        name -> Text,
        description -> Text,
        built_in -> Nullable<Text>,
        assignable_by_user_managers -> Bool,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    role_permissions (role_id, kind, permission) {
        tenant_id -> BigInt,
        role_id -> BigInt,
        kind -> Text,
        permission -> Text,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        key_id -> Text,
        client_id -> Text,
        client_id_folded -> Text,
        name -> Text,
        name_folded -> Text,
        environment -> Text,
        hint -> Text,
        intent -> Nullable<Text>,
        created_at -> BigInt,
        created_by_kind -> Text,
        created_by_id -> Nullable<BigInt>,
        created_by -> Text,
        updated_at -> BigInt,
        expires_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        disabled_reason -> Nullable<Text>,
        deleted_at -> Nullable<BigInt>,
        token_version -> BigInt,
        version -> BigInt,
        allowed_addresses -> Text,
        rate_limits -> Text,
    }
}

diesel::table! {
    api_key_secrets (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        mac -> Binary,
        pepper_version -> BigInt,
        hint -> Text,
        created_at -> BigInt,
        created_by -> Text,
        ends_at -> BigInt,
    }
}

diesel::table! {
    api_key_tags (api_key_id, key) {
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    api_key_words (tenant_id, word, api_key_id) {
        tenant_id -> BigInt,
        word -> Text,
        api_key_id -> BigInt,
    }
}

diesel::table! {
    api_key_uses (api_key_id) {
        api_key_id -> BigInt,
        tenant_id -> BigInt,
        first_used_at -> BigInt,
        first_address -> Nullable<Text>,
        used_at -> BigInt,
        address -> Nullable<Text>,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_key_secret_uses (secret_id) {
        secret_id -> BigInt,
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        used_at -> BigInt,
        address -> Nullable<Text>,
        calls -> BigInt,
    }
}

diesel::table! {
    usage_hours (api_key_id, hour, code) {
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        hour -> BigInt,
        code -> Text,
        calls -> BigInt,
    }
}

diesel::table! {
    usage_days (api_key_id, day, code) {
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        day -> BigInt,
        code -> Text,
        calls -> BigInt,
    }
}

diesel::table! {
    usage_addresses (api_key_id, day, address) {
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        day -> BigInt,
        address -> Text,
        calls -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    dead_key_calls (api_key_id) {
        api_key_id -> BigInt,
        tenant_id -> BigInt,
        code -> Text,
        calls -> BigInt,
        first_at -> BigInt,
        last_at -> BigInt,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    grants (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        user_id -> Nullable<BigInt>,
        api_key_id -> Nullable<BigInt>,
        role_id -> BigInt,
        resource_id -> BigInt,
        granted_at -> BigInt,
        granted_by -> Text,
    }
}

diesel::table! {
    former_grants (id) {
        id -> BigInt,
        tenant_id -> BigInt,
        api_key_id -> BigInt,
        resource_id -> BigInt,
        role -> Text,
        role_name -> Text,
        permissions -> Text,
    }
}

diesel::table! {
    audit_events (chain_id, seq) {
        chain_id -> BigInt,
        seq -> BigInt,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        outcome -> Text,
        target_kind -> Nullable<Text>,
        target_id -> Nullable<Text>,
        target -> Nullable<Text>,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        mac -> Binary,
    }
}

diesel::table! {
    audit_heads (chain_id) {
        chain_id -> BigInt,
        seq -> BigInt,
        mac -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_key_secret_uses,
    api_key_secrets,
    api_key_tags,
    api_key_uses,
    api_key_words,
    api_keys,
    audit_events,
    audit_heads,
    dead_key_calls,
    former_grants,
    grants,
    installation,
    invitations,
    resources,
    revoked_tokens,
    role_permissions,
    roles,
    sessions,
    signing_keys,
    tenants,
    usage_addresses,
    usage_days,
    usage_hours,
    users,
);
