using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Imports;

/// <summary>Imports, and what was wrong with their rows.</summary>
public sealed class ImportStore(Database database, Ids ids, TimeProvider clock)
{
    /// <summary>Of so many rows the problems are kept; those of further rows are only counted.</summary>
    public const int MostRefusedRows = 10_000;

    private static readonly Sql<NewImport> Insert = new(
        """
        INSERT INTO imports (id, center_id, kind, site_id, file_name, dry_run, state, rows_done, done_hash, bytes_done, bytes_total, taken, refused,
            started_at, started_by, moved_at)
        VALUES (@Id, @CenterId, @Kind, @SiteId, @FileName, @DryRun, 'Open', 0, @DoneHash, 0, NULL, 0, 0, @StartedAt, @StartedBy, @MovedAt)
        """);

    private static readonly Sql<ById, Import> Find = new(
        """
        SELECT i.id, i.center_id, COALESCE(i.kind, 'Volunteers') AS kind, i.site_id, s.path, i.file_name, i.dry_run, i.state, i.rows_done, i.done_hash, i.bytes_done, i.bytes_total, i.taken,
            i.refused, i.started_at, i.started_by, i.moved_at
        FROM imports i JOIN sites s ON s.id = i.site_id
        WHERE i.id = @Id
        """);

    private static readonly Sql<ListQuery, Import> ListPage = new(
        """
        SELECT i.id, i.center_id, COALESCE(i.kind, 'Volunteers') AS kind, i.site_id, s.path, i.file_name, i.dry_run, i.state, i.rows_done, i.done_hash, i.bytes_done, i.bytes_total, i.taken,
            i.refused, i.started_at, i.started_by, i.moved_at
        FROM imports i JOIN sites s ON s.id = i.site_id
        WHERE i.center_id = @CenterId AND (@Before IS NULL OR i.id < @Before) AND s.path >= @From AND s.path < @To
        ORDER BY i.id DESC
        {page}
        """);

    private static readonly Sql<Step> Advance = new(
        """
        UPDATE imports SET rows_done = @To, done_hash = @Hash, bytes_done = @BytesDone, bytes_total = @BytesTotal, taken = taken + @Taken,
            refused = refused + @Refused, moved_at = @Now
        WHERE id = @Id AND state = 'Open' AND rows_done = @From
        """);

    private static readonly Sql<Standing> Finish = new("UPDATE imports SET state = 'Finished', moved_at = @Now WHERE id = @Id AND state = 'Open' AND rows_done = @Rows");

    private static readonly Sql<FirstRow> Restart = new(
        """
        UPDATE imports SET rows_done = 0, done_hash = @Hash, bytes_done = 0, taken = 0, refused = 0, moved_at = @Now
        WHERE id = @Id AND state = 'Open' AND rows_done = @Rows
        """);

    private static readonly Sql<ById> DropProblems = new("DELETE FROM import_problems WHERE import_id = @Id");

    private static readonly Sql<ProblemRow> AddProblem = new(
        "INSERT INTO import_problems (id, import_id, line, field, code) VALUES (@Id, @ImportId, @Line, @Field, @Code)");

    private static readonly Sql<ProblemQuery, ProblemRow> ProblemPage = new(
        """
        SELECT id, import_id, line, field, code
        FROM import_problems WHERE import_id = @ImportId AND id > @After
        ORDER BY id
        {page}
        """);

    /// <summary>The hash over no rows.</summary>
    public static byte[] NoRows => new byte[32];

    /// <summary>Begins an import.</summary>
    public async Task<Id> InsertAsync(Transaction tx, ImportKind kind, Site site, string? fileName, bool dryRun, Id startedBy)
    {
        var now = clock.GetUtcNow();
        var id = ids.Next(IdKind.Import);
        await tx.ExecuteAsync(Insert, new NewImport(id, site.CenterId, kind.ToString(), site.Id, fileName, dryRun, NoRows, now, startedBy, now));
        return id;
    }

    public Task<Import?> FindAsync(Id id) => FindAsync(database, id);

    public Task<Import?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    /// <summary>The imports of a center that were begun within reach, the newest first.</summary>
    public Task<List<Import>> ListAsync(Id centerId, Reach reach, Id? before, int take) =>
        database.ListAsync(ListPage, new ListQuery(centerId, reach.From, reach.To, before, take));

    /// <summary>Settles rows, starting where <paramref name="from"/> stood; false when they were settled before, or the import is finished.</summary>
    public async Task<bool> AdvanceAsync(Transaction tx, Import from, int rows, byte[] hash, long bytesDone, long? bytesTotal, int taken, int refused) =>
        await tx.ExecuteAsync(Advance, new Step(
            from.Id, from.RowsDone, from.RowsDone + rows, hash, bytesDone, bytesTotal, taken, refused, clock.GetUtcNow())) == 1;

    public async Task<bool> FinishAsync(Transaction tx, Import import) =>
        await tx.ExecuteAsync(Finish, new Standing(import.Id, import.RowsDone, clock.GetUtcNow())) == 1;

    /// <summary>Back to the start, for a dry run that is handed in again.</summary>
    public async Task<bool> RestartAsync(Transaction tx, Import import)
    {
        if (await tx.ExecuteAsync(Restart, new FirstRow(import.Id, import.RowsDone, NoRows, clock.GetUtcNow())) == 0)
        {
            return false;
        }

        await tx.ExecuteAsync(DropProblems, new ById(import.Id));
        return true;
    }

    /// <summary>Keeps what was wrong, as long as there is room; <paramref name="before"/>: how many rows were refused already.</summary>
    public Task AddProblemsAsync(Transaction tx, Id importId, int before, IEnumerable<(int Line, Refusal Refusal)> problems) => tx.ExecuteEachAsync(
        AddProblem,
        [.. problems.GroupBy(one => one.Line).Take(Math.Max(0, MostRefusedRows - before)).SelectMany(row => row).Select(one =>
            new ProblemRow { Id = ids.Next(IdKind.Import), ImportId = importId, Line = one.Line, Field = one.Refusal.Field, Code = one.Refusal.Code })]);

    public Task<List<ProblemRow>> ProblemsAsync(Id importId, Id after, int take) => database.ListAsync(ProblemPage, new ProblemQuery(importId, after, take));

    private sealed record NewImport(
        Id Id, Id CenterId, string Kind, Id SiteId, string? FileName, bool DryRun, byte[] DoneHash, DateTimeOffset StartedAt, Id StartedBy, DateTimeOffset MovedAt);

    private sealed record ListQuery(Id CenterId, string From, string To, Id? Before, int Take);

    private sealed record Step(Id Id, int From, int To, byte[] Hash, long BytesDone, long? BytesTotal, int Taken, int Refused, DateTimeOffset Now);

    private sealed record Standing(Id Id, int Rows, DateTimeOffset Now);

    private sealed record FirstRow(Id Id, int Rows, byte[] Hash, DateTimeOffset Now);

    private sealed record ProblemQuery(Id ImportId, Id After, int Take);
}

/// <summary>What was wrong with a row of a file, as the rows have it.</summary>
public sealed record ProblemRow
{
    public Id Id { get; init; }

    public Id ImportId { get; init; }

    public int Line { get; init; }

    public string? Field { get; init; }

    public string Code { get; init; } = "";
}
