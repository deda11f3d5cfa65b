using System.Data;
using System.Reflection;
using Matching.Api.Plumbing.Database;
using Microsoft.Data.SqlClient;

namespace Matching.SqlTests.Wire;

/// <summary>
/// Each statement once, alone, through SqlClient, with a value of its type for every parameter. It shows that the driver and the double take each text, parameter
/// and column, also where no journey comes by; what a statement does is shown by journeys.
/// </summary>
public sealed class OneByOneTests
{
    [Test]
    public async Task Every_statement_runs_over_the_wire()
    {
        using var server = new TdsDouble(foreignKeys: false);
        var engine = await MigratedAsync(server);
        var problems = new List<string>();
        foreach (var statement in Statements.All)
        {
            try
            {
                await RunAsync(engine, statement);
                OverTheWire.OneByOne.TryAdd(engine.Expand(statement.Sql.Text), 0);
            }
            catch (Exception problem) when (problem is SqlException or SomebodyWasFirstException or InvalidOperationException or DataException)
            {
                problems.Add($"{statement}: {problem.Message}");
            }
        }

        None(problems);
    }

    [Test]
    public async Task A_statement_that_no_type_can_be_announced_for_fails()
    {
        using var server = new TdsDouble();
        var engine = await MigratedAsync(server);
        var offender = new Statement("Offender", new Sql<Nothing, Row>("SELECT id, NULL AS nothing FROM sites"));
        Assert.That((await Assert.ThrowsAsync<SqlException>(() => RunAsync(engine, offender)))!.Message, Does.Contain("what type nothing is of"));
    }

    internal static async Task<SqlServerEngine> MigratedAsync(TdsDouble server)
    {
        ColumnTypes.Register();
        var engine = new SqlServerEngine(new DatabaseSettings { Engine = "SqlServer", ConnectionString = server.ConnectionString });
        await engine.MigrateAsync(new Migrations(), TimeProvider.System, CancellationToken.None);
        return engine;
    }

    // Rolled back: the next statement finds the tables as empty as this one did.
    internal static async Task RunAsync(SqlServerEngine engine, Statement statement)
    {
        using var connection = await engine.OpenAsync(CancellationToken.None);
        using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        var tx = new Transaction(engine, connection, transaction, CancellationToken.None);
        var (parameters, row) = (statement.Sql.Parameters, statement.Sql.Row);
        var run = row is null
            ? typeof(Transaction).GetMethod(nameof(Transaction.ExecuteAsync))!.MakeGenericMethod(parameters)
            : typeof(Transaction).GetMethod(nameof(Transaction.ListAsync))!.MakeGenericMethod(parameters, row);
        await (Task)run.Invoke(tx, [statement.Sql, Filled(parameters)])!;
    }

    private static object Filled(Type record)
    {
        // Not the one by which a record is copied.
        var constructor = record.GetConstructors().MaxBy(each => each.GetParameters().Length)!;
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType))]);
        foreach (var property in constructor.GetParameters().Length == 0 ? record.GetProperties().Where(property => property.CanWrite) : [])
        {
            property.SetValue(made, Value(property.PropertyType));
        }

        return made;
    }

    private static object? Value(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            _ when plain == typeof(Id) => Id.FromBytes([.. Enumerable.Repeat((byte)7, 16)]),
            _ when plain == typeof(string) => "一",
            _ when plain == typeof(DateTimeOffset) => new DateTimeOffset(2026, 5, 8, 9, 0, 0, TimeSpan.FromHours(8)),
            _ when plain == typeof(byte[]) => new byte[32],
            _ when plain == typeof(int) => 1,
            _ when plain == typeof(long) => 1L,
            _ when plain == typeof(double) => 1.5,
            _ when plain == typeof(bool) => true,
            _ when plain.IsAssignableFrom(typeof(List<byte[]>)) => new List<byte[]> { new byte[16], new byte[16] },
            _ when plain.IsAssignableFrom(typeof(List<string>)) => new List<string> { "一", "二" },
            _ when plain.IsAssignableFrom(typeof(List<int>)) => new List<int> { 1, 2 },
            _ => throw new InvalidOperationException($"{type.Name} is no parameter."),
        };
    }

    private sealed record Row
    {
        public Id Id { get; init; }

        public string? Nothing { get; init; }
    }
}
