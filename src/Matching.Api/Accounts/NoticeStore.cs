using System.Text.Json;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Accounts;

/// <summary>What accounts were told. Rows are written by the delivery of the outbox; here they are read and marked as seen.</summary>
public sealed class NoticeStore(Database database, TimeProvider clock)
{
    private static readonly Sql<OfAccount, NoticeRow> Of = new(
        """
        SELECT id, account_id, topic, subject_id, body, sent_at, seen_at
        FROM notices
        WHERE account_id = @AccountId AND id < @Before
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<AfterId, NoticeRow> All = new(
        "SELECT id, account_id, topic, subject_id, body, sent_at, seen_at FROM notices WHERE id > @After ORDER BY id {page}");

    private static readonly Sql<Seeing> See = new("UPDATE notices SET seen_at = @SeenAt WHERE id = @Id AND account_id = @AccountId AND seen_at IS NULL");

    private static readonly Sql<Seeing, NoticeRow> Find = new(
        "SELECT id, account_id, topic, subject_id, body, sent_at, seen_at FROM notices WHERE id = @Id AND account_id = @AccountId");

    /// <summary>The newest first; one more than asked for, when there is.</summary>
    public Task<List<NoticeRow>> OfAsync(Id accountId, Id? before, int take) => database.ListAsync(Of, new OfAccount(accountId, before ?? Last, take + 1));

    /// <summary>Everybody's, the oldest first.</summary>
    public Task<List<NoticeRow>> AllAfterAsync(Id after, int take) => database.ListAsync(All, new AfterId(after, take));

    /// <summary>Marks a notice as seen, the first time; null when the account has no such notice.</summary>
    public async Task<NoticeRow?> SeeAsync(Transaction tx, Id accountId, Id id)
    {
        var seeing = new Seeing(id, accountId, clock.GetUtcNow());
        await tx.ExecuteAsync(See, seeing);
        return await tx.FirstAsync(Find, seeing);
    }

    private static Id Last => Id.From(UInt128.MaxValue);

    private sealed record OfAccount(Id AccountId, Id Before, int Take);

    private sealed record AfterId(Id After, int Take);

    private sealed record Seeing(Id Id, Id AccountId, DateTimeOffset SeenAt);
}

/// <summary>A notice as it is stored.</summary>
public sealed record NoticeRow
{
    public Id Id { get; init; }

    public Id AccountId { get; init; }

    public string Topic { get; init; } = "";

    public Id SubjectId { get; init; }

    /// <summary>JSON: ids and codes.</summary>
    public string Body { get; init; } = "{}";

    public DateTimeOffset SentAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public Notice Show(Language language) =>
        new(Id, Topic, language.Find($"notice.{Topic}"), SubjectId, JsonSerializer.Deserialize<JsonElement>(Body), SentAt, SeenAt);
}

/// <summary>Something an account was told.</summary>
/// <param name="Id">The notice.</param>
/// <param name="Topic">What happened.</param>
/// <param name="Text">The same as a sentence, in the language of Accept-Language; it names nobody.</param>
/// <param name="SubjectId">To what: a wish, an order, an offer.</param>
/// <param name="Body">Ids and codes that go with it.</param>
/// <param name="SentAt">When it was told.</param>
/// <param name="SeenAt">When it was marked as seen.</param>
public sealed record Notice(Id Id, string Topic, string? Text, Id SubjectId, JsonElement Body, DateTimeOffset SentAt, DateTimeOffset? SeenAt);
