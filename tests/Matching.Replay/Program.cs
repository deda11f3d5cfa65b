using Matching.Invariants;
using Matching.Replay.City;

namespace Matching.Replay;

/// <summary>The command line. A class of its own, for the service's Program is known by that name.</summary>
internal static class Replaying
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var options = Options.Parse(arguments);
            var requests = CityRequest.ReadAll(options.File);
            var areas = AreaTree.Of(requests);
            Console.WriteLine($"{requests.Count} requests; {areas.Centers.Count} centers, {areas.Institutes.Count()} institutes, {areas.Stations.Count()} stations");
            await using var server = await ServerProcess.StartAsync(options);
            var findings = InvariantCheck.Run(server.DatabaseFile);
            Console.WriteLine(findings);
            return findings.Hold ? 0 : 1;
        }
        catch (OptionException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            await Console.Error.WriteLineAsync(Options.Usage);
            return 2;
        }
    }
}
