using Matching.Replay;

namespace Matching.Api.Tests.Replay;

/// <summary>Two processes on one SQLite file, asked in turn, both with all jobs; every few seconds one of them is killed with a signal that cannot be caught.</summary>
public sealed class NodesReplayTests
{
    [Test]
    public async Task Two_processes_on_one_file_break_nothing_while_they_are_killed_in_turn()
    {
        if (ReplayTests.Data() is not { } data)
        {
            Assert.Ignore("There is nothing to replay beside the project.");
            return;
        }

        var result = await Session.RunAsync(
            new Options { File = data, Limit = 30, VolunteersPerStation = 2, ResidentsPerSite = 1, Nodes = 2, KillEvery = TimeSpan.FromSeconds(2), Quiet = true }, _ => { });
        Assert.That(result.IsGood, Is.True, result.ToString());
        Assert.That(result.Kills, Is.Positive);
    }
}
