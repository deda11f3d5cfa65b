namespace Matching.Invariants;

/// <summary>A sentence that one statement can check: it lists what breaks it, as an id and what is wrong with it.</summary>
internal sealed record PlainRule(int Invariant, string Sentence, string Looked, string Breaches)
{
    public Finding Check(Rows rows) => new(Invariant, Sentence, rows.Count(Looked), rows.List(Breaches, row => $"{row.Id(0)} {row.Text(1)}".TrimEnd()));
}

/// <summary>What statements alone can check. <c>{now}</c> stands for the field clock's time.</summary>
internal static class PlainRules
{
    private const string Finished = "('Closed', 'Cancelled', 'Unfilled', 'Failed')";

    public static readonly IReadOnlyList<PlainRule> All =
    [
        // ── 1: one owner, one due-date, one action ──────────────────────────────────────────────────────────────────
        new(1, "An unfinished order has an owner, a next due-date and a next action",
            $"SELECT COUNT(*) FROM orders WHERE state NOT IN {Finished}",
            $"""
            SELECT o.id, o.state FROM orders o LEFT JOIN sites s ON s.id = o.owner_site_id
            WHERE o.state NOT IN {Finished} AND (o.due_at IS NULL OR o.next_action IS NULL OR s.id IS NULL)
            """),
        new(1, "A finished order has neither due-date nor action, and says when it ended",
            $"SELECT COUNT(*) FROM orders WHERE state IN {Finished}",
            $"SELECT id, state FROM orders WHERE state IN {Finished} AND (due_at IS NOT NULL OR next_action IS NOT NULL OR closed_at IS NULL)"),
        new(1, "The owner is a site of the order's center, and the level is its kind",
            "SELECT COUNT(*) FROM orders",
            """
            SELECT o.id, CONCAT(o.level, ' of ', s.kind) FROM orders o JOIN sites s ON s.id = o.owner_site_id
            WHERE s.center_id <> o.center_id OR s.kind <> o.level OR s.path <> o.owner_path
            """),
        new(1, "An order is owned by where it came from, or by where the last line of its way up and down says",
            "SELECT COUNT(*) FROM orders",
            """
            SELECT o.id, o.level FROM orders o
            WHERE o.owner_site_id <> COALESCE((SELECT e.to_site_id FROM escalations e WHERE e.order_id = o.id ORDER BY e.id DESC LIMIT 1), o.home_site_id)
            """),
        new(1, "An order goes from its owner up to the parent, or is handed down to a site below",
            "SELECT COUNT(*) FROM escalations",
            """
            SELECT e.id, e.reason FROM escalations e JOIN sites f ON f.id = e.from_site_id JOIN sites t ON t.id = e.to_site_id
            WHERE NOT (CASE WHEN e.reason = 'handed_down' THEN t.path <> f.path AND SUBSTR(t.path, 1, LENGTH(f.path)) = f.path ELSE f.parent_id = t.id END)
            """),
        new(1, "A wish that waits for somebody has a due-date and an action, and no other has",
            "SELECT COUNT(*) FROM wishes",
            """
            SELECT id, state FROM wishes
            WHERE (state IN ('Submitted', 'Triaging', 'NeedsInfo')) <> (due_at IS NOT NULL) OR (due_at IS NULL) <> (next_action IS NULL)
            """),

        // ── 2: never more than the seats ────────────────────────────────────────────────────────────────────────────
        new(2, "No more people hold an order than it has seats",
            "SELECT COUNT(*) FROM orders",
            """
            SELECT o.id, CONCAT(COUNT(*), ' of ', o.people_wanted) FROM orders o JOIN assignments a ON a.order_id = o.id AND a.holds = 1
            GROUP BY o.id, o.people_wanted HAVING COUNT(*) > o.people_wanted
            """),
        new(2, "The count of filled seats is the number of those who hold one",
            "SELECT COUNT(*) FROM orders",
            """
            SELECT o.id, CONCAT(o.state, ': ', o.seats_filled, ' filled, ', held.n, ' held') FROM orders o
            JOIN (SELECT o2.id, (SELECT COUNT(*) FROM assignments a WHERE a.order_id = o2.id AND a.holds = 1) AS n FROM orders o2) held ON held.id = o.id
            WHERE o.seats_filled <> held.n
            """),
        new(2, "A filled seat and its assignment name each other",
            "SELECT COUNT(*) FROM seats WHERE assignment_id IS NOT NULL",
            """
            SELECT s.order_id, CONCAT('seat ', s.number) FROM seats s LEFT JOIN assignments a ON a.id = s.assignment_id
            WHERE s.assignment_id IS NOT NULL AND (a.id IS NULL OR a.holds = 0 OR a.order_id <> s.order_id OR a.seat_number <> s.number)
            UNION ALL
            SELECT a.id, 'holds a seat that does not know' FROM assignments a LEFT JOIN seats s ON s.assignment_id = a.id
            WHERE a.holds = 1 AND s.order_id IS NULL
            """),
        new(2, "An assignment holds its seat while it is confirmed, checked in, checked out or verified, and then only",
            "SELECT COUNT(*) FROM assignments",
            "SELECT id, state FROM assignments WHERE (state IN ('Confirmed', 'CheckedIn', 'CheckedOut', 'Verified')) <> (holds = 1)"),
        new(2, "An accepted order has all its seats filled",
            "SELECT COUNT(*) FROM orders WHERE state = 'Accepted'",
            "SELECT id, CONCAT(seats_filled, ' of ', people_wanted) FROM orders WHERE state = 'Accepted' AND seats_filled < people_wanted"),
        new(2, "An accepted offer made one assignment, of its own volunteer, before it expired",
            "SELECT COUNT(*) FROM offers WHERE state = 'Accepted' AND volunteer_id IS NOT NULL",
            """
            SELECT f.id, CONCAT(COUNT(a.id), ' assignments') FROM offers f LEFT JOIN assignments a ON a.offer_id = f.id AND a.volunteer_id = f.volunteer_id AND a.order_id = f.order_id
            WHERE f.state = 'Accepted' AND f.volunteer_id IS NOT NULL
            GROUP BY f.id, f.answered_at, f.expires_at HAVING COUNT(a.id) <> 1 OR f.answered_at >= f.expires_at
            """),
        new(2, "A team's yes filled at least one seat, and each seat with another of its members",
            "SELECT COUNT(*) FROM offers WHERE state = 'Accepted' AND team_id IS NOT NULL",
            """
            SELECT f.id, CONCAT(COUNT(a.id), ' assignments of ', COUNT(DISTINCT m.volunteer_id), ' members') FROM offers f
            LEFT JOIN assignments a ON a.offer_id = f.id AND a.order_id = f.order_id AND a.team_id = f.team_id
            LEFT JOIN team_members m ON m.team_id = f.team_id AND m.volunteer_id = a.volunteer_id
            WHERE f.state = 'Accepted' AND f.team_id IS NOT NULL
            GROUP BY f.id, f.answered_at, f.expires_at
            HAVING COUNT(a.id) = 0 OR COUNT(a.id) <> COUNT(DISTINCT m.volunteer_id) OR COUNT(a.id) <> COUNT(DISTINCT a.seat_number) OR f.answered_at >= f.expires_at
            """),
        new(2, "An offer asks a volunteer or a team, not both, and was sent by a round of its order",
            "SELECT COUNT(*) FROM offers",
            """
            SELECT f.id, '' FROM offers f JOIN dispatch_rounds r ON r.id = f.round_id
            WHERE (f.volunteer_id IS NULL) = (f.team_id IS NULL) OR r.order_id <> f.order_id
            """),
        new(2, "An assignment that came from an offer came from one that was accepted",
            "SELECT COUNT(*) FROM assignments WHERE offer_id IS NOT NULL",
            "SELECT a.id, f.state FROM assignments a JOIN offers f ON f.id = a.offer_id WHERE f.state <> 'Accepted' OR f.order_id <> a.order_id"),

        // ── 3: nobody in two places ─────────────────────────────────────────────────────────────────────────────────
        new(3, "Nobody holds two assignments that overlap",
            "SELECT COUNT(*) FROM assignments WHERE holds = 1",
            """
            SELECT a.id, CONCAT('and another from ', b.window_start) FROM assignments a
            JOIN assignments b ON b.volunteer_id = a.volunteer_id AND b.holds = 1 AND b.id > a.id
                AND b.window_start < a.window_end AND a.window_start < b.window_end
            WHERE a.holds = 1
            """),

        // ── 4: hard rules that statements can recompute ─────────────────────────────────────────────────────────────
        new(4, "Who took an order belongs to its center",
            "SELECT COUNT(*) FROM assignments",
            "SELECT a.id, '' FROM assignments a JOIN volunteers v ON v.id = a.volunteer_id WHERE v.center_id <> a.center_id"),
        new(4, "Who took an order was registered by real name",
            "SELECT COUNT(*) FROM assignments",
            "SELECT a.id, '' FROM assignments a JOIN volunteers v ON v.id = a.volunteer_id WHERE v.real_name = 0"),
        new(4, "Who took an order has each skill that it asks for, or one below it, at its level",
            "SELECT COUNT(*) FROM assignments a JOIN order_skills n ON n.order_id = a.order_id",
            """
            WITH RECURSIVE counts_as(required, skill) AS (
                SELECT id, id FROM skills
                UNION ALL
                SELECT c.required, s.id FROM skills s JOIN counts_as c ON s.parent_id = c.skill
            )
            SELECT a.id, 'lacks a skill' FROM assignments a JOIN order_skills n ON n.order_id = a.order_id
            WHERE NOT EXISTS (
                SELECT 1 FROM volunteer_skills v JOIN counts_as c ON c.required = n.skill_id AND c.skill = v.skill_id
                WHERE v.volunteer_id = a.volunteer_id AND v.level >= n.level)
            """),
        new(4, "Nobody took an order of somebody with whom one of the two would not meet",
            "SELECT COUNT(*) FROM assignments",
            """
            SELECT a.id, b.said_by FROM assignments a JOIN wish_orders x ON x.order_id = a.order_id JOIN wishes w ON w.id = x.wish_id
            JOIN blocks b ON b.volunteer_id = a.volunteer_id AND b.resident_id = w.resident_id AND b.said_at <= a.accepted_at
            """),
        new(4, "Who took an order is of the gender and speaks the language that was asked for",
            "SELECT COUNT(*) FROM assignments a JOIN orders o ON o.id = a.order_id WHERE o.gender_wanted IS NOT NULL OR o.language_wanted IS NOT NULL",
            """
            SELECT a.id, CONCAT(v.gender, ' ', v.languages) FROM assignments a JOIN orders o ON o.id = a.order_id JOIN volunteers v ON v.id = a.volunteer_id
            WHERE (o.gender_wanted IS NOT NULL AND o.gender_wanted <> v.gender)
                OR (o.language_wanted IS NOT NULL AND INSTR(v.languages, o.language_wanted) = 0)
            """),
        new(4, "Nobody was asked twice for one edition of an order",
            "SELECT COUNT(*) FROM offers",
            """
            SELECT MIN(id), CONCAT(COUNT(*), ' offers') FROM offers WHERE volunteer_id IS NOT NULL
            GROUP BY order_id, volunteer_id, edition HAVING COUNT(*) > 1
            """),

        // ── 5: the ledger (the chain itself is in LedgerCheck) ──────────────────────────────────────────────────────
        new(5, "A verified assignment's lines in the ledger are its minutes, less what waits for approval or was refused",
            "SELECT COUNT(*) FROM assignments WHERE state = 'Verified'",
            """
            SELECT id, CONCAT(minutes, ' verified, ', posted, ' posted, ', not_posted, ' waiting or refused') FROM (
                SELECT a.id, COALESCE(a.minutes, 0) AS minutes,
                    (SELECT COALESCE(SUM(h.minutes), 0) FROM hours_entries h WHERE h.assignment_id = a.id) AS posted,
                    (SELECT COALESCE(SUM(p.minutes), 0) FROM hours_approvals p WHERE p.assignment_id = a.id AND p.state <> 'Approved') AS not_posted
                FROM assignments a WHERE a.state = 'Verified')
            WHERE minutes < posted OR minutes > posted + not_posted
            """),
        new(5, "Every line of the ledger is of a verified assignment of the same volunteer and order",
            "SELECT COUNT(*) FROM hours_entries",
            """
            SELECT h.id, a.state FROM hours_entries h JOIN assignments a ON a.id = h.assignment_id
            WHERE a.state <> 'Verified' OR a.volunteer_id <> h.volunteer_id OR a.order_id <> h.order_id
            """),
        new(5, "A reversal takes back one earlier line of the same volunteer in full",
            "SELECT COUNT(*) FROM hours_entries WHERE reverses_id IS NOT NULL",
            """
            SELECT r.id, '' FROM hours_entries r LEFT JOIN hours_entries h ON h.id = r.reverses_id
            WHERE r.reverses_id IS NOT NULL AND (h.id IS NULL OR h.volunteer_id <> r.volunteer_id OR h.minutes <> -r.minutes OR h.sequence >= r.sequence)
            """),
        new(5, "A volunteer's verified minutes are the sum of her ledger",
            "SELECT COUNT(*) FROM volunteers",
            """
            SELECT v.id, CONCAT(v.verified_minutes, ' kept, ', l.n, ' in the ledger') FROM volunteers v
            JOIN (SELECT v2.id, (SELECT COALESCE(SUM(h.minutes), 0) FROM hours_entries h WHERE h.volunteer_id = v2.id) AS n FROM volunteers v2) l ON l.id = v.id
            WHERE v.verified_minutes <> l.n
            """),
        new(5, "Hours beyond a day's wait, or somebody other than she who served them has decided",
            "SELECT COUNT(*) FROM hours_approvals",
            """
            SELECT p.id, p.state FROM hours_approvals p JOIN volunteers v ON v.id = p.volunteer_id
            WHERE (p.state = 'Waiting') <> (p.decided_by IS NULL) OR (p.state = 'Waiting') <> (p.decided_at IS NULL) OR p.decided_by = v.account_id
            """),
        new(5, "Hours that need the center's yes were decided by an admin of the center",
            "SELECT COUNT(*) FROM hours_approvals WHERE needs = 'Center' AND state <> 'Waiting'",
            """
            SELECT p.id, p.state FROM hours_approvals p WHERE p.needs = 'Center' AND p.state <> 'Waiting'
                AND NOT EXISTS (SELECT 1 FROM hats h WHERE h.account_id = p.decided_by AND h.role = 'CenterAdmin' AND h.site_id = p.center_id)
            """),
        new(5, "Approved hours are a line of the ledger in the name of whoever approved them",
            "SELECT COUNT(*) FROM hours_approvals WHERE state = 'Approved'",
            """
            SELECT p.id, CONCAT(p.minutes, ' minutes') FROM hours_approvals p WHERE p.state = 'Approved'
                AND NOT EXISTS (SELECT 1 FROM hours_entries h WHERE h.assignment_id = p.assignment_id AND h.minutes = p.minutes AND h.posted_by = p.decided_by)
            """),
        new(5, "No more hours of a day than eight count by themselves, where the center has said nothing else",
            "SELECT COUNT(*) FROM (SELECT 1 FROM hours_entries GROUP BY volunteer_id, service_day) days",
            """
            SELECT d.volunteer_id, CONCAT(d.minutes, ' minutes on ', d.service_day, ', ', d.approved, ' of them approved') FROM (
                SELECT h.volunteer_id, h.service_day, SUM(h.minutes) AS minutes,
                    (SELECT COALESCE(SUM(p.minutes), 0) FROM hours_approvals p
                        WHERE p.volunteer_id = h.volunteer_id AND p.service_day = h.service_day AND p.state = 'Approved') AS approved
                FROM hours_entries h JOIN volunteers v ON v.id = h.volunteer_id
                WHERE NOT EXISTS (SELECT 1 FROM policies c WHERE c.center_id = v.center_id)
                GROUP BY h.volunteer_id, h.service_day) d
            WHERE d.minutes - d.approved > 480
            """),
        new(5, "Nobody who served a confirmed order waits for her assignment to be verified",
            "SELECT COUNT(*) FROM assignments a JOIN orders o ON o.id = a.order_id WHERE o.state = 'Closed'",
            """
            SELECT a.id, CONCAT(a.state, ' in a closed order') FROM assignments a JOIN orders o ON o.id = a.order_id
            WHERE o.state = 'Closed' AND a.state IN ('Confirmed', 'CheckedIn', 'CheckedOut')
            """),

        // ── 7: one key, one effect ──────────────────────────────────────────────────────────────────────────────────
        new(7, "A key that was kept has its answer",
            "SELECT COUNT(*) FROM idempotency_keys",
            "SELECT NULL, HEX(key_hash) FROM idempotency_keys WHERE status IS NULL OR answer_sealed IS NULL OR expires_at <= created_at"),
        new(7, "A wish that was submitted without curation made one order",
            "SELECT COUNT(*) FROM wishes w JOIN menu_items m ON m.id = w.menu_item_id WHERE m.needs_curation = 0",
            """
            SELECT w.id, CONCAT(COUNT(x.order_id), ' orders') FROM wishes w JOIN menu_items m ON m.id = w.menu_item_id
            LEFT JOIN wish_orders x ON x.wish_id = w.id
            WHERE m.needs_curation = 0 AND NOT EXISTS (SELECT 1 FROM transitions t WHERE t.subject_id = w.id AND t.to_state = 'Triaging')
            GROUP BY w.id HAVING COUNT(x.order_id) > 1
            """),

        // ── 8: what must not be written down ────────────────────────────────────────────────────────────────────────
        new(8, "A message holds nothing but ids, codes, times and numbers",
            "SELECT COUNT(*) FROM outbox",
            """
            SELECT id, topic FROM outbox WHERE body GLOB '*[^ -~]*' OR body LIKE '%"name"%' OR body LIKE '%"phone"%' OR body LIKE '%"address"%' OR body LIKE '%"words"%'
            """),
        new(8, "A notice holds nothing but ids, codes, times and numbers",
            "SELECT COUNT(*) FROM notices",
            """
            SELECT id, topic FROM notices WHERE body GLOB '*[^ -~]*' OR body LIKE '%"name"%' OR body LIKE '%"phone"%' OR body LIKE '%"address"%' OR body LIKE '%"words"%'
            """),
        new(8, "A look at personal data says whose, by whom and as what",
            "SELECT COUNT(*) FROM reveals",
            "SELECT id, what FROM reveals WHERE what = '' OR role = ''"),

        // ── Besides: counts that are kept agree with what they count, and nothing is left lying ─────────────────────
        new(0, "A wish's counts of orders are those of its orders",
            "SELECT COUNT(*) FROM wishes",
            $"""
            SELECT w.id, CONCAT(w.state, ': ', w.orders_total, '/', w.orders_open, '/', w.orders_served, ' kept, ', c.total, '/', c.still_open, '/', c.served, ' counted') FROM wishes w
            JOIN (
                SELECT w2.id, COUNT(o.id) AS total, COALESCE(SUM(o.state NOT IN {Finished}), 0) AS still_open, COALESCE(SUM(o.state = 'Closed'), 0) AS served
                FROM wishes w2 LEFT JOIN wish_orders x ON x.wish_id = w2.id LEFT JOIN orders o ON o.id = x.order_id GROUP BY w2.id) c ON c.id = w.id
            WHERE w.orders_total <> c.total OR w.orders_open <> c.still_open OR w.orders_served <> c.served
            """),
        new(0, "A wish with orders is ordered while one is open, then fulfilled or unfulfilled, or withdrawn",
            "SELECT COUNT(*) FROM wishes WHERE orders_total > 0",
            """
            SELECT id, state FROM wishes WHERE orders_total > 0 AND NOT (
                (state = 'Ordered' AND orders_open > 0) OR (state = 'Fulfilled' AND orders_open = 0 AND orders_served > 0)
                OR (state = 'Unfulfilled' AND orders_open = 0 AND orders_served = 0) OR state = 'Withdrawn')
            """),
        new(0, "A volunteer's counts of offers are those of her offers",
            "SELECT COUNT(*) FROM volunteers",
            """
            SELECT v.id, CONCAT(v.asked, '/', v.accepted, ' kept, ', c.asked, '/', c.accepted, ' counted') FROM volunteers v
            JOIN (SELECT v2.id, COALESCE(SUM(f.state IN ('Accepted', 'Declined', 'Expired')), 0) AS asked, COALESCE(SUM(f.state = 'Accepted'), 0) AS accepted
                FROM volunteers v2 LEFT JOIN offers f ON f.volunteer_id = v2.id GROUP BY v2.id) c ON c.id = v.id
            WHERE v.asked <> c.asked OR v.accepted <> c.accepted
            """),
        new(0, "A volunteer's counts of services are those of her assignments",
            "SELECT COUNT(*) FROM volunteers",
            """
            SELECT v.id, CONCAT(v.no_shows, ' missed, ', v.came, ' come, ', v.served, ' served kept; ', c.missed, ', ', c.came, ', ', c.served, ' counted') FROM volunteers v
            JOIN (SELECT v2.id, COALESCE(SUM(a.state = 'NoShow'), 0) AS missed, COALESCE(SUM(a.checked_in_at IS NOT NULL), 0) AS came,
                    COALESCE(SUM(a.state = 'Verified'), 0) AS served
                FROM volunteers v2 LEFT JOIN assignments a ON a.volunteer_id = v2.id GROUP BY v2.id) c ON c.id = v.id
            WHERE v.no_shows <> c.missed OR v.came <> c.came OR v.served <> c.served
            """),
        new(0, "A volunteer's rating is the sum of what residents gave",
            "SELECT COUNT(*) FROM volunteers",
            """
            SELECT v.id, CONCAT(v.rating_sum, '/', v.rating_count, ' kept, ', c.total, '/', c.n, ' counted') FROM volunteers v
            JOIN (SELECT v2.id, COALESCE(SUM(r.score), 0) AS total, COUNT(r.score) AS n
                FROM volunteers v2 LEFT JOIN assignments a ON a.volunteer_id = v2.id
                LEFT JOIN ratings r ON r.assignment_id = a.id AND r.direction = 'OfVolunteer' AND r.silent = 0 AND r.shown_at IS NOT NULL
                GROUP BY v2.id) c ON c.id = v.id
            WHERE v.rating_sum <> c.total OR v.rating_count <> c.n
            """),
        new(0, "A wish that was put at a meeting came through it, to its center and after it was held",
            "SELECT COUNT(*) FROM wishes WHERE meeting_id IS NOT NULL",
            """
            SELECT w.id, w.channel FROM wishes w JOIN meetings m ON m.id = w.meeting_id
            WHERE w.channel <> 'Meeting' OR w.center_id <> m.center_id OR SUBSTR(w.path, 1, LENGTH(m.path)) <> m.path OR w.submitted_at < m.held_at
                OR w.submitted_by <> m.recorded_by
            """),
        new(0, "No two emergencies of a site ran at once, and each was over when it was to be at the latest",
            "SELECT COUNT(*) FROM mode_activations",
            """
            SELECT a.id, CONCAT('ended at ', a.ended_at, ' instead of ', a.ends_at) FROM mode_activations a
            WHERE a.ended_at IS NOT NULL AND (julianday(a.ended_at) - julianday(a.ends_at)) * 1440 > 5
            UNION ALL
            SELECT a.id, 'and another at the same time' FROM mode_activations a JOIN mode_activations b ON b.site_id = a.site_id AND b.id > a.id
                AND b.starts_at < COALESCE(a.ended_at, a.ends_at)
            """),
        new(0, "Silence is recorded as silence: a rating has a score or is silent, not both",
            "SELECT COUNT(*) FROM ratings",
            "SELECT id, '' FROM ratings WHERE (score IS NULL) <> (silent = 1)"),
        new(0, "No offer is open past its expiry, or on an order that looks for nobody",
            "SELECT COUNT(*) FROM offers WHERE state = 'Pending'",
            """
            SELECT f.id, CONCAT(o.state, ', expires ', f.expires_at) FROM offers f JOIN orders o ON o.id = f.order_id
            WHERE f.state = 'Pending' AND (f.expires_at <= '{now}' OR o.state NOT IN ('Dispatching', 'ManualHold', 'InService'))
            """),
        new(0, "An offer whose message has arrived was sent before, and one that something brought has arrived",
            "SELECT COUNT(*) FROM offers WHERE delivered_at IS NOT NULL",
            "SELECT id, delivered_by FROM offers WHERE delivered_at < sent_at OR (delivered_by IS NOT NULL AND delivered_at IS NULL)"),
        new(0, "A round stays open for as long as somebody it asks may answer",
            "SELECT COUNT(*) FROM dispatch_rounds WHERE closed_at IS NULL",
            """
            SELECT r.id, CONCAT('closes at ', r.closes_at, ', its last offer runs out at ', MAX(f.expires_at)) FROM dispatch_rounds r
            JOIN orders o ON o.round_id = r.id JOIN offers f ON f.round_id = r.id AND f.state = 'Pending'
            WHERE r.closed_at IS NULL GROUP BY r.id, r.closes_at HAVING r.closes_at < MAX(f.expires_at)
            """),
        new(8, "Of a message that has gone out neither its words nor its phone are kept, and it goes out no more",
            "SELECT COUNT(*) FROM messages WHERE state <> 'Waiting'",
            "SELECT id, topic FROM messages WHERE state <> 'Waiting' AND (text_sealed IS NOT NULL OR phone_sealed IS NOT NULL OR due_at IS NOT NULL OR ended_at IS NULL)"),
        new(0, "Nothing is due any more by the field clock",
            "SELECT (SELECT COUNT(*) FROM orders WHERE due_at IS NOT NULL) + (SELECT COUNT(*) FROM wishes WHERE due_at IS NOT NULL)",
            """
            SELECT id, CONCAT(next_action, ' at ', due_at) FROM orders WHERE due_at <= '{now}'
            UNION ALL SELECT id, CONCAT(next_action, ' at ', due_at) FROM wishes WHERE due_at <= '{now}'
            UNION ALL SELECT id, CONCAT('ends at ', due_at) FROM mode_activations WHERE due_at <= '{now}'
            UNION ALL SELECT id, CONCAT('suspended until ', suspended_until) FROM volunteers WHERE suspended_until <= '{now}'
            """),
        new(0, "Every message was handed on",
            "SELECT COUNT(*) FROM outbox",
            "SELECT id, CONCAT(topic, ', ', attempts, ' attempts ', error) FROM outbox WHERE due_at IS NOT NULL"),
        new(0, "No run of a job ended in an error",
            "SELECT COUNT(*) FROM job_runs",
            "SELECT id, CONCAT(job, ': ', error) FROM job_runs WHERE error IS NOT NULL"),
        new(0, "Every row stands on the rows that it names",
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'",
            "SELECT NULL, CONCAT(\"table\", ' row ', rowid) FROM pragma_foreign_key_check"),
    ];
}
