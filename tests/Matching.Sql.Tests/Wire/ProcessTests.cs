using Matching.Api.Tests;

namespace Matching.SqlTests.Wire;

/// <summary>The service as people start it, a process of its own with its own settings of the runtime.</summary>
public sealed class ProcessTests
{
    [Test]
    public async Task The_service_starts_on_it_and_becomes_ready()
    {
        using var server = new TdsDouble();
        var folder = Directory.CreateTempSubdirectory("matching-").FullName;
        using (var process = new ServerProcess(folder, ("Database:Engine", "SqlServer"), ("Database:ConnectionString", server.ConnectionString)))
        {
            await process.ReadyAsync();
            process.Terminate();
            await process.ExitAsync();
            Assert.That(process.ExitCode, Is.Zero, process.Output);
        }

        Directory.Delete(folder, recursive: true);
    }
}
