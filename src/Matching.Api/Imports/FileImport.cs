using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

/// <summary>How rows of one kind are read and written; made for one file.</summary>
public interface IImportRows<TItem>
    where TItem : class
{
    IReadOnlyList<ImportColumn> Columns { get; }

    /// <summary>What stands in a row, one row after another; what is wrong with it goes to the cells.</summary>
    TItem? Read(Cells cells);

    /// <summary>
    /// Writes what still can be, in a dry run only looks, and says what cannot: rows change between the reading and the writing. May be asked twice for the
    /// same rows, when somebody was first or the database was busy.
    /// </summary>
    Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(Transaction tx, IReadOnlyList<(int Line, TItem Item)> fit, Actor actor);
}

/// <summary>
/// Takes a file. One side reads and checks rows while the other writes those before, in groups: a group's rows, its problems and how far the import is go into
/// one transaction, so that after any break each row was settled once or not at all.
/// </summary>
[Shared]
public sealed class FileImport(ImportStore imports, VolunteerRows volunteers, SiteRows sites, MenuItemRows menuItems, Database database)
{
    /// <summary>Rows a transaction: few enough that nobody who writes meanwhile waits long.</summary>
    private const int GroupSize = 500;

    public async Task<Outcome<Import>> TakeAsync(Import import, IRowFile file, Actor actor, CancellationToken ct)
    {
        if (import.DryRun && import.RowsDone > 0)
        {
            if (!await database.WriteAsync(tx => imports.RestartAsync(tx, import), ct))
            {
                return Refusals.ImportMoved;
            }

            import = (await imports.FindAsync(import.Id))!;
        }

        return import.Kind switch
        {
            ImportKind.Sites => await TakeAsync(import, file, await sites.BeginAsync(import), actor, ct),
            ImportKind.MenuItems => await TakeAsync(import, file, await menuItems.BeginAsync(import), actor, ct),
            _ => await TakeAsync(import, file, await volunteers.BeginAsync(import), actor, ct),
        };
    }

    private async Task<Outcome<Import>> TakeAsync<TItem>(Import import, IRowFile file, IImportRows<TItem> rows, Actor actor, CancellationToken ct)
        where TItem : class
    {
        var groups = Channel.CreateBounded<Group<TItem>>(4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = Task.Run(() => ReadAsync(import, file, rows, groups.Writer, stop.Token), stop.Token);
        try
        {
            // Not cancelled when the caller hangs up: the reader then ends, and what has arrived is settled.
            await foreach (var group in groups.Reader.ReadAllAsync(CancellationToken.None))
            {
                var settled = await SettleAsync(import, group, file, rows, actor);
                if (settled.Refused)
                {
                    return settled.Refusal!;
                }

                import = settled.Value;
            }

            if (await reading is { } refusal)
            {
                return refusal;
            }

            return await database.WriteAsync(
                async tx => await imports.FinishAsync(tx, import) ? (Outcome<Import>)(await imports.FindAsync(tx, import.Id))! : Refusals.ImportMoved, ct);
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Reads the whole file into groups; null, or why the file as a whole is refused.</summary>
    private static async Task<Refusal?> ReadAsync<TItem>(
        Import import, IRowFile file, IImportRows<TItem> kind, ChannelWriter<Group<TItem>> groups, CancellationToken ct)
        where TItem : class
    {
        Exception? broken = null;
        try
        {
            return await ReadRowsAsync(import, file, kind, groups, ct);
        }
        catch (Exception problem)
        {
            broken = problem;
            throw;
        }
        finally
        {
            groups.TryComplete(broken);
        }
    }

    private static async Task<Refusal?> ReadRowsAsync<TItem>(
        Import import, IRowFile file, IImportRows<TItem> kind, ChannelWriter<Group<TItem>> groups, CancellationToken ct)
        where TItem : class
    {
        Head? head = null;
        var hash = ImportStore.NoRows;
        var number = 0;
        var rows = new List<FileRow>(GroupSize);
        UnreadableFileException? end = null;
        var all = file.RowsAsync(ct).GetAsyncEnumerator(ct);
        await using var closing = all;
        while (true)
        {
            try
            {
                if (!await all.MoveNextAsync())
                {
                    break;
                }
            }
            catch (UnreadableFileException problem)
            {
                end = problem;
                break;
            }

            var row = all.Current;
            if (head is null)
            {
                var read = Head.Of(row.Cells, kind.Columns);
                if (read.Refused)
                {
                    return read.Refusal!;
                }

                head = read.Value;
                continue;
            }

            hash = Onto(hash, row.Cells);
            number++;
            if (number <= import.RowsDone)
            {
                if (number == import.RowsDone && !hash.AsSpan().SequenceEqual(import.DoneHash))
                {
                    return Refusals.ImportFileDiffers;
                }

                continue;
            }

            rows.Add(row);
            if (rows.Count == GroupSize)
            {
                await groups.WriteAsync(Checked(rows, hash, head, kind), ct);
                rows.Clear();
            }
        }

        if (end is not null && head is null)
        {
            return end.Refusal;
        }

        if (head is null)
        {
            return Refusals.ImportColumnMissing.At(kind.Columns.First(column => column.Needed).Name);
        }

        if (number < import.RowsDone)
        {
            return Refusals.ImportFileDiffers;
        }

        if (rows.Count > 0 || end is not null)
        {
            var last = Checked(rows, hash, head, kind);
            await groups.WriteAsync(end is null ? last : last with { Problems = [.. last.Problems, (end.Line, end.Refusal)] }, ct);
        }

        return null;
    }

    private static Group<TItem> Checked<TItem>(List<FileRow> rows, byte[] hash, Head head, IImportRows<TItem> kind)
        where TItem : class
    {
        var fit = new List<(int Line, TItem Item)>(rows.Count);
        var problems = new List<(int Line, Refusal Refusal)>();
        foreach (var row in rows)
        {
            var cells = new Cells(head, row);
            if (kind.Read(cells) is { } item && cells.Problems.Count == 0)
            {
                fit.Add((row.Line, item));
            }
            else
            {
                problems.AddRange(cells.Problems.Select(problem => (row.Line, problem)));
            }
        }

        return new Group<TItem>(rows.Count, hash, fit, problems);
    }

    private Task<Outcome<Import>> SettleAsync<TItem>(Import import, Group<TItem> group, IRowFile file, IImportRows<TItem> rows, Actor actor)
        where TItem : class => OnceMoreAsync(() => database.WriteAsync(
            async tx =>
            {
                var found = await rows.SettleAsync(tx, group.Fit, actor);
                List<(int Line, Refusal Refusal)> problems = [.. group.Problems.Concat(found).OrderBy(problem => problem.Line)];
                var refused = problems.DistinctBy(problem => problem.Line).Count();
                if (!await imports.AdvanceAsync(
                    tx, import, group.Rows, group.Hash, file.BytesRead, file.Length, group.Fit.Count - found.DistinctBy(problem => problem.Line).Count(), refused))
                {
                    return Refusals.ImportMoved;
                }

                await imports.AddProblemsAsync(tx, import.Id, import.Refused, problems);
                return (Outcome<Import>)(await imports.FindAsync(tx, import.Id))!;
            },
            CancellationToken.None));

    // Somebody wrote the same by herself while a row was being written: looked at again, it is known.
    private static async Task<Outcome<Import>> OnceMoreAsync(Func<Task<Outcome<Import>>> write)
    {
        try
        {
            return await write();
        }
        catch (SomebodyWasFirstException)
        {
            return await write();
        }
    }

    private static byte[] Onto(byte[] hash, string[] cells)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(hash);
        foreach (var cell in cells)
        {
            sha.AppendData(Encoding.UTF8.GetBytes(cell));
            sha.AppendData([0]);
        }

        return sha.GetHashAndReset();
    }

    /// <summary>Rows that are settled together: those that can be taken, and what is wrong with the others.</summary>
    private sealed record Group<TItem>(
        int Rows, byte[] Hash, IReadOnlyList<(int Line, TItem Item)> Fit, IReadOnlyList<(int Line, Refusal Refusal)> Problems);
}
