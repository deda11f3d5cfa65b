using System.Collections.Concurrent;
using Matching.Api.Tests;
using Matching.SqlTests;
using Matching.SqlTests.Wire;

/// <summary>
/// The journeys of Matching.Api.Tests run here once more, through SqlClient, each on a double of its own; at the end it is said what came over the wire. In no
/// namespace, so that it holds for all.
/// </summary>
[SetUpFixture]
public sealed class OverTheWire
{
    private static readonly ConcurrentDictionary<string, byte> Sent = new();
    private static readonly Texts Texts = new(Schema.SqlServer, "sqlserver");

    /// <summary>Statements that were run one by one, with made-up parameters.</summary>
    internal static ConcurrentDictionary<string, byte> OneByOne { get; } = new();

    /// <summary>What came and stands in no constant.</summary>
    internal static IEnumerable<string> Unlisted(IEnumerable<string> sent) => Texts.Unlisted(sent, Statements.Of(typeof(OverTheWire).Assembly));

    [OneTimeSetUp]
    public void Begin() => Service.Lend = () => new Lent();

    [OneTimeTearDown]
    public void End()
    {
        var inJourneys = Sent.Keys.Select(Texts.Plain).ToHashSet();
        var oneByOne = OneByOne.Keys.Select(Texts.Plain).ToHashSet();
        var (journeys, alone) = (Count(inJourneys.Contains), Count(text => oneByOne.Contains(text) && !inJourneys.Contains(text)));
        TestContext.Error.WriteLine(
            $"{journeys + alone} of {Statements.All.Count} statements ran over the wire: {journeys} in journeys, {alone} only one by one with made-up parameters.");
        Assert.That(string.Join('\n', Unlisted(inJourneys)), Is.Empty, "Sent, and on no list");
    }

    private static int Count(Func<string, bool> ran) => Statements.All.Count(statement => ran(Texts.Plain(statement)));

    private sealed class Lent : ILentDatabase
    {
        private readonly TdsDouble _double = new(text => Sent.TryAdd(text, 0));

        public IEnumerable<(string Key, string Value)> Settings => [("Database:Engine", "SqlServer"), ("Database:ConnectionString", _double.ConnectionString)];

        public string? File => _double.File;

        public void Dispose() => _double.Dispose();
    }
}
