using Matching.Api.Plumbing.Database;
using Microsoft.Data.Sqlite;

namespace Matching.SqlTests;

/// <summary>Every statement of the product, on both engines, as far as it goes without a server.</summary>
public sealed class StatementTests
{
    [Test]
    public void Every_statement_is_prepared_by_SQLite_on_the_migrated_schema()
    {
        using var connection = Schema.Open();
        None(Statements.All.SelectMany(statement => Prepare(connection, statement)));
    }

    [Test]
    public void The_migrations_bind_on_SQL_Server() => None(Schema.Verifier.SchemaProblems());

    [Test]
    public void Every_statement_is_bound_by_SQL_Servers_own_model()
    {
        None(Schema.Verifier.Bind(Statements.All));
        TestContext.Error.WriteLine($"{Statements.All.Count} statements prepared by SQLite and bound by SQL Server's model.");
    }

    [Test]
    public void Every_statement_keeps_to_what_both_engines_read_alike() =>
        None(Statements.All.SelectMany(statement => Schema.Verifier.Read(statement).Problems));

    [Test]
    public void Every_property_of_a_parameter_record_is_used() => None(UnusedParameters(Statements.All));

    [Test]
    public void Every_column_of_an_answer_has_its_property() => None(Statements.All.SelectMany(RowFit.Problems));

    [Test]
    public void Every_word_in_a_statement_is_spelled_as_in_the_code() => None(Statements.All.SelectMany(StatusWords.Problems));

    /// <summary>Several statements may share a record, if each property serves one of them.</summary>
    internal static IEnumerable<string> UnusedParameters(IEnumerable<Statement> statements) =>
        from shared in statements.GroupBy(statement => statement.Sql.Parameters)
        let used = shared.SelectMany(statement => Schema.Verifier.Read(statement).Used).ToHashSet()
        from statement in shared
        from parameter in Parameter.Of(statement)
        where !used.Contains(parameter.Name)
        select $"{statement}: {shared.Key.Name} has {parameter.Name}, which is not used.";

    internal static IEnumerable<string> Prepare(SqliteConnection connection, Statement statement)
    {
        using var command = connection.CreateCommand();
        // EXPLAIN: prepared and its parameters bound, and nothing done.
        command.CommandText = "EXPLAIN " + Parameter.Expand(statement, Schema.Sqlite);
        foreach (var parameter in Parameter.Of(statement))
        {
            command.Parameters.AddWithValue(parameter.Name, parameter.Example());
        }

        try
        {
            command.ExecuteNonQuery();
            return [];
        }
        catch (Exception problem) when (problem is SqliteException or InvalidOperationException)
        {
            return [$"{statement}: {problem.Message}"];
        }
    }
}
