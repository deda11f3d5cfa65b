using Matching.Api.Tests;
using Microsoft.Data.SqlClient;

/// <summary>
/// The journeys once more, on the SQL Server that MATCHING_SQLSERVER names by a connection string (of somebody who may create databases): each service gets a database of
/// its own, which the run creates and drops. Without it, every test is reported as skipped. In no namespace, so that it holds for all.
/// </summary>
[SetUpFixture]
public sealed class OnAServer
{
    private const string Variable = "MATCHING_SQLSERVER";

    [OneTimeSetUp]
    public void Begin()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(server))
        {
            Assert.Ignore($"{Variable} names no server; sql/README.md says how to run these on one.");
        }

        Service.Lend = () => new Lent(server!);
    }

    private sealed class Lent : ILentDatabase
    {
        private readonly string _server;
        private readonly string _name = $"matching_test_{Guid.CreateVersion7():N}";

        public Lent(string server)
        {
            _server = server;
            Run($"CREATE DATABASE {_name}");
            Run($"ALTER DATABASE {_name} SET READ_COMMITTED_SNAPSHOT ON");
            Run($"ALTER DATABASE {_name} SET ALLOW_SNAPSHOT_ISOLATION ON");
        }

        public IEnumerable<(string Key, string Value)> Settings =>
        [
            ("Database:Engine", "SqlServer"),
            ("Database:ConnectionString", new SqlConnectionStringBuilder(_server) { InitialCatalog = _name }.ToString()),
        ];

        public string? File => null;

        public void Dispose()
        {
            SqlConnection.ClearAllPools();
            Run($"ALTER DATABASE {_name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE");
            Run($"DROP DATABASE {_name}");
        }

        private void Run(string text)
        {
            using var connection = new SqlConnection(new SqlConnectionStringBuilder(_server) { InitialCatalog = "master" }.ToString());
            connection.Open();
            using var command = new SqlCommand(text, connection);
            command.ExecuteNonQuery();
        }
    }
}
