-- The loop: what was asked for, what can be dispatched, who was asked, who goes.

CREATE TABLE meetings (
    id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    topic NVARCHAR(200) NOT NULL,
    held_at DATETIMEOFFSET(3) NOT NULL,
    recorded_by BINARY(16) NOT NULL,
    recorded_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_meetings PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_meetings_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE INDEX ix_meetings_site ON meetings (site_id, id);
CREATE INDEX ix_meetings_center ON meetings (center_id, id);

-- path: of the site whose curators look after it, which after an appeal is appeal_site_id, otherwise site_id.
-- due_at and next_action are NULL when nothing is to happen by the clock.
CREATE TABLE wishes (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    state NVARCHAR(12) {exact} NOT NULL,
    state_since DATETIMEOFFSET(3) NOT NULL,
    resident_id BINARY(16) NOT NULL,
    submitted_by BINARY(16) NOT NULL,
    channel NVARCHAR(12) {exact} NOT NULL,
    meeting_id BINARY(16) NULL,
    partner_id BINARY(16) NULL,
    partner_reference NVARCHAR(100) {exact} NULL,
    menu_item_id BINARY(16) NULL,
    words NVARCHAR(4000) NOT NULL,
    words_folded NVARCHAR(4000) {exact} NOT NULL,
    lat FLOAT NOT NULL,
    lng FLOAT NOT NULL,
    accuracy_m FLOAT NOT NULL,
    sent_lat FLOAT NULL,
    sent_lng FLOAT NULL,
    sent_datum NVARCHAR(8) {exact} NULL,
    address_sealed NVARCHAR(1600) {exact} NULL,
    window_start DATETIMEOFFSET(3) NOT NULL,
    window_end DATETIMEOFFSET(3) NOT NULL,
    urgency NVARCHAR(10) {exact} NOT NULL,
    gender_wanted NVARCHAR(8) {exact} NULL,
    language_wanted NVARCHAR(20) {exact} NULL,
    leased_by BINARY(16) NULL,
    leased_until DATETIMEOFFSET(3) NULL,
    due_at DATETIMEOFFSET(3) NULL,
    next_action NVARCHAR(24) {exact} NULL,
    swept_by BINARY(16) NULL,
    swept_until DATETIMEOFFSET(3) NULL,
    reminded_at DATETIMEOFFSET(3) NULL,
    question NVARCHAR(1000) NULL,
    answer NVARCHAR(1000) NULL,
    reason NVARCHAR(1000) NULL,
    referred_to NVARCHAR(10) {exact} NULL,
    merged_into BINARY(16) NULL,
    appealed BIT NOT NULL,
    appeal_site_id BINARY(16) NULL,
    orders_total INT NOT NULL,
    orders_open INT NOT NULL,
    orders_served INT NOT NULL,
    submitted_at DATETIMEOFFSET(3) NOT NULL,
    closed_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_wishes PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_wishes_site FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT fk_wishes_resident FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT fk_wishes_meeting FOREIGN KEY (meeting_id) REFERENCES meetings (id),
    CONSTRAINT fk_wishes_partner FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT fk_wishes_menu_item FOREIGN KEY (menu_item_id) REFERENCES menu_items (id)
);
CREATE UNIQUE INDEX ux_wishes_partner ON wishes (partner_id, partner_reference) WHERE partner_reference IS NOT NULL;
CREATE INDEX ix_wishes_due ON wishes (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_wishes_resident ON wishes (resident_id, id);
CREATE INDEX ix_wishes_submitter ON wishes (submitted_by, id);
CREATE INDEX ix_wishes_center_state ON wishes (center_id, state, submitted_at, id) {include path, site_id, urgency};
CREATE INDEX ix_wishes_site_state ON wishes (site_id, state, submitted_at, id);
CREATE INDEX ix_wishes_meeting ON wishes (meeting_id, id) WHERE meeting_id IS NOT NULL;
CREATE INDEX ix_wishes_merged ON wishes (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE wish_orders (
    wish_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    CONSTRAINT pk_wish_orders PRIMARY KEY {clustered} (wish_id, order_id),
    CONSTRAINT fk_wish_orders_wish FOREIGN KEY (wish_id) REFERENCES wishes (id)
);
CREATE INDEX ix_wish_orders_order ON wish_orders (order_id, wish_id);

-- home: where the wish came from, never changes. owner: who must act now; climbs. An unfinished order has due_at and next_action.
-- edition grows whenever seats are offered anew, so that somebody who was merely too late can be asked again; fresh_edition is the first one
-- since the window or the rules changed: what was said before it no longer counts as asked. round_id is the latest round at the present level.
CREATE TABLE orders (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    home_site_id BINARY(16) NOT NULL,
    home_path NVARCHAR(200) {exact} NOT NULL,
    owner_site_id BINARY(16) NOT NULL,
    owner_path NVARCHAR(200) {exact} NOT NULL,
    level NVARCHAR(12) {exact} NOT NULL,
    state NVARCHAR(24) {exact} NOT NULL,
    state_since DATETIMEOFFSET(3) NOT NULL,
    due_at DATETIMEOFFSET(3) NULL,
    next_action NVARCHAR(24) {exact} NULL,
    leased_by BINARY(16) NULL,
    leased_until DATETIMEOFFSET(3) NULL,
    edition INT NOT NULL,
    fresh_edition INT NOT NULL,
    menu_item_id BINARY(16) NOT NULL,
    resident_id BINARY(16) NULL,
    need NVARCHAR(1000) NOT NULL,
    lat FLOAT NOT NULL,
    lng FLOAT NOT NULL,
    accuracy_m FLOAT NOT NULL,
    address_sealed NVARCHAR(1600) {exact} NULL,
    window_start DATETIMEOFFSET(3) NOT NULL,
    window_end DATETIMEOFFSET(3) NOT NULL,
    minutes INT NOT NULL,
    urgency NVARCHAR(10) {exact} NOT NULL,
    risk NVARCHAR(10) {exact} NOT NULL,
    mode NVARCHAR(12) {exact} NOT NULL,
    people_wanted INT NOT NULL,
    people_needed INT NOT NULL,
    minors_allowed BIT NOT NULL,
    insurance_needed BIT NOT NULL,
    gender_wanted NVARCHAR(8) {exact} NULL,
    language_wanted NVARCHAR(20) {exact} NULL,
    seats_filled INT NOT NULL,
    policy_number INT NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    reviewed_by BINARY(16) NULL,
    ready_at DATETIMEOFFSET(3) NULL,
    round_id BINARY(16) NULL,
    level_since DATETIMEOFFSET(3) NULL,
    all_asked BIT NOT NULL,
    dispatcher_asked_at DATETIMEOFFSET(3) NULL,
    dispatcher_answered_at DATETIMEOFFSET(3) NULL,
    staff_reminded_at DATETIMEOFFSET(3) NULL,
    reminded_before_at DATETIMEOFFSET(3) NULL,
    reminded_today_at DATETIMEOFFSET(3) NULL,
    service_code_sealed NVARCHAR(200) {exact} NULL,
    hold_reason NVARCHAR(400) NULL,
    shortage {longtext} NULL,
    served_at DATETIMEOFFSET(3) NULL,
    confirmed_at DATETIMEOFFSET(3) NULL,
    confirmed_by BINARY(16) NULL,
    confirmed_how NVARCHAR(12) {exact} NULL,
    closed_at DATETIMEOFFSET(3) NULL,
    outcome NVARCHAR(12) {exact} NULL,
    CONSTRAINT pk_orders PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_orders_center FOREIGN KEY (center_id) REFERENCES sites (id),
    CONSTRAINT fk_orders_home_site FOREIGN KEY (home_site_id) REFERENCES sites (id),
    CONSTRAINT fk_orders_owner_site FOREIGN KEY (owner_site_id) REFERENCES sites (id),
    CONSTRAINT fk_orders_menu_item FOREIGN KEY (menu_item_id) REFERENCES menu_items (id),
    CONSTRAINT fk_orders_resident FOREIGN KEY (resident_id) REFERENCES residents (id)
);
CREATE INDEX ix_orders_due ON orders (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_orders_center ON orders (center_id, id) {include home_path, owner_path, state};
CREATE INDEX ix_orders_center_state ON orders (center_id, state, due_at, id) {include home_path, owner_path, urgency};
CREATE INDEX ix_orders_center_due ON orders (center_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_orders_owner_state ON orders (owner_site_id, state, due_at, id);
CREATE INDEX ix_orders_resident ON orders (resident_id, id);

-- Rules copied from the menu item, so that a later edit of the menu changes no order.
CREATE TABLE order_skills (
    order_id BINARY(16) NOT NULL,
    skill_id BINARY(16) NOT NULL,
    level INT NOT NULL,
    CONSTRAINT pk_order_skills PRIMARY KEY {clustered} (order_id, skill_id),
    CONSTRAINT fk_order_skills_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_order_skills_skill FOREIGN KEY (skill_id) REFERENCES skills (id)
);

CREATE TABLE order_qualifications (
    order_id BINARY(16) NOT NULL,
    qualification_id BINARY(16) NOT NULL,
    CONSTRAINT pk_order_qualifications PRIMARY KEY {clustered} (order_id, qualification_id),
    CONSTRAINT fk_order_qualifications_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_order_qualifications_qualification FOREIGN KEY (qualification_id) REFERENCES qualifications (id)
);

-- A seat is taken by setting assignment_id where it is NULL: the row count settles who was first.
CREATE TABLE seats (
    order_id BINARY(16) NOT NULL,
    number INT NOT NULL,
    assignment_id BINARY(16) NULL,
    CONSTRAINT pk_seats PRIMARY KEY {clustered} (order_id, number),
    CONSTRAINT fk_seats_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE dispatch_rounds (
    id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    mode NVARCHAR(12) {exact} NOT NULL,
    level NVARCHAR(12) {exact} NOT NULL,
    wave INT NOT NULL,
    owner_site_id BINARY(16) NOT NULL,
    pool_path NVARCHAR(200) {exact} NOT NULL,
    radius_m FLOAT NULL,
    opened_at DATETIMEOFFSET(3) NOT NULL,
    closes_at DATETIMEOFFSET(3) NOT NULL,
    closed_at DATETIMEOFFSET(3) NULL,
    offers_sent INT NOT NULL,
    policy_number INT NOT NULL,
    run_id BINARY(16) NULL,
    CONSTRAINT pk_dispatch_rounds PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_dispatch_rounds_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_dispatch_rounds_owner_site FOREIGN KEY (owner_site_id) REFERENCES sites (id)
);
CREATE INDEX ix_dispatch_rounds_order ON dispatch_rounds (order_id, id);

-- What a run of matching asked, saw and found, so that "why her" can be answered later.
CREATE TABLE match_runs (
    id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    data_version BIGINT NOT NULL,
    policy_number INT NOT NULL,
    query {longtext} NOT NULL,
    candidates {longtext} NOT NULL,
    CONSTRAINT pk_match_runs PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_match_runs_order FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE INDEX ix_match_runs_order ON match_runs (order_id, id);

CREATE TABLE offers (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    round_id BINARY(16) NOT NULL,
    edition INT NOT NULL,
    volunteer_id BINARY(16) NULL,
    team_id BINARY(16) NULL,
    state NVARCHAR(12) {exact} NOT NULL,
    place_in_round INT NOT NULL,
    score FLOAT NOT NULL,
    factors NVARCHAR(1000) NOT NULL,
    sent_at DATETIMEOFFSET(3) NOT NULL,
    seen_at DATETIMEOFFSET(3) NULL,
    expires_at DATETIMEOFFSET(3) NOT NULL,
    answered_at DATETIMEOFFSET(3) NULL,
    reason NVARCHAR(12) {exact} NULL,
    note NVARCHAR(400) NULL,
    CONSTRAINT pk_offers PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_offers_center FOREIGN KEY (center_id) REFERENCES sites (id),
    CONSTRAINT fk_offers_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_offers_round FOREIGN KEY (round_id) REFERENCES dispatch_rounds (id),
    CONSTRAINT fk_offers_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_offers_team FOREIGN KEY (team_id) REFERENCES teams (id)
);
CREATE UNIQUE INDEX ux_offers_volunteer ON offers (order_id, volunteer_id, edition) WHERE volunteer_id IS NOT NULL;
CREATE UNIQUE INDEX ux_offers_team ON offers (order_id, team_id, edition) WHERE team_id IS NOT NULL;
CREATE INDEX ix_offers_volunteer ON offers (volunteer_id, id) WHERE volunteer_id IS NOT NULL;
CREATE INDEX ix_offers_team ON offers (team_id, id) WHERE team_id IS NOT NULL;
CREATE INDEX ix_offers_order ON offers (order_id, id);
CREATE INDEX ix_offers_round ON offers (round_id, id);

-- holds = 1 while the seat is hers (Confirmed to Verified). Window and place stand here too, for overlap and travel.
CREATE TABLE assignments (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    seat_number INT NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    offer_id BINARY(16) NULL,
    team_id BINARY(16) NULL,
    state NVARCHAR(12) {exact} NOT NULL,
    holds BIT NOT NULL,
    window_start DATETIMEOFFSET(3) NOT NULL,
    window_end DATETIMEOFFSET(3) NOT NULL,
    lat FLOAT NOT NULL,
    lng FLOAT NOT NULL,
    accepted_at DATETIMEOFFSET(3) NOT NULL,
    checked_in_at DATETIMEOFFSET(3) NULL,
    checked_out_at DATETIMEOFFSET(3) NULL,
    verified_at DATETIMEOFFSET(3) NULL,
    minutes INT NULL,
    evidence NVARCHAR(1) {exact} NULL,
    ended_at DATETIMEOFFSET(3) NULL,
    reason NVARCHAR(400) NULL,
    CONSTRAINT pk_assignments PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_assignments_center FOREIGN KEY (center_id) REFERENCES sites (id),
    CONSTRAINT fk_assignments_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_assignments_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_assignments_offer FOREIGN KEY (offer_id) REFERENCES offers (id),
    CONSTRAINT fk_assignments_team FOREIGN KEY (team_id) REFERENCES teams (id)
);
CREATE UNIQUE INDEX ux_assignments_seat ON assignments (order_id, seat_number) WHERE holds = 1;
CREATE UNIQUE INDEX ux_assignments_volunteer ON assignments (order_id, volunteer_id) WHERE holds = 1;
CREATE INDEX ix_assignments_volunteer ON assignments (volunteer_id, window_start) {include holds, window_end, order_id};
CREATE INDEX ix_assignments_volunteer_list ON assignments (volunteer_id, id);
CREATE INDEX ix_assignments_team ON assignments (team_id, id) WHERE team_id IS NOT NULL;
CREATE INDEX ix_assignments_order ON assignments (order_id, id);

CREATE TABLE escalations (
    id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    from_site_id BINARY(16) NOT NULL,
    to_site_id BINARY(16) NOT NULL,
    reason NVARCHAR(40) {exact} NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_escalations PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_escalations_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_escalations_from_site FOREIGN KEY (from_site_id) REFERENCES sites (id),
    CONSTRAINT fk_escalations_to_site FOREIGN KEY (to_site_id) REFERENCES sites (id)
);
CREATE INDEX ix_escalations_order ON escalations (order_id, id);
