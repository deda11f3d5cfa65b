using System.Text.Json;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Accounts;

/// <summary>Whom an account speaks for as itself: its volunteers and residents. A couple that shares a phone is two residents of one account.</summary>
public sealed class MySubjectStore(Database database)
{
    private static readonly Sql<ById, SubjectRow> Of = new(
        """
        SELECT id FROM volunteers WHERE account_id = @Id
        UNION ALL
        SELECT id FROM residents WHERE account_id = @Id AND forgotten_at IS NULL
        """);

    private static readonly Sql<OfSubject, RevealRow> Reveals = new(
        """
        SELECT r.id, r.subject_id, r.role, r.what, r.context_id, r.happened_at, a.name AS by_name, s.name AS by_site
        FROM reveals r
        LEFT JOIN accounts a ON a.id = r.account_id
        LEFT JOIN hats h ON h.id = r.hat_id
        LEFT JOIN sites s ON s.id = h.site_id
        WHERE r.subject_id = @SubjectId AND r.id < @Before
        ORDER BY r.id DESC
        {page}
        """);

    public Task<IReadOnlyList<Id>> OfAsync(Id accountId) => OfAsync(database, accountId);

    public static async Task<IReadOnlyList<Id>> OfAsync(IRows rows, Id accountId) => [.. (await rows.ListAsync(Of, new ById(accountId))).Select(row => row.Id)];

    /// <summary>Who looked at any of these subjects, the newest first; one more than asked for, when there is.</summary>
    public async Task<List<RevealRow>> RevealsAsync(IReadOnlyList<Id> subjects, Id? before, int take)
    {
        // One after another, each along its index: they are two or three.
        var rows = new List<RevealRow>();
        foreach (var subject in subjects)
        {
            rows.AddRange(await database.ListAsync(Reveals, new OfSubject(subject, before ?? Id.From(UInt128.MaxValue), take + 1)));
        }

        return [.. rows.OrderByDescending(row => row.Id).Take(take + 1)];
    }

    private sealed record OfSubject(Id SubjectId, Id Before, int Take);

    private sealed record SubjectRow
    {
        public Id Id { get; init; }
    }
}

/// <summary>One look at somebody's data.</summary>
public sealed record RevealRow
{
    public Id Id { get; init; }

    /// <summary>Whose data: one of my volunteers or residents.</summary>
    public Id SubjectId { get; init; }

    /// <summary>As what they looked: a role, or system.</summary>
    public string Role
    {
        get;
        init => field = JsonNamingPolicy.CamelCase.ConvertName(value);
    }

    = "";

    /// <summary>What they saw: name, phone, address …</summary>
    public string What { get; init; } = "";

    /// <summary>For which order or wish.</summary>
    public Id? ContextId { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    /// <summary>The name of staff; null for volunteers.</summary>
    public string? ByName { get; init; }

    /// <summary>The site they work at.</summary>
    public string? BySite { get; init; }
}
