using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>
/// Takes due rows for this node, so that others who sweep meanwhile take other rows. Nothing is right only because of it: each step guards itself, and a lease
/// that runs out too early costs work done in vain. Whoever moves a row clears its lease; the rows of a node that died are anybody's when it is over.
/// </summary>
[Shared]
public sealed class Leases(Database.Database database, ThisNode node, MachineClock machine, TimeProvider field)
{
    /// <summary>By the machine's clock. Longer than a page takes, and short enough that nobody waits in vain for one who died.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>What is due now and nobody's.</summary>
    public DueQuery DueNow(int take) => new(field.GetUtcNow(), machine.Now, take);

    /// <summary>Takes those of the due rows that nobody else has taken first, in the order in which they are given.</summary>
    public async Task<Lease<TRow>> TakeAsync<TRow>(DueRows<TRow> rows, IReadOnlyList<DueRow> due, CancellationToken ct)
    {
        var lease = new Lease<TRow>(this, rows);
        await lease.AddAsync(due, ct);
        return lease;
    }

    // One run of a job at a time in a process: what is this node's is this run's.
    internal async Task<List<TRow>> TakeRowsAsync<TRow>(DueRows<TRow> rows, IReadOnlyList<DueRow> due, CancellationToken ct)
    {
        if (due.Count == 0)
        {
            return [];
        }

        List<byte[]> ids = [.. due.Select(row => row.Id.ToBytes())];
        var taken = await database.WriteAsync(
            async tx => await tx.ExecuteAsync(rows.Take, new TakeRows(ids, field.GetUtcNow(), node.Id, machine.Now, machine.Now + Length)) == 0
                ? []
                : await tx.ListAsync(rows.Taken, new RowsOfNode(ids, node.Id)),
            ct);
        var places = due.Index().ToDictionary(row => row.Item.Id, row => row.Index);
        return [.. taken.OrderBy(row => places[rows.IdOf(row)])];
    }

    // Also while shutting down: the others need not wait.
    internal Task LetGoAsync(Sql<RowsOfNode> letGo, IEnumerable<Id> ids) => database.WriteAsync(
        tx => tx.ExecuteAsync(letGo, new RowsOfNode([.. ids.Select(id => id.ToBytes())], node.Id)), CancellationToken.None);
}

/// <summary>How the due rows of a table are taken, read and let go.</summary>
public sealed record DueRows<TRow>(Sql<TakeRows> Take, Sql<RowsOfNode, TRow> Taken, Sql<RowsOfNode> LetGo, Func<TRow, Id> IdOf);

/// <summary>Due rows of this node. What is not done when it ends is let go at once; what failed stays taken until the lease is over, out of the way of the others.</summary>
public sealed class Lease<TRow>(Leases leases, DueRows<TRow> rows) : IAsyncDisposable
{
    private readonly HashSet<Id> _left = [];
    private List<TRow> _rows = [];

    public IReadOnlyList<TRow> Rows => _rows;

    /// <summary>Takes more, and says which of them it got and had not: its own time may have run out meanwhile, so that it takes again what it is about to do.</summary>
    public async Task<IReadOnlyList<TRow>> AddAsync(IReadOnlyList<DueRow> due, CancellationToken ct)
    {
        var more = (await leases.TakeRowsAsync(rows, due, ct)).FindAll(row => _left.Add(rows.IdOf(row)));
        _rows = [.. _rows, .. more];
        return more;
    }

    /// <summary>Does one row; true when it was done.</summary>
    public async Task<bool> DoAsync(TRow row, Func<Task<bool>> step) => await DoAsync([row], async () => await step() ? 1 : 0) == 1;

    /// <summary>Does several together, and says how many were done.</summary>
    public async Task<int> DoAsync(IReadOnlyCollection<TRow> several, Func<Task<int>> step)
    {
        _left.ExceptWith(several.Select(rows.IdOf));
        var done = await step();
        if (done < several.Count)
        {
            _left.UnionWith(several.Select(rows.IdOf));
        }

        return done;
    }

    public async ValueTask DisposeAsync()
    {
        if (_left.Count > 0)
        {
            await leases.LetGoAsync(rows.LetGo, _left);
            _left.Clear();
        }
    }
}

/// <summary>Due by the field clock, and not taken by the machine's.</summary>
public sealed record DueQuery(DateTimeOffset Now, DateTimeOffset MachineNow, int Take);

/// <summary>The id of a row that is due.</summary>
public sealed record DueRow
{
    public Id Id { get; init; }
}

/// <summary>Due rows to be taken for a node.</summary>
public sealed record TakeRows(IReadOnlyList<byte[]> Ids, DateTimeOffset Now, Id NodeId, DateTimeOffset MachineNow, DateTimeOffset Until);

/// <summary>Those of these rows that a node has taken.</summary>
public sealed record RowsOfNode(IReadOnlyList<byte[]> Ids, Id NodeId);
