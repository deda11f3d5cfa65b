-- The tree, what can be ordered, and the people.

-- path: '/' and the ids of all sites from the center down to this one, each closed by '/'. A subtree is a range of paths.
CREATE TABLE sites (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    kind NVARCHAR(12) {exact} NOT NULL,
    parent_id BINARY(16) NULL,
    center_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    name NVARCHAR(100) NOT NULL,
    name_sort NVARCHAR(200) {exact} NOT NULL,
    lat FLOAT NOT NULL,
    lng FLOAT NOT NULL,
    accuracy_m FLOAT NOT NULL,
    radius_m INT NOT NULL,
    time_zone NVARCHAR(60) {exact} NULL,
    responsible_name NVARCHAR(60) NULL,
    responsible_phone_sealed NVARCHAR(200) {exact} NULL,
    closed_at DATETIMEOFFSET(3) NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_sites PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_sites_parent FOREIGN KEY (parent_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_sites_path ON sites (path);
CREATE INDEX ix_sites_parent ON sites (parent_id, name_sort, id);

-- A Center's policy; the greatest number is in force. Nothing is ever changed in place.
CREATE TABLE policies (
    id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    number INT NOT NULL,
    body {longtext} NOT NULL,
    reason NVARCHAR(400) NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    created_by BINARY(16) NULL,
    CONSTRAINT pk_policies PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_policies_center FOREIGN KEY (center_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_policies_number ON policies (center_id, number);

CREATE TABLE mode_activations (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    site_id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    reason NVARCHAR(400) NOT NULL,
    starts_at DATETIMEOFFSET(3) NOT NULL,
    ends_at DATETIMEOFFSET(3) NOT NULL,
    ended_at DATETIMEOFFSET(3) NULL,
    due_at DATETIMEOFFSET(3) NULL,
    leased_by BINARY(16) NULL,
    leased_until DATETIMEOFFSET(3) NULL,
    activated_by BINARY(16) NOT NULL,
    ended_by BINARY(16) NULL,
    CONSTRAINT pk_mode_activations PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_mode_activations_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
-- One at a time a site.
CREATE UNIQUE INDEX ux_mode_activations_site ON mode_activations (site_id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_mode_activations_due ON mode_activations (due_at, id) WHERE due_at IS NOT NULL;

-- center_id NULL: common to all; otherwise the Center's own.
CREATE TABLE skills (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NULL,
    parent_id BINARY(16) NULL,
    code NVARCHAR(40) {exact} NOT NULL,
    name_zh NVARCHAR(60) NOT NULL,
    name_en NVARCHAR(60) NOT NULL,
    retired_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_skills PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_skills_center FOREIGN KEY (center_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_skills_common ON skills (code) WHERE center_id IS NULL;
CREATE UNIQUE INDEX ux_skills_center ON skills (center_id, code) WHERE center_id IS NOT NULL;

CREATE TABLE qualifications (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NULL,
    code NVARCHAR(40) {exact} NOT NULL,
    name_zh NVARCHAR(60) NOT NULL,
    name_en NVARCHAR(60) NOT NULL,
    retired_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_qualifications PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_qualifications_center FOREIGN KEY (center_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_qualifications_common ON qualifications (code) WHERE center_id IS NULL;
CREATE UNIQUE INDEX ux_qualifications_center ON qualifications (center_id, code) WHERE center_id IS NOT NULL;

CREATE TABLE menu_items (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    code NVARCHAR(40) {exact} NOT NULL,
    category NVARCHAR(20) {exact} NOT NULL,
    name_zh NVARCHAR(60) NOT NULL,
    name_en NVARCHAR(60) NOT NULL,
    about_zh NVARCHAR(400) NULL,
    about_en NVARCHAR(400) NULL,
    minutes INT NOT NULL,
    people_wanted INT NOT NULL,
    people_needed INT NOT NULL,
    risk NVARCHAR(10) {exact} NOT NULL,
    urgency NVARCHAR(10) {exact} NOT NULL,
    mode NVARCHAR(12) {exact} NOT NULL,
    minors_allowed BIT NOT NULL,
    needs_curation BIT NOT NULL,
    insurance_needed BIT NOT NULL,
    may_ask_gender BIT NOT NULL,
    may_ask_language BIT NOT NULL,
    retired_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_menu_items PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_menu_items_center FOREIGN KEY (center_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_menu_items_code ON menu_items (center_id, code);

CREATE TABLE menu_item_skills (
    menu_item_id BINARY(16) NOT NULL,
    skill_id BINARY(16) NOT NULL,
    level INT NOT NULL,
    CONSTRAINT pk_menu_item_skills PRIMARY KEY {clustered} (menu_item_id, skill_id),
    CONSTRAINT fk_menu_item_skills_menu_item FOREIGN KEY (menu_item_id) REFERENCES menu_items (id),
    CONSTRAINT fk_menu_item_skills_skill FOREIGN KEY (skill_id) REFERENCES skills (id)
);

CREATE TABLE menu_item_qualifications (
    menu_item_id BINARY(16) NOT NULL,
    qualification_id BINARY(16) NOT NULL,
    CONSTRAINT pk_menu_item_qualifications PRIMARY KEY {clustered} (menu_item_id, qualification_id),
    CONSTRAINT fk_menu_item_qualifications_menu_item FOREIGN KEY (menu_item_id) REFERENCES menu_items (id),
    CONSTRAINT fk_menu_item_qualifications_qualification FOREIGN KEY (qualification_id) REFERENCES qualifications (id)
);

-- The counts are kept by the deeds that change them; matching reads them, the replay's checker recounts them.
-- Days (born_on, insured_until, valid_from, valid_to) are yyyy-MM-dd of the center's calendar. companion_id: the adult who comes along with a minor.
CREATE TABLE volunteers (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    account_id BINARY(16) NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    status NVARCHAR(12) {exact} NOT NULL,
    name NVARCHAR(60) NOT NULL,
    name_sort NVARCHAR(200) {exact} NOT NULL,
    gender NVARCHAR(8) {exact} NOT NULL,
    born_on NVARCHAR(10) {exact} NULL,
    id_number_sealed NVARCHAR(200) {exact} NULL,
    id_number_hash BINARY(32) NULL,
    id_hash_version INT NOT NULL,
    real_name BIT NOT NULL,
    phone_sealed NVARCHAR(200) {exact} NULL,
    languages NVARCHAR(100) {exact} NOT NULL,
    insured_until NVARCHAR(10) {exact} NULL,
    companion_id BINARY(16) NULL,
    radius_m INT NOT NULL,
    max_orders_a_week INT NOT NULL,
    max_minutes_a_day INT NOT NULL,
    asked INT NOT NULL,
    accepted INT NOT NULL,
    came INT NOT NULL,
    on_time INT NOT NULL,
    no_shows INT NOT NULL,
    rating_sum INT NOT NULL,
    rating_count INT NOT NULL,
    served INT NOT NULL,
    last_served_at DATETIMEOFFSET(3) NULL,
    verified_minutes INT NOT NULL,
    registered_at DATETIMEOFFSET(3) NOT NULL,
    suspended_until DATETIMEOFFSET(3) NULL,
    leased_by BINARY(16) NULL,
    leased_until DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_volunteers PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_volunteers_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT fk_volunteers_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_volunteers_id_number ON volunteers (id_number_hash) WHERE id_number_hash IS NOT NULL;
CREATE INDEX ix_volunteers_account ON volunteers (account_id);
CREATE INDEX ix_volunteers_center ON volunteers (center_id, name_sort, id) {include path, status};
CREATE INDEX ix_volunteers_site ON volunteers (site_id, name_sort, id);
CREATE INDEX ix_volunteers_suspended ON volunteers (suspended_until, id) WHERE suspended_until IS NOT NULL;

CREATE TABLE volunteer_skills (
    volunteer_id BINARY(16) NOT NULL,
    skill_id BINARY(16) NOT NULL,
    level INT NOT NULL,
    CONSTRAINT pk_volunteer_skills PRIMARY KEY {clustered} (volunteer_id, skill_id),
    CONSTRAINT fk_volunteer_skills_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_volunteer_skills_skill FOREIGN KEY (skill_id) REFERENCES skills (id)
);

CREATE TABLE volunteer_qualifications (
    id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    qualification_id BINARY(16) NOT NULL,
    issuer NVARCHAR(100) NOT NULL,
    number_sealed NVARCHAR(300) {exact} NOT NULL,
    valid_from NVARCHAR(10) {exact} NULL,
    valid_to NVARCHAR(10) {exact} NULL,
    verified_at DATETIMEOFFSET(3) NULL,
    verified_by BINARY(16) NULL,
    CONSTRAINT pk_volunteer_qualifications PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_volunteer_qualifications_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_volunteer_qualifications_qualification FOREIGN KEY (qualification_id) REFERENCES qualifications (id)
);
CREATE INDEX ix_volunteer_qualifications_volunteer ON volunteer_qualifications (volunteer_id, id);

CREATE TABLE volunteer_places (
    volunteer_id BINARY(16) NOT NULL,
    number INT NOT NULL,
    label NVARCHAR(40) NULL,
    lat FLOAT NOT NULL,
    lng FLOAT NOT NULL,
    accuracy_m FLOAT NOT NULL,
    CONSTRAINT pk_volunteer_places PRIMARY KEY {clustered} (volunteer_id, number),
    CONSTRAINT fk_volunteer_places_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);

-- Weekly hours in the Center's zone: minutes of the week from Monday 00:00; to_minute may pass the week's end (10,080).
CREATE TABLE volunteer_slots (
    volunteer_id BINARY(16) NOT NULL,
    from_minute INT NOT NULL,
    to_minute INT NOT NULL,
    CONSTRAINT pk_volunteer_slots PRIMARY KEY {clustered} (volunteer_id, from_minute),
    CONSTRAINT fk_volunteer_slots_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);

-- An exception overrides the weekly hours: free = 1 adds time, free = 0 takes it away.
CREATE TABLE volunteer_exceptions (
    volunteer_id BINARY(16) NOT NULL,
    number INT NOT NULL,
    starts_at DATETIMEOFFSET(3) NOT NULL,
    ends_at DATETIMEOFFSET(3) NOT NULL,
    free BIT NOT NULL,
    CONSTRAINT pk_volunteer_exceptions PRIMARY KEY {clustered} (volunteer_id, number),
    CONSTRAINT fk_volunteer_exceptions_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);

-- A pair that must not meet; said by either side.
CREATE TABLE blocks (
    volunteer_id BINARY(16) NOT NULL,
    resident_id BINARY(16) NOT NULL,
    said_by NVARCHAR(10) {exact} NOT NULL,
    said_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_blocks PRIMARY KEY {clustered} (volunteer_id, resident_id, said_by),
    CONSTRAINT fk_blocks_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE INDEX ix_blocks_resident ON blocks (resident_id);

-- What matching must look at again. Read in the order of the feed.
CREATE TABLE volunteer_changes (
    id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    {feed volunteer_changes}
    CONSTRAINT pk_volunteer_changes PRIMARY KEY {nonclustered} (id)
);

-- Volunteers handed in as a file. rows_done moves in the transaction that writes those rows, so a file that broke off is taken up where it stood;
-- done_hash tells that it is the same file.
CREATE TABLE imports (
    id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    file_name NVARCHAR(200) NULL,
    dry_run BIT NOT NULL,
    state NVARCHAR(10) {exact} NOT NULL,
    rows_done INT NOT NULL,
    done_hash BINARY(32) NOT NULL,
    bytes_done BIGINT NOT NULL,
    bytes_total BIGINT NULL,
    taken INT NOT NULL,
    refused INT NOT NULL,
    started_at DATETIMEOFFSET(3) NOT NULL,
    started_by BINARY(16) NOT NULL,
    moved_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_imports_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE INDEX ix_imports_center ON imports (center_id, id);

-- line: of the file, the header is 1. Never the value itself: it may be somebody's number.
CREATE TABLE import_problems (
    id BINARY(16) NOT NULL,
    import_id BINARY(16) NOT NULL,
    line INT NOT NULL,
    field NVARCHAR(40) {exact} NULL,
    code NVARCHAR(60) {exact} NOT NULL,
    CONSTRAINT pk_import_problems PRIMARY KEY {clustered} (import_id, id),
    CONSTRAINT fk_import_problems_import FOREIGN KEY (import_id) REFERENCES imports (id)
);

CREATE TABLE teams (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    name NVARCHAR(60) NOT NULL,
    name_sort NVARCHAR(200) {exact} NOT NULL,
    category NVARCHAR(20) {exact} NOT NULL,
    captain_id BINARY(16) NULL,
    emergency BIT NOT NULL,
    dissolved_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_teams PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_teams_site FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT fk_teams_captain FOREIGN KEY (captain_id) REFERENCES volunteers (id)
);
CREATE INDEX ix_teams_center ON teams (center_id, name_sort, id);

CREATE TABLE team_members (
    team_id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    joined_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_team_members PRIMARY KEY {clustered} (team_id, volunteer_id),
    CONSTRAINT fk_team_members_team FOREIGN KEY (team_id) REFERENCES teams (id),
    CONSTRAINT fk_team_members_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE INDEX ix_team_members_volunteer ON team_members (volunteer_id);

-- phone_hash is not unique: an old couple shares a phone.
CREATE TABLE residents (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    account_id BINARY(16) NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    name NVARCHAR(60) NOT NULL,
    name_sort NVARCHAR(200) {exact} NOT NULL,
    gender NVARCHAR(8) {exact} NULL,
    birth_year INT NULL,
    languages NVARCHAR(100) {exact} NOT NULL,
    phone_sealed NVARCHAR(200) {exact} NULL,
    phone_hash BINARY(32) NULL,
    address_sealed NVARCHAR(1600) {exact} NULL,
    lat FLOAT NULL,
    lng FLOAT NULL,
    accuracy_m FLOAT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    forgotten_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_residents PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_residents_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT fk_residents_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE INDEX ix_residents_account ON residents (account_id);
CREATE INDEX ix_residents_center ON residents (center_id, name_sort, id);
CREATE INDEX ix_residents_site ON residents (site_id, name_sort, id);
CREATE INDEX ix_residents_phone ON residents (phone_hash);

CREATE TABLE resident_tags (
    resident_id BINARY(16) NOT NULL,
    tag NVARCHAR(20) {exact} NOT NULL,
    CONSTRAINT pk_resident_tags PRIMARY KEY {clustered} (resident_id, tag),
    CONSTRAINT fk_resident_tags_resident FOREIGN KEY (resident_id) REFERENCES residents (id)
);

-- Who may ask for whom.
CREATE TABLE resident_proxies (
    resident_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    relation NVARCHAR(20) {exact} NOT NULL,
    granted_at DATETIMEOFFSET(3) NOT NULL,
    granted_by BINARY(16) NOT NULL,
    CONSTRAINT pk_resident_proxies PRIMARY KEY {clustered} (resident_id, account_id),
    CONSTRAINT fk_resident_proxies_resident FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT fk_resident_proxies_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_resident_proxies_account ON resident_proxies (account_id);

-- Platforms of others that hand in wishes: which account they act under, what they may do, how often.
CREATE TABLE partners (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    account_id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    name NVARCHAR(60) NOT NULL,
    name_folded NVARCHAR(60) {exact} NOT NULL,
    scopes NVARCHAR(200) {exact} NOT NULL,
    requests_a_minute INT NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    created_by BINARY(16) NOT NULL,
    ended_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_partners PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_partners_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT fk_partners_center FOREIGN KEY (center_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_partners_name ON partners (center_id, name_folded) WHERE ended_at IS NULL;
CREATE INDEX ix_partners_center ON partners (center_id, id);

-- Each with all below it.
CREATE TABLE partner_sites (
    partner_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    CONSTRAINT pk_partner_sites PRIMARY KEY {clustered} (partner_id, site_id),
    CONSTRAINT fk_partner_sites_partner FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT fk_partner_sites_site FOREIGN KEY (site_id) REFERENCES sites (id)
);

-- key_hash: of the whole key, which nobody has but the partner. prefix: its beginning, by which people tell keys apart.
CREATE TABLE partner_keys (
    id BINARY(16) NOT NULL,
    partner_id BINARY(16) NOT NULL,
    prefix NVARCHAR(12) {exact} NOT NULL,
    key_hash BINARY(32) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    created_by BINARY(16) NOT NULL,
    expires_at DATETIMEOFFSET(3) NULL,
    revoked_at DATETIMEOFFSET(3) NULL,
    last_used_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_partner_keys PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_partner_keys_partner FOREIGN KEY (partner_id) REFERENCES partners (id)
);
CREATE UNIQUE INDEX ux_partner_keys_hash ON partner_keys (key_hash);
CREATE INDEX ix_partner_keys_partner ON partner_keys (partner_id, id);

-- How much of the present minute all processes together have handed out to a partner.
CREATE TABLE partner_minutes (
    partner_id BINARY(16) NOT NULL,
    minute_start DATETIMEOFFSET(3) NOT NULL,
    taken INT NOT NULL,
    CONSTRAINT pk_partner_minutes PRIMARY KEY {clustered} (partner_id),
    CONSTRAINT fk_partner_minutes_partner FOREIGN KEY (partner_id) REFERENCES partners (id)
);

-- Residents by the names that partners have for them.
CREATE TABLE partner_residents (
    partner_id BINARY(16) NOT NULL,
    reference NVARCHAR(100) {exact} NOT NULL,
    resident_id BINARY(16) NOT NULL,
    CONSTRAINT pk_partner_residents PRIMARY KEY {clustered} (partner_id, reference),
    CONSTRAINT fk_partner_residents_partner FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT fk_partner_residents_resident FOREIGN KEY (resident_id) REFERENCES residents (id)
);
CREATE INDEX ix_partner_residents_resident ON partner_residents (resident_id);
