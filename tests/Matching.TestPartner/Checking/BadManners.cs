using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Matching.TestPartner.Town;

namespace Matching.TestPartner.Checking;

/// <summary>What a bad partner tries, against a real server, and how the documentation says that it ends.</summary>
public static class BadManners
{
    private const int AtOnce = 100;

    public static async Task<List<Verdict>> CheckAsync(Uri service, Place place)
    {
        var (_, key) = await place.PartnerAsync("不守规矩的平台");
        var (_, narrow) = await place.PartnerAsync("只读的平台", 60_000, "wishesRead");
        var (_, hasty) = await place.PartnerAsync("急性子的平台", 5);
        var (endedId, ended) = await place.PartnerAsync("已结束的平台");
        (await place.Admin.DeleteAsync($"partners/{endedId}")).Yes();
        using var http = new HttpClient { BaseAddress = service };
        async Task<Reply> Ask(string with, HttpMethod method, string path, HttpContent? content = null, string? once = null)
        {
            using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", with);
            if (once is not null)
            {
                request.Headers.Add("Idempotency-Key", once);
            }

            using var response = await http.SendAsync(request);
            return await Reply.ReadAsync(response);
        }

        using var nobody = Person.Nobody(service);
        var start = (await nobody.GetAsync("development/clock")).Yes().Json.GetProperty("now").GetDateTimeOffset().AddDays(2);
        JsonContent Wish(string reference, string? siteId = null) => JsonContent.Create(new
        {
            reference, words = "水龙头漏水", window = new { start, end = start.AddHours(2) },
            resident = new { name = "陶小满", siteId = siteId ?? place.StationId, reference = "R-" + siteId },
        });

        var many = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Ask(key, HttpMethod.Post, "partner/wishes", Wish("once"), i % 2 == 0 ? "once" : $"again-{i}")));
        var verdicts = new List<Verdict>
        {
            new($"The same wish {AtOnce} times at once is one wish", AtOnce, many.Any(answer => !answer.IsYes) ? [.. many.Where(answer => !answer.IsYes).Select(answer => answer.Body)]
                : [.. many.Select(answer => answer.Text("id")).Distinct().Skip(1).Select(id => $"also {id}")]),
        };
        void Refused(string what, Reply answer, int status, string code) => verdicts.Add(new(
            what, 1, answer.Status == status && answer.Code == code ? [] : [$"{answer.Status} {answer.Body[..Math.Min(answer.Body.Length, 200)]} instead of {status} {code}"]));

        Refused("A key with one letter changed is none", await Ask(key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), HttpMethod.Get, "partner"), 401, "token_invalid");
        Refused("The key of a partner that has ended is none", await Ask(ended, HttpMethod.Get, "partner"), 401, "token_invalid");
        Refused("A key does nothing beyond its scope", await Ask(narrow, HttpMethod.Post, "partner/wishes", Wish("s"), "s"), 403, "scope_missing");
        Refused("A partner gets in nowhere else", await Ask(key, HttpMethod.Get, "orders"), 403, "role_not_allowed");
        Refused("A key does nothing beyond its sites", await Ask(key, HttpMethod.Post, "partner/wishes", Wish("t", "sit_00000000000000000000000000"), "t"), 404, "site_unknown");
        Refused("Without an Idempotency-Key nothing is done", await Ask(key, HttpMethod.Post, "partner/wishes", Wish("u")), 400, "idempotency_key_needed");
        Refused("A key that was used for something else is refused", await Ask(key, HttpMethod.Post, "partner/wishes", Wish("v"), "once"), 422, "idempotency_key_reused");
        var huge = new StringContent($$"""{"reference":"huge","words":"{{new string('x', 10_000_000)}}"}""", Encoding.UTF8, "application/json");
        Refused("Ten megabytes are refused", await Ask(key, HttpMethod.Post, "partner/wishes", huge, "huge"), 413, "body_too_large");
        var cursor = (await Ask(key, HttpMethod.Get, "changes")).Yes().Text("next");
        Refused("A cursor of another list is refused", await Ask(key, HttpMethod.Get, $"me/wishes?cursor={Uri.EscapeDataString(cursor)}"), 400, "cursor_invalid");
        Refused(
            "A webhook does not call just anything", await Ask(key, HttpMethod.Post, "partner/webhooks", JsonContent.Create(new { url = "ftp://hooks.example.org/", types = new[] { "*" } }), "w"),
            400, "webhook_url_wrong");
        // A minute may end in between: then the next five are granted, and the one after them is not.
        var quick = new List<Reply>();
        for (var i = 0; i < 11; i++)
        {
            quick.Add(await Ask(hasty, HttpMethod.Get, "partner"));
        }

        Refused("More than was agreed on in a minute is put off", quick.FirstOrDefault(answer => !answer.IsYes) ?? quick[^1], 429, "rate_limited");
        return verdicts;
    }
}
