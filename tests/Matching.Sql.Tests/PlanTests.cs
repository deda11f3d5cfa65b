using Microsoft.Data.Sqlite;

namespace Matching.SqlTests;

/// <summary>How SQLite goes about each statement: not by reading a table from end to end that grows with every order, and not by sorting what an index has sorted.</summary>
public sealed class PlanTests
{
    // As large as the tree of sites and its menus; all others grow with every wish or every person.
    private static readonly HashSet<string> Small =
    [
        "field_clocks", "job_pauses", "menu_item_qualifications", "menu_item_skills", "menu_items", "mode_activations", "nodes", "policies", "qualifications", "ring_keys", "sites", "skills", "teams", "webhooks",
    ];

    private static readonly HashSet<string> Growing = [.. Schema.Verifier.Columns().Select(column => column.Table).Except(Small)];

    /// <summary>Statements that may, and why that is no harm.</summary>
    private static readonly Dictionary<string, string> May = new()
    {
        ["NeighbourStore.All"] = "asked once, when people move into the demonstration county",
        ["VolunteerStore.HowMany"] = "asked once, when a process starts and reads all of them",
    };

    [Test]
    public void No_statement_reads_a_growing_table_from_end_to_end()
    {
        using var connection = Schema.Open();
        None(Statements.All.Where(statement => !May.ContainsKey(statement.Name)).SelectMany(statement => Scans(connection, statement)));
    }

    [Test]
    public void No_page_is_sorted_anew()
    {
        using var connection = Schema.Open();
        None(Statements.All.Where(IsListed).Where(statement => !May.ContainsKey(statement.Name)).SelectMany(statement => Sorts(connection, statement)));
    }

    [Test]
    public void Every_exception_is_still_needed()
    {
        using var connection = Schema.Open();
        var needed = Statements.All.Where(statement => Scans(connection, statement).Any() || (IsListed(statement) && Sorts(connection, statement).Any()));
        None(May.Keys.Except(needed.Select(statement => statement.Name)));
    }

    /// <summary>What stands behind a list or a sweep: a page, what is due, what is mine, what is somebody's.</summary>
    internal static bool IsListed(Statement statement)
    {
        var name = statement.Name.Split('.')[^1];
        return statement.Sql.Text.Contains("{page}", StringComparison.Ordinal)
            || name.Contains("Due", StringComparison.Ordinal) || name.Contains("Mine", StringComparison.Ordinal) || name.Contains("Of", StringComparison.Ordinal);
    }

    internal static IEnumerable<string> Scans(SqliteConnection connection, Statement statement)
    {
        var tables = TablesByAlias(statement);
        return Plan(connection, statement)
            .Where(step => step.StartsWith("SCAN ", StringComparison.Ordinal))
            .Where(step => Growing.Contains(tables.GetValueOrDefault(step.Split(' ')[1], step.Split(' ')[1])))
            .Select(step => $"{statement}: {step}");
    }

    internal static IEnumerable<string> Sorts(SqliteConnection connection, Statement statement) => Plan(connection, statement)
        .Where(step => step.StartsWith("USE TEMP B-TREE FOR", StringComparison.Ordinal) && step.EndsWith("ORDER BY", StringComparison.Ordinal))
        .Select(step => $"{statement}: {step}");

    private static List<string> Plan(SqliteConnection connection, Statement statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + Parameter.Expand(statement, Schema.Sqlite);
        foreach (var parameter in Parameter.Of(statement))
        {
            command.Parameters.AddWithValue(parameter.Name, parameter.Example());
        }

        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    // The plan speaks of aliases: "orders o", "orders AS o".
    private static Dictionary<string, string> TablesByAlias(Statement statement)
    {
        var words = statement.Sql.Text.Split([' ', '\n', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return words.Index()
            .Where(word => Growing.Contains(word.Item) && word.Index + 1 < words.Length)
            .Select(word => (Table: word.Item, Alias: words[word.Index + 1] == "AS" && word.Index + 2 < words.Length ? words[word.Index + 2] : words[word.Index + 1]))
            .DistinctBy(word => word.Alias)
            .ToDictionary(word => word.Alias, word => word.Table);
    }
}
