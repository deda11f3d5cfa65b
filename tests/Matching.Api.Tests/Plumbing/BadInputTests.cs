using System.Text;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Tests.Plumbing;

/// <summary>What is wrong with a request is said in one shape, whatever is wrong.</summary>
public class BadInputTests
{
    private Service _service = null!;

    [OneTimeSetUp]
    public async Task Start() => _service = await Service.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [TestCase("""{"at":"2026-05-01T08:00:00"}""", 400, "time_without_offset", "at")]
    [TestCase("""{"at":"yesterday"}""", 400, "field_wrong_type", "at")]
    [TestCase("""{"at":"0001-01-01T00:00:00Z"}""", 400, "field_out_of_range", "at")]
    [TestCase("""{"at":7}""", 400, "field_wrong_type", "at")]
    [TestCase("""{"when":null}""", 400, "field_unknown", "when")]
    [TestCase("""{"at":null,"at":null}""", 400, "body_not_json", null)]
    [TestCase("""{"settle":"yes"}""", 400, "field_wrong_type", "settle")]
    [TestCase("[]", 400, "body_not_json", null)]
    [TestCase("{", 400, "body_not_json", null)]
    [TestCase("null", 400, "body_not_json", null)]
    [TestCase("""{"at":"\ud800"}""", 400, "text_not_storable", "at")]
    public async Task A_bad_body_is_refused_with_its_reason(string body, int status, string code, string? field)
    {
        var answer = await SendAsync(new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.That((answer.Status, answer.Code, (string?)answer["field"]), Is.EqualTo((status, code, field)));
        Assert.That((string?)answer["traceId"], Is.Not.Empty);
    }

    [Test]
    public async Task A_body_of_another_type_is_refused() =>
        Assert.That((await SendAsync(new StringContent("{}", Encoding.UTF8, "text/plain"))).Code, Is.EqualTo("content_type_unsupported"));

    [Test]
    public async Task Ten_megabytes_are_refused()
    {
        var answer = await SendAsync(new StringContent($$"""{"at":"{{new string('x', 10_000_000)}}"}""", Encoding.UTF8, "application/json"));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((413, "body_too_large")));
    }

    [TestCase("""{"grant":"password","username":"nobody.here","password":"not the right one"}""", 204, null)]
    [TestCase("""{"grant":"password","username":7}""", 400, "field_wrong_type")]
    public async Task In_Development_a_request_may_be_checked_and_not_done(string body, int status, string? code)
    {
        var answer = await OnlyCheckAsync(_service, body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((status, code)));
    }

    [Test]
    public async Task Outside_of_Development_what_is_asked_for_is_done()
    {
        var secrets = ServerProcess.Settings("", "").Where(setting => setting.Name.StartsWith("Tokens:", StringComparison.Ordinal) || setting.Name.StartsWith("Vault:", StringComparison.Ordinal));
        await using var service = new Service([("environment", "Production"), .. secrets]);

        Assert.That((await OnlyCheckAsync(service, """{"grant":"password","username":"nobody.here","password":"not the right one"}""")).Code, Is.EqualTo("password_wrong"));
    }

    [Test]
    public async Task An_unknown_address_and_a_wrong_method_are_no_empty_pages()
    {
        var client = _service.AsNobody();

        Assert.That((await client.AskAsync(HttpMethod.Get, "/nowhere")).Code, Is.EqualTo("route_unknown"));
        Assert.That((await client.AskAsync(HttpMethod.Delete, "/development/clock")).Code, Is.EqualTo("method_not_allowed"));
    }

    [TestCase("en", "The body is not valid JSON.")]
    [TestCase("zh-CN,en;q=0.5", "请求内容不是有效的 JSON。")]
    [TestCase("fr", "请求内容不是有效的 JSON。")]
    public async Task The_sentence_comes_in_the_language_that_was_asked_for(string language, string sentence)
    {
        var client = _service.CreateClient();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var answer = await client.AskAsync(HttpMethod.Post, "/development/clock", new StringContent("{", Encoding.UTF8, "application/json"));

        Assert.That((string?)answer["detail"], Is.EqualTo(sentence));
    }

    private static Task<Answer> OnlyCheckAsync(Service service, string body)
    {
        var client = service.AsNobody();
        client.DefaultRequestHeaders.Add(Pipeline.OnlyCheckHeader, "yes");
        return client.AskAsync(HttpMethod.Post, "/auth/tokens", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    private Task<Answer> SendAsync(HttpContent content) => _service.AsNobody().AskAsync(HttpMethod.Post, "/development/clock", content);
}
