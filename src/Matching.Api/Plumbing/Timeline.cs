using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Plumbing;

/// <summary>Every change of state says who, when, why, from what: written in the transaction of the change, never changed.</summary>
public sealed class Timeline(Database.Database database, Ids ids, FieldClock clock, ChangePulse pulse)
{
    private static readonly Sql<NewTransition> Insert = new(
        """
        INSERT INTO transitions (id, subject_id, from_state, to_state, deed, reason, account_id, hat_id, role, happened_at)
        VALUES (@Id, @SubjectId, @FromState, @ToState, @Deed, @Reason, @AccountId, @HatId, @Role, @HappenedAt)
        """);

    private static readonly Sql<ById, Transition> Of = new(
        """
        SELECT t.id, t.from_state, t.to_state, t.deed, t.reason, t.account_id, t.role, t.happened_at,
            CASE WHEN t.role IN ('Curator', 'Dispatcher', 'SiteAdmin', 'CenterAdmin', 'PlatformAdmin', 'Proxy') THEN a.name END AS name
        FROM transitions t LEFT JOIN accounts a ON a.id = t.account_id
        WHERE t.subject_id = @Id ORDER BY t.id
        """);

    public Task AddAsync(Transaction tx, Id subjectId, string? from, string to, string deed, Actor actor, string? reason = null)
    {
        tx.AfterCommit(pulse.Beat);
        return tx.ExecuteAsync(Insert, new NewTransition(
            ids.Next(IdKind.Transition), subjectId, from, to, deed, reason, actor.AccountId, actor.HatId, actor.Role, clock.GetUtcNow()));
    }

    /// <summary>The same change of many, each with a row of its own.</summary>
    public Task AddEachAsync(Transaction tx, IEnumerable<Id> subjects, string? from, string to, string deed, Actor actor, string? reason = null)
    {
        var now = clock.GetUtcNow();
        return tx.ExecuteEachAsync(Insert, [.. subjects.Select(subject => new NewTransition(
            ids.Next(IdKind.Transition), subject, from, to, deed, reason, actor.AccountId, actor.HatId, actor.Role, now))]);
    }

    public Task<List<Transition>> OfAsync(Id subjectId) => database.ListAsync(Of, new ById(subjectId));

    private sealed record NewTransition(
        Id Id, Id SubjectId, string? FromState, string ToState, string Deed, string? Reason, Id? AccountId, Id? HatId, string Role, DateTimeOffset HappenedAt);
}

/// <summary>One change of state as a timeline shows it.</summary>
public sealed record Transition
{
    public Id Id { get; init; }

    public string? FromState { get; init; }

    public string ToState { get; init; } = "";

    public string Deed { get; init; } = "";

    public string? Reason { get; init; }

    public Id? AccountId { get; init; }

    public string Role { get; init; } = "";

    /// <summary>Of staff, who act by their own name; null for everybody else, and for staff who gave none.</summary>
    public string? Name { get; init; }

    public DateTimeOffset HappenedAt { get; init; }
}
