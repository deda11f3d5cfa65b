using System.Diagnostics;
using System.Reflection;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The test partner (tests/Matching.TestPartner), small: a program that knows the documentation alone, a bad line, and a server of its own.</summary>
[NonParallelizable]
public class TestPartnerTests
{
    private static readonly string Program = typeof(TestPartnerTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "TestPartner").Value!;

    [Test]
    public async Task Behind_a_bad_line_both_sides_agree_on_every_wish_and_order()
    {
        var (status, said) = await RunAsync("--wishes 40 --seed 7");

        Assert.That(status, Is.Zero, said);
        Assert.That(said, Does.Contain("both sides agree").And.Not.Contain("BROKEN"));
    }

    [Test]
    public async Task A_partner_that_keeps_no_ids_of_what_it_has_taken_is_found_out()
    {
        var (status, said) = await RunAsync("--wishes 8 --seed 7 --drop 0.1 --duplicate 0.3 --careless");

        Assert.That(status, Is.EqualTo(1), said);
        Assert.That(said, Does.Contain("BROKEN  Nothing was taken out of order by being called"));
    }

    private static async Task<(int Status, string Said)> RunAsync(string arguments)
    {
        var start = new ProcessStartInfo("dotnet", $"{Path.GetFullPath(Program)} {arguments}") { RedirectStandardOutput = true, RedirectStandardError = true };
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        using var process = Process.Start(start)!;
        try
        {
            var (output, problems) = (process.StandardOutput.ReadToEndAsync(giveUp.Token), process.StandardError.ReadToEndAsync(giveUp.Token));
            await process.WaitForExitAsync(giveUp.Token);
            return (process.ExitCode, await output + await problems);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
