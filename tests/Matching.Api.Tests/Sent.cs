using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
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
public sealed partial class Sent
{
    private static readonly ConcurrentDictionary<string, byte> Texts = new();

    // Never opened; it only writes texts as SQLite gets them.
    private static readonly SqliteEngine Engine = new(new DatabaseSettings { File = Path.Combine(Path.GetTempPath(), "matching.db") });

    // Kept: the driver's side holds it by a pointer.
    private static readonly strdelegate_profile Listen = (_, text, _) => Texts.TryAdd(text, 0);

    [OneTimeSetUp]
    public void Begin() => DatabaseEngine.Opened += ListenTo;

    [OneTimeTearDown]
    public void End()
    {
        DatabaseEngine.Opened -= ListenTo;
        var product = Statements.All.Select(Plain).ToHashSet();
        var sent = Texts.Keys.Select(Plain).ToHashSet();
        TestContext.Error.WriteLine($"{product.Intersect(sent).Count()} of {product.Count} statements were sent over HTTP and by jobs.");
        Assert.That(string.Join('\n', Unlisted(sent)), Is.Empty, "Sent, and on no list");
    }

    /// <summary>Whether anything of this kind went to the database yet.</summary>
    internal static bool Heard(string beginning) => Texts.Keys.Any(text => text.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Texts that stand in no constant.</summary>
    internal static IEnumerable<string> Unlisted(IEnumerable<string> sent)
    {
        var known = Statements.All.Concat(Statements.Of(typeof(Sent).Assembly)).Select(Plain)
            .Concat(new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor("sqlite"))).Select(text => Plain(Engine.Expand(text))))
            .ToHashSet();
        return sent.Select(Plain).Where(text => !known.Contains(text) && !Housekeeping().IsMatch(text));
    }

    private static string Plain(Statement statement) => Plain(Engine.Expand(statement.Sql.Text));

    // A list is sent as many parameters as it has items, none as a question that yields none.
    private static string Plain(string text) => Blanks().Replace(EmptyList().Replace(List().Replace(text, "@$1"), "@$1"), " ").Trim().TrimEnd(';');

    private static void ListenTo(DbConnection connection)
    {
        if (connection is SqliteConnection sqlite)
        {
            raw.sqlite3_profile(sqlite.Handle, Listen, null);
        }
    }

    [GeneratedRegex(@"\(@([A-Za-z]+)1(?:, ?@\1\d+)*\)")]
    private static partial Regex List();

    [GeneratedRegex(@"\(SELECT @(\w+) WHERE 1 = 0\)")]
    private static partial Regex EmptyList();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b|\bschema_migrations\b")]
    private static partial Regex Housekeeping();
}
