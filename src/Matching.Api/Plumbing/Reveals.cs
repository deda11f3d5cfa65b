using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Plumbing;

/// <summary>Every look at personal data is a row that the person herself can read.</summary>
public sealed class Reveals(Database.Database database, Ids ids, FieldClock clock)
{
    private static readonly Sql<NewReveal> Insert = new(
        """
        INSERT INTO reveals (id, subject_id, account_id, hat_id, role, what, context_id, reason, happened_at)
        VALUES (@Id, @SubjectId, @AccountId, @HatId, @Role, @What, @ContextId, @Reason, @HappenedAt)
        """);

    /// <summary>Says that a caller was shown something of a person (<paramref name="what"/>: name, phone, address …), and for which order.</summary>
    public Task AddAsync(Id subjectId, Actor actor, string what, Id? contextId, CancellationToken ct) =>
        database.WriteAsync(tx => AddAsync(tx, subjectId, actor, what, contextId), ct);

    public Task AddAsync(Transaction tx, Id subjectId, Actor actor, string what, Id? contextId, string? reason = null) => tx.ExecuteAsync(
        Insert, new NewReveal(ids.Next(IdKind.Reveal), subjectId, actor.AccountId, actor.HatId, actor.Role, what, contextId, reason, clock.GetUtcNow()));

    private sealed record NewReveal(Id Id, Id SubjectId, Id? AccountId, Id? HatId, string Role, string What, Id? ContextId, string? Reason, DateTimeOffset HappenedAt);
}
