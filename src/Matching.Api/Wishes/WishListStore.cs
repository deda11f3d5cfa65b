using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>Lists of wishes: a site's queue, and those of one's own. Read only.</summary>
public sealed class WishListStore(Database database)
{
    private static readonly Id Newest = Id.From(UInt128.MaxValue);

    // One state at a time, so that the index gives the order. REPLACE finds a text as it stands; LIKE would fold it otherwise on each engine.
    private static readonly Sql<QueueQuery, WishRow> Queue = new(
        """
        SELECT id, version, center_id, site_id, path, state, state_since, resident_id, submitted_by, channel, meeting_id, menu_item_id, words, lat, lng,
            accuracy_m, window_start, window_end, urgency, gender_wanted, language_wanted, leased_by, leased_until, due_at, question, answer, reason,
            referred_to, merged_into, appealed, appeal_site_id, orders_total, orders_open, orders_served, submitted_at
        FROM wishes
        WHERE center_id = @CenterId AND state = @State AND path >= @From AND path < @To
            AND submitted_at >= @AfterAt AND (submitted_at > @AfterAt OR id > @AfterId)
            AND (@Urgency IS NULL OR urgency = @Urgency)
            AND (@Text IS NULL OR REPLACE(words_folded, @Text, '') <> words_folded)
        ORDER BY submitted_at, id
        {page}
        """);

    private static readonly Sql<MineQuery, WishRow> Submitted = new(
        """
        SELECT id, version, center_id, site_id, path, state, state_since, resident_id, submitted_by, channel, meeting_id, partner_reference, menu_item_id,
            words, window_start, window_end, urgency, question, reason, merged_into, appealed, orders_total, orders_open, orders_served, submitted_at
        FROM wishes WHERE submitted_by = @Who AND id < @Before ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<MineQuery, WishRow> ForResident = new(
        """
        SELECT id, version, center_id, site_id, path, state, state_since, resident_id, submitted_by, channel, meeting_id, menu_item_id, words,
            window_start, window_end, urgency, question, reason, merged_into, appealed, orders_total, orders_open, orders_served, submitted_at
        FROM wishes WHERE resident_id = @Who AND id < @Before ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<MineQuery, WishRow> OfMeeting = new(
        """
        SELECT id, version, center_id, site_id, path, state, state_since, resident_id, submitted_by, channel, meeting_id, menu_item_id, words,
            window_start, window_end, urgency, question, reason, merged_into, appealed, orders_total, orders_open, orders_served, submitted_at
        FROM wishes WHERE meeting_id = @Who AND id < @Before ORDER BY id DESC
        {page}
        """);

    /// <summary>Wishes of a part of the tree in any of these states, the oldest first.</summary>
    public async Task<List<WishRow>> QueueAsync(
        Id centerId, Reach reach, IEnumerable<WishState> states, Urgency? urgency, string? text, (DateTimeOffset At, Id Id)? after, int take)
    {
        var rows = new List<WishRow>();
        foreach (var state in states.Distinct())
        {
            rows.AddRange(await database.ListAsync(Queue, new QueueQuery(
                centerId, state.ToString(), reach.From, reach.To, after?.At ?? DateTimeOffset.UnixEpoch, after?.Id ?? Id.None, urgency?.ToString(),
                text is null ? null : Folded.Of(text), take)));
        }

        return [.. rows.OrderBy(row => row.SubmittedAt).ThenBy(row => row.Id).Take(take)];
    }

    /// <summary>Wishes that the caller asked for, and under a resident's hat those for the resident; the newest first.</summary>
    public async Task<List<WishRow>> MineAsync(Caller caller, Id? before, int take)
    {
        var rows = await database.ListAsync(Submitted, new MineQuery(caller.AccountId, before ?? Newest, take));
        if (caller.Role == Role.Resident)
        {
            rows.AddRange(await database.ListAsync(ForResident, new MineQuery(caller.SubjectId, before ?? Newest, take)));
        }

        return [.. rows.DistinctBy(row => row.Id).OrderByDescending(row => row.Id).Take(take)];
    }

    /// <summary>The wishes that a meeting yielded, the newest first.</summary>
    public Task<List<WishRow>> OfMeetingAsync(Id meetingId, int take) => database.ListAsync(OfMeeting, new MineQuery(meetingId, Newest, take));

    private sealed record QueueQuery(
        Id CenterId, string State, string From, string To, DateTimeOffset AfterAt, Id AfterId, string? Urgency, string? Text, int Take);

    private sealed record MineQuery(Id Who, Id Before, int Take);
}
