using Matching.Api.Plumbing.Database;

namespace Matching.Api.Volunteers;

/// <summary>Counts that matching weighs, and the accounts that are told.</summary>
public sealed partial class VolunteerStore
{
    private static readonly Sql<CountRow> AddCounts = new(
        """
        UPDATE volunteers SET asked = asked + @Asked, accepted = accepted + @Accepted, came = came + @Came, on_time = on_time + @OnTime,
            no_shows = no_shows + @NoShows, served = served + @Served, last_served_at = COALESCE(@LastServedAt, last_served_at),
            rating_sum = rating_sum + @RatingSum, rating_count = rating_count + @RatingCount, verified_minutes = verified_minutes + @VerifiedMinutes
        WHERE id = @Id
        """);

    private static readonly Sql<ByIds, AccountRow> Accounts = new("SELECT id, account_id FROM volunteers WHERE id IN @Ids AND account_id IS NOT NULL");

    /// <summary>Adds to a volunteer's counts, and says that matching must look again.</summary>
    public async Task CountAsync(Transaction tx, Id volunteerId, VolunteerCounts more)
    {
        await TouchAsync(tx, volunteerId);
        await tx.ExecuteAsync(AddCounts, new CountRow(
            volunteerId, more.Asked, more.Accepted, more.Came, more.OnTime, more.NoShows, more.Served, more.LastServedAt, more.RatingSum, more.RatingCount,
            more.VerifiedMinutes));
    }

    /// <summary>The accounts of volunteers who have one.</summary>
    public Task<IReadOnlyDictionary<Id, Id>> AccountsOfAsync(IReadOnlyCollection<Id> volunteerIds) => AccountsOfAsync(database, volunteerIds);

    public async Task<IReadOnlyDictionary<Id, Id>> AccountsOfAsync(IRows rows, IReadOnlyCollection<Id> volunteerIds)
    {
        var accounts = new Dictionary<Id, Id>(volunteerIds.Count);
        foreach (var chunk in ByIds.Chunks(volunteerIds))
        {
            foreach (var row in await rows.ListAsync(Accounts, chunk))
            {
                accounts[row.Id] = row.AccountId;
            }
        }

        return accounts;
    }

    private sealed record CountRow(
        Id Id, int Asked, int Accepted, int Came, int OnTime, int NoShows, int Served, DateTimeOffset? LastServedAt, int RatingSum, int RatingCount,
        int VerifiedMinutes);

    private sealed record AccountRow
    {
        public Id Id { get; init; }

        public Id AccountId { get; init; }
    }
}

/// <summary>What to add to a volunteer's counts; what is not said stays.</summary>
public sealed record VolunteerCounts
{
    /// <summary>Offers answered or let lapse.</summary>
    public int Asked { get; init; }

    public int Accepted { get; init; }

    /// <summary>Checked in.</summary>
    public int Came { get; init; }

    /// <summary>Checked in by the start.</summary>
    public int OnTime { get; init; }

    public int NoShows { get; init; }

    /// <summary>Services verified.</summary>
    public int Served { get; init; }

    public DateTimeOffset? LastServedAt { get; init; }

    public int RatingSum { get; init; }

    public int RatingCount { get; init; }

    public int VerifiedMinutes { get; init; }
}
