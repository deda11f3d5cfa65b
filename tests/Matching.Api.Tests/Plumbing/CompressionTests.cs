using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Matching.Accounts;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Answers are sent smaller where that is safe, and an ETag stays what it was.</summary>
public partial class CompressionTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _admin = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [TestCase("br, gzip", "br")]
    [TestCase("gzip", "gzip")]
    [TestCase("identity", null)]
    [TestCase(null, null)]
    public async Task A_list_is_sent_as_small_as_the_caller_can_read_it(string? accepts, string? sent)
    {
        var plain = await _admin.GetStringAsync("/api/v1/sites?take=100");

        using var answer = await AskAsync("/api/v1/sites?take=100", accepts);

        Assert.That(answer.Content.Headers.ContentEncoding.SingleOrDefault(), Is.EqualTo(sent));
        Assert.That(await TextAsync(answer), Is.EqualTo(plain));
        Assert.That(answer.Headers.Vary.Contains("Accept-Encoding"), Is.EqualTo(accepts is not null));
    }

    [Test]
    public async Task Refusals_and_registers_and_the_boards_scripts_are_sent_smaller_too()
    {
        var page = await _service.AsNobody().GetStringAsync("/board/sign-in");

        foreach (var address in new[] { "/api/v1/orders/nonsense", $"/api/v1/sites/{_world.Center.Id}/hours?format=csv", "/swagger/v1/swagger.json", Style().Match(page).Groups[1].Value })
        {
            using var answer = await AskAsync(address, "gzip");
            Assert.That(answer.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "gzip" }), address);
        }
    }

    [Test]
    public async Task Pages_with_forms_answers_with_secrets_and_streams_of_events_are_not()
    {
        using var page = await AskAsync("/board/sign-in", "gzip");
        using var codes = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/codes") { Content = JsonContent.Create(new { phone = "13574407777" }) };
        codes.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var secret = await _service.AsNobody().SendAsync(codes);
        using var events = new HttpRequestMessage(HttpMethod.Get, "/api/v1/changes");
        events.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        events.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var stream = await _admin.SendAsync(events, HttpCompletionOption.ResponseHeadersRead);

        Assert.That(new[] { page, secret, stream }.Select(answer => answer.StatusCode), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That(stream.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(new[] { page, secret, stream }.SelectMany(answer => answer.Content.Headers.ContentEncoding), Is.Empty);
    }

    [Test]
    public async Task What_has_not_changed_is_not_sent_again_however_it_was_sent()
    {
        var address = $"/api/v1/sites/{_world.NorthStation.Id}";
        using var first = await AskAsync(address, "gzip");
        var etag = first.Headers.ETag!.ToString();

        Assert.That(first.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "gzip" }));
        Assert.That(first.Headers.Vary, Is.SupersetOf(new[] { "Authorization", "Accept-Language", "Accept-Encoding" }));
        Assert.That(first.Headers.CacheControl!.ToString(), Is.EqualTo("no-cache, private"));
        foreach (var (held, accepts) in new[] { (etag, "gzip"), (etag, null), ("W/" + etag, "br"), ($"\"v0\", W/{etag}", null) })
        {
            using var again = await AskAsync(address, accepts, ("If-None-Match", held));
            Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified), held);
            Assert.That(again.Headers.ETag!.ToString(), Is.EqualTo(etag));
            Assert.That(again.Headers.Vary, Does.Contain("Accept-Encoding"));
            Assert.That(await again.Content.ReadAsByteArrayAsync(), Is.Empty);
        }

        using var other = await AskAsync(address, "gzip", ("If-None-Match", "\"v0\", nonsense"));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_version_that_a_proxy_has_made_weak_is_still_the_version()
    {
        var address = $"/api/v1/sites/{_world.SouthStation.Id}";
        using var read = await AskAsync(address, null);
        using var edit = new HttpRequestMessage(HttpMethod.Patch, address) { Content = JsonContent.Create(new { radiusM = 1_234 }) };
        edit.Headers.TryAddWithoutValidation("If-Match", "W/" + read.Headers.ETag);

        using var edited = await _admin.SendAsync(edit);

        Assert.That(edited.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        foreach (var nonsense in new[] { "\"v", "W/", "W/\"v1", "*", "\"\"" })
        {
            using var wrong = new HttpRequestMessage(HttpMethod.Patch, address) { Content = JsonContent.Create(new { radiusM = 1_234 }) };
            wrong.Headers.TryAddWithoutValidation("If-Match", nonsense);
            using var refused = await _admin.SendAsync(wrong);
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.PreconditionFailed), nonsense);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string address, string? accepts, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accepts is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        }

        if (header is { } more)
        {
            request.Headers.TryAddWithoutValidation(more.Name, more.Value);
        }

        return await _admin.SendAsync(request);
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using Stream read = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        return await new StreamReader(read, Encoding.UTF8).ReadToEndAsync();
    }

    [GeneratedRegex("href=\"(/board/assets/[^\"]+\\.css)\"")]
    private static partial Regex Style();
}
