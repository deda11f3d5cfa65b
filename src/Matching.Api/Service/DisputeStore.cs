using Matching.Api.Plumbing.Database;

namespace Matching.Api.Service;

/// <summary>What was wrong, in the words of whoever said so. They stand here and not in the timeline, which outlives people.</summary>
public sealed class DisputeStore(Ids ids, TimeProvider clock)
{
    private static readonly Sql<NewDispute> Insert = new(
        "INSERT INTO disputes (id, order_id, raised_by, words, raised_at) VALUES (@Id, @OrderId, @RaisedBy, @Words, @RaisedAt)");

    private static readonly Sql<Resolution> Resolve = new(
        "UPDATE disputes SET resolved_by = @By, resolved_at = @Now, resolution = @Words WHERE order_id = @OrderId AND resolved_at IS NULL");

    private static readonly Sql<ById, DisputeRow> Of = new(
        "SELECT id, raised_by, words, raised_at, resolved_by, resolved_at, resolution FROM disputes WHERE order_id = @Id ORDER BY id");

    public Task AddAsync(Transaction tx, Id orderId, Id raisedBy, string words) =>
        tx.ExecuteAsync(Insert, new NewDispute(ids.Next(IdKind.Dispute), orderId, raisedBy, words, clock.GetUtcNow()));

    public Task ResolveAsync(Transaction tx, Id orderId, Id by, string words) => tx.ExecuteAsync(Resolve, new Resolution(orderId, by, clock.GetUtcNow(), words));

    public Task<List<DisputeRow>> OfAsync(IRows rows, Id orderId) => rows.ListAsync(Of, new ById(orderId));

    private sealed record NewDispute(Id Id, Id OrderId, Id RaisedBy, string Words, DateTimeOffset RaisedAt);

    private sealed record Resolution(Id OrderId, Id By, DateTimeOffset Now, string Words);
}

/// <summary>One dispute about an order.</summary>
public sealed record DisputeRow
{
    public Id Id { get; init; }

    public Id RaisedBy { get; init; }

    public string Words { get; init; } = "";

    public DateTimeOffset RaisedAt { get; init; }

    public Id? ResolvedBy { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? Resolution { get; init; }
}
