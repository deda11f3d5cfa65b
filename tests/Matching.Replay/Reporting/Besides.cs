using Matching.Invariants;

namespace Matching.Replay.Reporting;

/// <summary>How often what is not the straight way was gone, counted from the rows.</summary>
public sealed record Besides
{
    public int TeamOffers { get; private init; }

    public int TeamYeses { get; private init; }

    public int TeamSeats { get; private init; }

    public int ByOrganiser { get; private init; }

    public int RoundsByHand { get; private init; }

    public int RoundsOneByOne { get; private init; }

    public int RoundsToAll { get; private init; }

    public int HandedDown { get; private init; }

    public int Reassigned { get; private init; }

    public int Split { get; private init; }

    public int Together { get; private init; }

    public int Merged { get; private init; }

    public int Referred { get; private init; }

    public int Appealed { get; private init; }

    public int Meetings { get; private init; }

    public int MeetingWishes { get; private init; }

    public int Emergencies { get; private init; }

    public int EmergenciesByHand { get; private init; }

    public int EmergencyRounds { get; private init; }

    public int EmergencyWishes { get; private init; }

    public int Approvals { get; private init; }

    public int ApprovalsYes { get; private init; }

    public int ApprovalsNo { get; private init; }

    public int Reversals { get; private init; }

    public static Besides Read(Rows rows)
    {
        int Count(string sql) => (int)rows.Count("SELECT COUNT(*) FROM " + sql);
        return new Besides
        {
            TeamOffers = Count("offers WHERE team_id IS NOT NULL"),
            TeamYeses = Count("offers WHERE team_id IS NOT NULL AND state = 'Accepted'"),
            TeamSeats = Count("assignments WHERE team_id IS NOT NULL"),
            ByOrganiser = Count("attendances WHERE method = 'Organiser' AND direction = 'In'"),
            RoundsByHand = Count("dispatch_rounds WHERE mode = 'Manual'"),
            RoundsOneByOne = Count("dispatch_rounds WHERE mode = 'Direct'"),
            RoundsToAll = Count("dispatch_rounds WHERE mode = 'Broadcast'"),
            HandedDown = Count("escalations WHERE reason = 'handed_down'"),
            Reassigned = Count("assignments WHERE state = 'Reassigned'"),
            Split = Count("wishes WHERE orders_total > 1"),
            Together = Count("(SELECT order_id FROM wish_orders GROUP BY order_id HAVING COUNT(*) > 1) x"),
            Merged = Count("wishes WHERE state = 'Merged'"),
            Referred = Count("wishes WHERE state = 'Referred'"),
            Appealed = Count("transitions WHERE deed = 'Appeal'"),
            Meetings = Count("meetings"),
            MeetingWishes = Count("wishes WHERE meeting_id IS NOT NULL"),
            Emergencies = Count("mode_activations"),
            EmergenciesByHand = Count("mode_activations WHERE ended_by IS NOT NULL"),
            EmergencyRounds = Count(
                "dispatch_rounds r WHERE EXISTS (SELECT 1 FROM mode_activations m WHERE SUBSTR(r.pool_path, 1, LENGTH(m.path)) = m.path AND r.opened_at >= m.starts_at AND r.opened_at < COALESCE(m.ended_at, m.ends_at))"),
            EmergencyWishes = Count(
                "wishes w WHERE w.urgency = 'Critical' AND EXISTS (SELECT 1 FROM mode_activations m WHERE SUBSTR(w.path, 1, LENGTH(m.path)) = m.path AND w.submitted_at >= m.starts_at AND w.submitted_at < COALESCE(m.ended_at, m.ends_at))"),
            Approvals = Count("hours_approvals"),
            ApprovalsYes = Count("hours_approvals WHERE state = 'Approved'"),
            ApprovalsNo = Count("hours_approvals WHERE state = 'Refused'"),
            Reversals = Count("hours_entries WHERE reverses_id IS NOT NULL"),
        };
    }
}
