-- How people are reached outside of the app: WeChat and short messages.

-- Who somebody is in our mini-program. open_id_hash covers the program's id too; several may belong to one account (an old couple, one phone).
CREATE TABLE wechat_identities (
    open_id_hash BINARY(32) NOT NULL,
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    open_id_sealed NVARCHAR(300) {exact} NOT NULL,
    bound_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_wechat_identities PRIMARY KEY {clustered} (open_id_hash),
    CONSTRAINT fk_wechat_identities_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX ux_wechat_identities_id ON wechat_identities (id);
CREATE INDEX ix_wechat_identities_account ON wechat_identities (account_id, id);

-- How many one-time messages of a topic somebody still lets us send.
CREATE TABLE wechat_allowances (
    identity_id BINARY(16) NOT NULL,
    topic NVARCHAR(60) {exact} NOT NULL,
    allowed INT NOT NULL,
    CONSTRAINT pk_wechat_allowances PRIMARY KEY {clustered} (identity_id, topic)
);

-- What goes out to one person. text_sealed and phone_sealed: a short message as it is, for who has no account yet; otherwise words are made of the topic
-- when it goes out. not_before is the field's clock (quiet hours); due_at the machine's (leases, pauses), NULL once it has ended.
-- allowance_of: whose allowance is put aside for it, so that one that is sent again after a crash uses up no second one.
CREATE TABLE messages (
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NULL,
    topic NVARCHAR(60) {exact} NOT NULL,
    subject_id BINARY(16) NOT NULL,
    center_id BINARY(16) NULL,
    phone_sealed NVARCHAR(200) {exact} NULL,
    text_sealed NVARCHAR(2000) {exact} NULL,
    state NVARCHAR(12) {exact} NOT NULL,
    carrier NVARCHAR(8) {exact} NULL,
    allowance_of BINARY(16) NULL,
    problem NVARCHAR(40) {exact} NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    not_before DATETIMEOFFSET(3) NOT NULL,
    due_at DATETIMEOFFSET(3) NULL,
    lease_id BINARY(16) NULL,
    tries INT NOT NULL,
    ended_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_messages PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_messages_due ON messages (due_at, id) {include not_before} WHERE due_at IS NOT NULL;
CREATE INDEX ix_messages_account ON messages (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX ix_messages_ended ON messages (ended_at, id) WHERE ended_at IS NOT NULL;

-- When an offer's message reached whom it asks, or was given up: its clock runs from then. NULL: it is still on its way. delivered_by: NULL, by nothing.
ALTER TABLE offers ADD delivered_at DATETIMEOFFSET(3) NULL;
ALTER TABLE offers ADD delivered_by NVARCHAR(8) {exact} NULL;
