using System.Text.Json.Nodes;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The demonstration county with people in it.</summary>
public class CountyLifeTests
{
    [Test]
    public async Task Somebody_wishes_and_somebody_is_asked_without_anybody_doing_anything()
    {
        var folder = Directory.CreateTempSubdirectory("matching-county-").FullName;
        try
        {
            using var server = new ServerProcess(
                folder, ("ASPNETCORE_ENVIRONMENT", "Development"), ("Demonstration:Life", "true"), ("Demonstration:Beat", "00:00:00.010"), ("Demonstration:WishesAnHour", "60"));
            await server.ReadyAsync();

            using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (!await HasHeardAsync(server.Client, "offer.sent", giveUp.Token))
            {
                await Task.Delay(200, giveUp.Token);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> HasHeardAsync(HttpClient client, string topic, CancellationToken ct)
    {
        var page = JsonNode.Parse(await client.GetStringAsync("/api/v1/development/notices?take=1000", ct))!;
        return page["items"]!.AsArray().Any(notice => (string?)notice!["topic"] == topic);
    }
}
