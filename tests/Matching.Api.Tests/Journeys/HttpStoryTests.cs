using Matching.Invariants;

namespace Matching.Api.Tests.Journeys;

/// <summary>The stories that the documentation tells are true.</summary>
public class HttpStoryTests
{
    private static IEnumerable<string> Stories() => Directory.GetFiles(Repository.PathOf("api-docs", "examples"), "*.http").Select(Path.GetFileName)!;

    [TestCaseSource(nameof(Stories))]
    public async Task A_story_of_the_documentation_goes_as_it_is_told(string file)
    {
        await using var service = await Service.StartAsync(("Demonstration:Seed", "true"));
        var story = new HttpFile(await File.ReadAllTextAsync(Repository.PathOf("api-docs", "examples", file)), "/api/v1");

        var sent = await story.PlayAsync(service.CreateClient(), service.SettleAsync);

        Assert.That(sent, Is.GreaterThan(5));
        Assert.That(InvariantCheck.Run(service.DatabaseFile).Broken, Is.Empty);
    }
}
