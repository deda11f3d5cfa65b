using System.Collections.Concurrent;
using System.Data.Common;
using Matching.Api.Plumbing.Database;
using Matching.SqlTests;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matching.Api.Tests;

/// <summary>
/// Listens to all that this run sends to the database, at the driver, so that nothing goes past it; at the end each text must be a statement on the list
/// of constants, a migration, or the beginning or end of a transaction.
/// </summary>
[SetUpFixture]
public sealed class Sent
{
    private static readonly ConcurrentDictionary<string, byte> Heard = new();

    // Its engine is never opened; it only writes texts as SQLite gets them.
    private static readonly Texts Texts = new(new SqliteEngine(new DatabaseSettings { File = Path.Combine(Path.GetTempPath(), "matching.db") }), "sqlite");

    // Kept: the driver's side holds it by a pointer.
    private static readonly strdelegate_profile Listen = (_, text, _) => Heard.TryAdd(text, 0);

    [OneTimeSetUp]
    public void Begin() => DatabaseEngine.Opened += ListenTo;

    [OneTimeTearDown]
    public void End()
    {
        DatabaseEngine.Opened -= ListenTo;
        var product = Statements.All.Select(Texts.Plain).ToHashSet();
        var sent = Heard.Keys.Select(Texts.Plain).ToHashSet();
        TestContext.Error.WriteLine($"{product.Intersect(sent).Count()} of {product.Count} statements were sent over HTTP and by jobs.");
        Assert.That(string.Join('\n', Unlisted(sent)), Is.Empty, "Sent, and on no list");
    }

    /// <summary>Whether anything of this kind went to the database yet.</summary>
    internal static bool HasHeard(string beginning) => Heard.Keys.Any(text => text.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Texts that stand in no constant.</summary>
    internal static IEnumerable<string> Unlisted(IEnumerable<string> sent) => Texts.Unlisted(sent, Statements.Of(typeof(Sent).Assembly));

    private static void ListenTo(DbConnection connection)
    {
        if (connection is SqliteConnection sqlite)
        {
            raw.sqlite3_profile(sqlite.Handle, Listen, null);
        }
    }
}
