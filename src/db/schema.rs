// @generated automatically by Diesel CLI.

diesel::table! {
    api_tokens (id) {
        id -> Integer,
        name -> Text,
        token_hash -> Text,
        scope -> Text,
        created_by -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_log (entry_id) {
        entry_id -> Integer,
        at -> Timestamp,
        login -> Text,
        action -> Text,
        object -> Text,
        detail -> Text,
        address -> Text,
        times -> Integer,
        last_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    catalogue_state (id) {
        id -> Integer,
        revision -> BigInt,
        skills_revision -> BigInt,
        search_format -> Integer,
        changed_at -> Nullable<Timestamp>,
        text_format -> Integer,
        starting_content -> Text,
    }
}

diesel::table! {
    dismissed_findings (profession_id, finding) {
        profession_id -> Integer,
        finding -> Text,
        dismissed_by -> Text,
        dismissed_at -> Timestamp,
    }
}

diesel::table! {
    editor_tracks (editor_id, track_id) {
        editor_id -> Integer,
        track_id -> Integer,
    }
}

diesel::table! {
    editors (id) {
        id -> Integer,
        login -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
        display_name -> Text,
        seen_at -> Nullable<Timestamp>,
        last_visit_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    former_level_slugs (scale_id, slug) {
        scale_id -> Integer,
        slug -> Text,
        level_name -> Text,
    }
}

diesel::table! {
    former_skill_slugs (slug) {
        slug -> Text,
        skill_id -> Integer,
    }
}

diesel::table! {
    former_slugs (slug) {
        slug -> Text,
        profession_id -> Integer,
    }
}

diesel::table! {
    grades (grade_id) {
        grade_id -> Integer,
        profession_id -> Integer,
        level_name -> Text,
        description -> Nullable<Text>,
        version -> Integer,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_keys (token_id, key) {
        token_id -> Integer,
        key -> Text,
        request_hash -> Text,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    invitations (id) {
        id -> Integer,
        editor_id -> Integer,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    newest_changes (kind, object_id) {
        kind -> Text,
        object_id -> Integer,
        revision_id -> Integer,
    }
}

diesel::table! {
    profession (id) {
        id -> Integer,
        slug -> Text,
        title -> Text,
        summary -> Text,
        track -> Text,
        position -> Integer,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        scale_id -> Nullable<Integer>,
        includes_id -> Nullable<Integer>,
        includes_up_to -> Nullable<Text>,
        is_draft -> Bool,
    }
}

diesel::table! {
    proposal_notes (id) {
        id -> Integer,
        proposal_id -> Integer,
        author -> Text,
        text -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    proposals (id) {
        id -> Integer,
        grade_id -> Integer,
        base_version -> Integer,
        text -> Text,
        note -> Text,
        author -> Text,
        state -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    releases (id) {
        id -> Integer,
        name -> Text,
        note -> Text,
        revision_id -> Integer,
        author -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    requirement_aliases (profession_id, former_id) {
        profession_id -> Integer,
        former_id -> Text,
        requirement_id -> Nullable<Text>,
        former_label -> Text,
        former_text -> Text,
        level_name -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    revisions (revision_id) {
        revision_id -> Integer,
        kind -> Text,
        object_id -> Integer,
        version -> Integer,
        author -> Text,
        note -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        created_at -> Timestamp,
        merged_with -> Nullable<Integer>,
        profession_id -> Nullable<Integer>,
        effect -> Nullable<Text>,
        is_draft -> Bool,
    }
}

diesel::table! {
    rules (id) {
        id -> Integer,
        text -> Text,
        months -> Integer,
        top_months -> Integer,
        top_level -> Text,
        retry_months -> Integer,
        junior_weight -> Integer,
        middle_weight -> Integer,
        senior_weight -> Integer,
        base_weight -> Integer,
        version -> Integer,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    scale_levels (scale_id, level_name) {
        scale_id -> Integer,
        level_name -> Text,
        title -> Text,
        slug -> Text,
        is_base -> Bool,
    }
}

diesel::table! {
    scales (id) {
        id -> Integer,
        slug -> Text,
        title -> Text,
        version -> Integer,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        editor_id -> Integer,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        user_agent -> Text,
    }
}

diesel::table! {
    site_secrets (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    skill_aliases (skill_id, alias) {
        skill_id -> Integer,
        alias -> Text,
        hidden -> Bool,
    }
}

diesel::table! {
    skills (id) {
        id -> Integer,
        slug -> Text,
        title -> Text,
        category -> Text,
        link -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    tracks (slug) {
        slug -> Text,
        title -> Text,
        position -> Integer,
        version -> Integer,
        id -> Integer,
        professions -> Integer,
    }
}

diesel::table! {
    uploads (token, place) {
        token -> Text,
        place -> Integer,
        login -> Text,
        file_name -> Text,
        content -> Binary,
        created_at -> Timestamp,
    }
}

diesel::joinable!(editor_tracks -> editors (editor_id));
diesel::joinable!(former_skill_slugs -> skills (skill_id));
diesel::joinable!(former_slugs -> profession (profession_id));
diesel::joinable!(grades -> profession (profession_id));
diesel::joinable!(idempotency_keys -> api_tokens (token_id));
diesel::joinable!(invitations -> editors (editor_id));
diesel::joinable!(profession -> scales (scale_id));
diesel::joinable!(profession -> tracks (track));
diesel::joinable!(proposal_notes -> proposals (proposal_id));
diesel::joinable!(scale_levels -> scales (scale_id));
diesel::joinable!(sessions -> editors (editor_id));
diesel::joinable!(skill_aliases -> skills (skill_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_tokens,
    audit_log,
    catalogue_state,
    dismissed_findings,
    editor_tracks,
    editors,
    former_level_slugs,
    former_skill_slugs,
    former_slugs,
    grades,
    idempotency_keys,
    invitations,
    newest_changes,
    profession,
    proposal_notes,
    proposals,
    releases,
    requirement_aliases,
    revisions,
    rules,
    scale_levels,
    scales,
    sessions,
    site_secrets,
    skill_aliases,
    skills,
    tracks,
    uploads,
);
