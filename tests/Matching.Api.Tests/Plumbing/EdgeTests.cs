using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Matching.Api.Tests.Volunteers;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Whom we believe, and which pages may ask.</summary>
public class EdgeTests
{
    [TestCase("https://board.example.org", true)]
    [TestCase("https://elsewhere.example.org", false)]
    public async Task A_page_of_another_origin_may_ask_only_when_the_settings_say_so(string origin, bool allowed)
    {
        await using var service = await Service.StartAsync(("Cors:Origins:0", "https://board.example.org"));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/development/clock");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "idempotency-key");

        using var answer = await service.AsNobody().SendAsync(request);

        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.EqualTo(allowed));
    }

    [Test]
    public async Task Without_the_setting_no_page_may_ask()
    {
        await using var service = await Service.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/development/clock");
        request.Headers.Add("Origin", "https://board.example.org");

        using var answer = await service.AsNobody().SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [Test]
    public async Task A_program_that_cannot_send_PATCH_posts_and_says_so()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        using var volunteer = service.As((await People.ActiveAsync(service, world, world.NorthStation)).Hat);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/me/volunteer") { Content = JsonContent.Create(new { radiusM = 1234 }) };
        request.Headers.Add("X-HTTP-Method-Override", "PATCH");

        using var answer = await volunteer.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var read = JsonNode.Parse(await volunteer.GetStringAsync("/api/v1/me/volunteer"))!;
        Assert.That((int?)read["radiusM"], Is.EqualTo(1234));
    }
}
