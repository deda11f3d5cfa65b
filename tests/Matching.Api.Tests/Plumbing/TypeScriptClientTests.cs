using System.ComponentModel;
using System.Diagnostics;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The client for mini-programs and browsers (src/Matching.Client), built and run in Node.</summary>
[NonParallelizable]
public class TypeScriptClientTests
{
    private static readonly string Client = Repository.PathOf("src", "Matching.Client");

    [OneTimeSetUp]
    public async Task Build()
    {
        try
        {
            await RunAsync("node", "--version");
        }
        catch (Win32Exception)
        {
            Assert.Ignore("There is no Node on this machine.");
        }

        if (!Directory.Exists(Path.Combine(Client, "node_modules")))
        {
            var (status, said) = await RunAsync("npm", "ci --no-audit --no-fund");
            if (status != 0)
            {
                Assert.Ignore($"npm cannot have the client's packages here: {said}");
            }
        }

        await SucceedsAsync("run build");
    }

    [Test]
    public Task The_description_of_the_API_is_valid() => SucceedsAsync("run validate");

    [Test]
    public async Task The_client_goes_through_a_whole_story_and_stands_a_bad_line()
    {
        var folder = Directory.CreateTempSubdirectory("matching-client-").FullName;
        try
        {
            using var server = new ServerProcess(folder, ("ASPNETCORE_ENVIRONMENT", "Development"), ("Demonstration:Seed", "true"));
            await server.ReadyAsync();

            var said = await SucceedsAsync("test", ("MATCHING_URL", server.Client.BaseAddress!.ToString()));

            Assert.That(said, Does.Contain("a lamp is changed").And.Contain("# skipped 0"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> SucceedsAsync(string script, params (string Name, string Value)[] environment)
    {
        var (status, said) = await RunAsync("npm", script, environment);
        Assert.That(status, Is.Zero, said);
        return said;
    }

    private static async Task<(int Status, string Said)> RunAsync(string program, string arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Client, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var process = Process.Start(start)!;
        var (output, problems) = (process.StandardOutput.ReadToEndAsync(giveUp.Token), process.StandardError.ReadToEndAsync(giveUp.Token));
        await process.WaitForExitAsync(giveUp.Token);
        return (process.ExitCode, await output + await problems);
    }
}
