using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Matching.Api.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Volunteers;

namespace Matching.Api.Imports;

/// <summary>
/// Takes a file of volunteers. One side reads and checks rows while the other writes those before, in groups: a group's volunteers, its problems and how far
/// the import is go into one transaction, so that after any break each row was settled once or not at all.
/// </summary>
[Shared]
public sealed class VolunteerImport(
    ImportStore imports, VolunteerStore volunteers, SiteStore sites, CatalogStore catalog, PolicyStore policies, AccountStore accounts, HatStore hats,
    Database database, Timeline timeline, Ids ids, Vault vault, TimeProvider clock)
{
    /// <summary>Rows a transaction: few enough that nobody who writes meanwhile waits long.</summary>
    private const int GroupSize = 500;

    public async Task<Outcome<Import>> TakeAsync(Import import, CsvFile file, long? length, Actor actor, CancellationToken ct)
    {
        if (import.DryRun && import.RowsDone > 0)
        {
            if (!await database.WriteAsync(tx => imports.RestartAsync(tx, import), ct))
            {
                return Refusals.ImportMoved;
            }

            import = (await imports.FindAsync(import.Id))!;
        }

        var ground = await ImportGround.ReadAsync(import, sites, catalog, policies, clock.GetUtcNow());
        var groups = Channel.CreateBounded<Group>(4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = Task.Run(() => ReadAsync(import, file, ground, groups.Writer, stop.Token), stop.Token);
        try
        {
            // Not cancelled when the caller hangs up: the reader then ends, and what has arrived is settled.
            await foreach (var group in groups.Reader.ReadAllAsync(CancellationToken.None))
            {
                var settled = await SettleAsync(import, group, file.BytesRead, length, actor);
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
    private static async Task<Refusal?> ReadAsync(Import import, CsvFile file, ImportGround ground, ChannelWriter<Group> groups, CancellationToken ct)
    {
        Exception? broken = null;
        try
        {
            return await ReadRowsAsync(import, file, ground, groups, ct);
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

    private static async Task<Refusal?> ReadRowsAsync(Import import, CsvFile file, ImportGround ground, ChannelWriter<Group> groups, CancellationToken ct)
    {
        VolunteerColumns? columns = null;
        var hash = ImportStore.NoRows;
        var number = 0;
        var rows = new List<CsvRow>(GroupSize);
        var seen = new HashSet<UInt128>();
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
            if (columns is null)
            {
                var head = VolunteerColumns.Of(row.Cells, ground);
                if (head.Refused)
                {
                    return head.Refusal!;
                }

                columns = head.Value;
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
                await groups.WriteAsync(Checked(rows, hash, columns, seen), ct);
                rows.Clear();
            }
        }

        if (end is not null && columns is null)
        {
            return end.Refusal;
        }

        if (columns is null)
        {
            return Refusals.ImportColumnMissing.At("name");
        }

        if (number < import.RowsDone)
        {
            return Refusals.ImportFileDiffers;
        }

        if (rows.Count > 0 || end is not null)
        {
            var last = Checked(rows, hash, columns, seen);
            await groups.WriteAsync(end is null ? last : last with { Problems = [.. last.Problems, (end.Line, end.Refusal)] }, ct);
        }

        return null;
    }

    private static Group Checked(List<CsvRow> rows, byte[] hash, VolunteerColumns columns, HashSet<UInt128> seen)
    {
        var fit = new List<(int Line, ImportedVolunteer Volunteer)>(rows.Count);
        var problems = new List<(int Line, Refusal Refusal)>();
        foreach (var row in rows)
        {
            var read = columns.Read(row.Cells);
            var refusal = read.Refused ? read.Refusal : seen.Add(Digest(read.Value.IdNumber)) ? null : Refusals.VolunteerTwice.At("idNumber");
            if (refusal is null)
            {
                fit.Add((row.Line, read.Value));
            }
            else
            {
                problems.Add((row.Line, refusal));
            }
        }

        return new Group(rows.Count, hash, fit, problems);
    }

    private Task<Outcome<Import>> SettleAsync(Import import, Group group, long bytesDone, long? length, Actor actor) =>
        OnceMoreAsync(() => database.WriteAsync(
            async tx =>
            {
                var (fit, problems) = await SortAsync(tx, group);
                if (!import.DryRun)
                {
                    await RegisterAsync(tx, import, fit, actor);
                }

                if (!await imports.AdvanceAsync(tx, import, group.Rows, group.Hash, bytesDone, length, fit.Count, problems.Count))
                {
                    return Refusals.ImportMoved;
                }

                await imports.AddProblemsAsync(tx, import.Id, import.Refused, problems);
                return (Outcome<Import>)(await imports.FindAsync(tx, import.Id))!;
            },
            CancellationToken.None));

    // Somebody registered by herself while her row was being written: looked at again, she is known.
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

    /// <summary>Sets those apart who are registered already, or whose site has closed or moved since the file began.</summary>
    private async Task<(List<ImportedVolunteer> Fit, List<(int Line, Refusal Refusal)> Problems)> SortAsync(Transaction tx, Group group)
    {
        var known = await volunteers.KnownAsync(tx, group.Fit.Select(one => one.Volunteer.IdNumber));
        var gone = new HashSet<Id>();
        foreach (var home in group.Fit.Select(one => one.Volunteer.Home).DistinctBy(home => home.Id).OrderBy(home => home.Id))
        {
            if (!await sites.HoldAsync(tx, home))
            {
                gone.Add(home.Id);
            }
        }

        var fit = new List<ImportedVolunteer>(group.Fit.Count);
        var problems = new List<(int Line, Refusal Refusal)>(group.Problems);
        foreach (var (line, volunteer) in group.Fit)
        {
            if (known.Contains(volunteer.IdNumber.Reveal()))
            {
                problems.Add((line, Refusals.VolunteerKnown.At("idNumber")));
            }
            else if (gone.Contains(volunteer.Home.Id))
            {
                problems.Add((line, Refusals.SiteUnknown.At("site")));
            }
            else
            {
                fit.Add(volunteer);
            }
        }

        problems.Sort((one, other) => one.Line.CompareTo(other.Line));
        return (fit, problems);
    }

    private async Task RegisterAsync(Transaction tx, Import import, List<ImportedVolunteer> fit, Actor actor)
    {
        var byPhone = await accounts.FindOrCreateByPhonesAsync(tx, fit.Where(one => one.Phone is not null).Select(one => one.Phone!));
        var now = clock.GetUtcNow();
        var fresh = fit.ConvertAll(one => new NewVolunteer(
            one.Volunteer with
            {
                Id = ids.Next(IdKind.Volunteer),
                AccountId = one.Phone is { } phone ? byPhone[phone] : null,
                PhoneSealed = one.Phone is { } number ? vault.Seal(number) : null,
                RegisteredAt = now,
            },
            one.IdNumber, one.Skills, one.Places, one.Weekly));
        await volunteers.InsertEachAsync(tx, fresh);
        await hats.GrantToNewVolunteersAsync(
            tx, fresh.Where(one => one.Volunteer.AccountId is not null).Select(one => (one.Volunteer.AccountId!.Value, one.Volunteer.Id)), import.StartedBy);
        await timeline.AddEachAsync(
            tx, fresh.Select(one => one.Volunteer.Id), null, nameof(VolunteerStatus.Registered), nameof(TakeImportFile), actor, import.Id.ToString());
        await timeline.AddEachAsync(
            tx, fresh.Where(one => one.Volunteer.Status == VolunteerStatus.Active).Select(one => one.Volunteer.Id), nameof(VolunteerStatus.Registered),
            nameof(VolunteerStatus.Active), nameof(TakeImportFile), actor, import.Id.ToString());
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

    // Half of a hash is enough to tell the people of one file apart, and the numbers themselves do not lie about in memory.
    private static UInt128 Digest(IdNumber number)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.ASCII.GetBytes(number.Reveal()), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Rows that are settled together: those that can be taken, and what is wrong with the others.</summary>
    private sealed record Group(
        int Rows, byte[] Hash, IReadOnlyList<(int Line, ImportedVolunteer Volunteer)> Fit, IReadOnlyList<(int Line, Refusal Refusal)> Problems);
}
