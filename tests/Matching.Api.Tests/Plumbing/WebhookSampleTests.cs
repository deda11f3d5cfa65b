using System.ComponentModel;
using System.Diagnostics;
using Matching.Samples;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The programs of api-docs/webhooks, with which a partner tells our deliveries from others, judge every case as they should.</summary>
public class WebhookSampleTests
{
    private static readonly string Folder = Repository.PathOf("api-docs", "webhooks");

    private static string[][] Cases => [.. File.ReadLines(Path.Combine(Folder, "cases.tsv")).Skip(1).Select(line => line.Split('\t'))];

    private static readonly string[] NoSourceFiles = ["jdk.compiler", "Could not find or load main class"];

    private static string[] Verdicts => [.. Cases.Select(cell => $"{cell[0]}\t{cell[^1]}")];

    [TestCase("python3", "verify.py")]
    [TestCase("node", "verify.mjs")]
    [TestCase("java", "Verify.java")]
    [TestCase("go", "run verify.go")]
    public async Task A_sample_takes_what_is_ours_once_and_nothing_else(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, $"{arguments} cases.tsv") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Go wants a place for what it builds, also where nobody has a home.
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "matching-go");
        try
        {
            using var process = Process.Start(start)!;
            var (said, problems) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();

            // "java" may be a runtime without the compiler that runs a source file, or older than that way of running one.
            if (process.ExitCode != 0 && program == "java" && NoSourceFiles.Any((await problems).Contains))
            {
                Assert.Ignore("The Java of this machine runs no source files.");
            }

            Assert.That((await said).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), Is.EqualTo(Verdicts), await problems);
        }
        catch (Win32Exception)
        {
            Assert.Ignore($"There is no {program} on this machine.");
        }
    }

    [Test]
    public void The_sample_in_C_sharp_takes_what_is_ours_once_and_nothing_else()
    {
        var taken = new HashSet<string>();
        var verdicts = Cases.Select(cell =>
        {
            string? Header(string name) => cell[name switch { "webhook-id" => 3, "webhook-timestamp" => 4, _ => 5 }];
            var (isNew, refusal) = Webhook.Verify(
                cell[2].Split(' '), Header, Convert.FromBase64String(cell[6]), taken.Contains, DateTimeOffset.FromUnixTimeSeconds(long.Parse(cell[1])));
            if (refusal != WebhookRefusal.None)
            {
                return $"{cell[0]}\t{refusal.ToString().ToLowerInvariant()}";
            }

            taken.Add(cell[3]);
            return $"{cell[0]}\t{(isNew ? "taken" : "again")}";
        });

        Assert.That(verdicts, Is.EqualTo(Verdicts));
    }
}
