using System.Collections.Concurrent;
using System.Data;
using Matching.Api.Plumbing.Database;
using Microsoft.Data.SqlClient;

namespace Matching.SqlTests.Wire;

/// <summary>The double itself: what it takes back of a text, what it refuses, how it ends and begins.</summary>
public sealed class WireTests
{
    private static readonly Sql<Times> Keep = new("INSERT INTO commit_marks (id, created_at) VALUES (@Id, @At)");

    private static readonly Sql<Nothing, Times> KeptAll = new("SELECT id, created_at AS at FROM commit_marks ORDER BY id");

    private static readonly Sql<ById, Times> Kept = new("SELECT id, created_at AS at FROM commit_marks WHERE id = @Id");

    [Test]
    public void What_the_engine_made_of_a_text_is_taken_back_and_nothing_else()
    {
        var texts = Statements.All.Select(statement => statement.Sql.Text)
            .Concat(new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor("sqlserver")))).Append("CREATE INDEX ix_a ON a (b) {include c, d};").ToList();
        None(texts.Where(text => Texts.Plain(Undoing.Undo(Schema.SqlServer.Expand(text))) != Texts.Plain(Schema.Embedded.Expand(text))));
        Assert.That(Undoing.Undo("SELECT TOP 5 id FROM offers WITH (UPDLOCK)"), Is.EqualTo("SELECT TOP 5 id FROM offers WITH (UPDLOCK)"));
    }

    [TestCase("UPDATE offers SET note = @Note WHERE id = @Note", "BINARY(16) is held against NVARCHAR")]
    [TestCase("UPDATE offers SET sent_at = @Note WHERE note IS NULL", "is written to offers.sent_at, which is DATETIMEOFFSET")]
    [TestCase("UPDATE offers SET id = @Nothing WHERE note = @Note", "NVARCHAR(4000) is written to offers.id")]
    public async Task The_types_that_the_driver_gave_are_held_against_the_columns(string text, string saying)
    {
        using var server = new TdsDouble();
        var engine = await OneByOneTests.MigratedAsync(server);
        using var connection = await engine.OpenAsync(CancellationToken.None);
        using var command = new SqlCommand(text, (SqlConnection)connection);
        command.Parameters.AddWithValue("@Note", "一");
        // As Dapper alone would send an id that is not there.
        command.Parameters.AddWithValue("@Nothing", DBNull.Value);
        Assert.That((await Assert.ThrowsAsync<SqlException>(() => command.ExecuteNonQueryAsync()))!.Message, Does.Contain(saying));
    }

    [Test]
    public async Task A_time_comes_back_as_it_went_cut_to_milliseconds()
    {
        using var server = new TdsDouble();
        var engine = await OneByOneTests.MigratedAsync(server);
        var (id, at) = (Id.FromBytes(new byte[16]), new DateTimeOffset(2026, 5, 8, 23, 59, 59, TimeSpan.FromHours(8)).AddTicks(9_999_999));
        using var connection = await engine.OpenAsync(CancellationToken.None);
        var tx = new Transaction(engine, connection, null, CancellationToken.None);
        await tx.ExecuteAsync(Keep, new Times { Id = id, At = at });
        Assert.That((await tx.FirstAsync(Kept, new ById(id)))!.At, Is.EqualTo(new DateTimeOffset(2026, 5, 8, 15, 59, 59, 999, TimeSpan.Zero)));
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(511, 9)]
    [TestCase(1_500, 8)]
    public async Task Many_rows_go_to_the_server_in_few_statements(int rows, int statements)
    {
        var heard = new ConcurrentQueue<string>();
        using var server = new TdsDouble(heard.Enqueue);
        var engine = await OneByOneTests.MigratedAsync(server);
        using var connection = await engine.OpenAsync(CancellationToken.None);
        var tx = new Transaction(engine, connection, null, CancellationToken.None);
        var times = Enumerable.Range(0, rows).Select(number => new Times { Id = Numbered(number), At = DateTimeOffset.UnixEpoch.AddSeconds(number) }).ToList();

        heard.Clear();
        await tx.ExecuteEachAsync(Keep, times);

        Assert.That(heard, Has.Count.EqualTo(statements));
        Assert.That(heard.Select(Texts.Plain).Distinct(), Is.EqualTo(new[] { Texts.Plain(Keep.Text) }), "the same constant, with more rows");
        Assert.That(await tx.ListAsync(KeptAll, Nothing.It), Is.EqualTo(times));
    }

    [Test]
    public async Task Of_many_rows_one_that_is_there_already_keeps_all_out()
    {
        using var server = new TdsDouble();
        var engine = await OneByOneTests.MigratedAsync(server);
        using var connection = await engine.OpenAsync(CancellationToken.None);
        var tx = new Transaction(engine, connection, null, CancellationToken.None);
        var times = new[] { 1, 2, 3, 2 }.Select(number => new Times { Id = Numbered(number), At = DateTimeOffset.UnixEpoch }).ToList();

        await Assert.ThrowsAsync<SomebodyWasFirstException>(() => tx.ExecuteEachAsync(Keep, times));
        Assert.That(await tx.ListAsync(KeptAll, Nothing.It), Is.Empty);
    }

    [Test]
    public async Task Never_mind_is_heard_and_the_line_goes_on()
    {
        using var server = new TdsDouble();
        var engine = await OneByOneTests.MigratedAsync(server);
        using var connection = await engine.OpenAsync(CancellationToken.None);
        // Long enough to be interrupted, were it not.
        using var endless = new SqlCommand(
            "WITH n AS (SELECT 1 AS i UNION ALL SELECT n.i + 1 AS i FROM n WHERE n.i < 900000000) SELECT COUNT(n.i) AS c FROM n", (SqlConnection)connection) { CommandTimeout = 1 };
        Assert.That((await Assert.ThrowsAsync<SqlException>(() => endless.ExecuteScalarAsync()))!.Number, Is.EqualTo(-2));
        using var next = new SqlCommand("SELECT COUNT(id) AS c FROM offers", (SqlConnection)connection);
        Assert.That(await next.ExecuteScalarAsync(), Is.EqualTo(0));
    }

    [Test]
    public async Task A_connection_comes_from_the_pool_as_new()
    {
        using var server = new TdsDouble();
        var engine = await OneByOneTests.MigratedAsync(server);
        var id = Id.FromBytes(new byte[16]);
        using (var first = await engine.OpenAsync(CancellationToken.None))
        {
            var open = await first.BeginTransactionAsync(IsolationLevel.ReadCommitted);
            await new Transaction(engine, first, open, CancellationToken.None).ExecuteAsync(Keep, new Times { Id = id, At = DateTimeOffset.UnixEpoch });
        }

        using var second = await engine.OpenAsync(CancellationToken.None);
        Assert.That(await new Transaction(engine, second, null, CancellationToken.None).FirstAsync(Kept, new ById(id)), Is.Null);
    }

    [Test]
    public async Task Ten_nodes_that_start_together_make_one_schema()
    {
        using var server = new TdsDouble();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OneByOneTests.MigratedAsync(server))));
        Assert.That(await new Migrations().AreAppliedAsync(new SqlServerEngine(new DatabaseSettings { ConnectionString = server.ConnectionString }), CancellationToken.None));
        Assert.That(server.LocksTaken, Is.EqualTo(10));
    }

    [Test]
    public async Task A_database_that_is_not_set_for_it_stops_the_start_and_says_what_to_set()
    {
        using var server = new TdsDouble { HasReadCommittedSnapshot = false };
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => OneByOneTests.MigratedAsync(server));
        Assert.That(problem!.Message, Does.Contain("READ_COMMITTED_SNAPSHOT ON").And.Contain("ALLOW_SNAPSHOT_ISOLATION ON"));
    }

    [Test]
    public void What_stands_in_no_constant_is_found()
    {
        None(OverTheWire.Unlisted(["SELECT id FROM volunteers WHERE id IN (@Ids1,@Ids2)"]).Any() ? [] : ["not found"]);
        None(OverTheWire.Unlisted(Statements.All.Select(statement => Schema.SqlServer.Expand(statement.Sql.Text))));
    }

    private static Id Numbered(int number) => Id.FromBytes([.. new byte[12], .. BitConverter.GetBytes(number).Reverse()]);

    private sealed record Times
    {
        public Id Id { get; init; }

        public DateTimeOffset At { get; init; }
    }
}
