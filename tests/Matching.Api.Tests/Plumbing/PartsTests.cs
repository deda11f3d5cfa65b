using System.Text;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Writes that are too long for one transaction.</summary>
public class PartsTests
{
    private Service _service = null!;

    [OneTimeSetUp]
    public async Task Start() => _service = await Service.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_request_that_broke_off_goes_on_after_the_parts_that_were_done()
    {
        var written = new List<int>();
        Assert.That(async () => await WriteAsync("k1", "body", written, breakAt: 120), Throws.InvalidOperationException);
        Assert.That(written, Is.EqualTo(Enumerable.Range(0, 120)));

        written.Clear();
        var again = await WriteAsync("k1", "body", written);
        Assert.That(written, Is.EqualTo(Enumerable.Range(100, 50)));
        Assert.That(again.Value, Is.EqualTo(Enumerable.Range(0, 150).Select(i => i * 2)));

        written.Clear();
        Assert.That((await WriteAsync("k1", "body", written)).Value, Is.EqualTo(again.Value));
        Assert.That(written, Is.Empty);
    }

    [Test]
    public async Task Another_request_does_not_go_on_where_this_one_broke_off()
    {
        var written = new List<int>();
        Assert.That(async () => await WriteAsync("k2", "body", written, breakAt: 70), Throws.InvalidOperationException);

        written.Clear();
        Assert.That((await WriteAsync("k2", "another body", written)).Refusal, Is.EqualTo(Refusals.IdempotencyKeyReused));
        Assert.That(written, Is.Empty);
        Assert.That((await WriteAsync("k3", "another body", written)).Value, Has.Count.EqualTo(150));
    }

    [Test]
    public async Task What_is_refused_is_not_kept()
    {
        var idempotency = _service.Services.GetRequiredService<Idempotency>();
        idempotency.Begin(Caller.Nobody, "k4", Request(), [], 200);

        var refused = await _service.Database.WritePartAsync<int>(0, _ => Task.FromResult((Outcome<int>)Refusals.SiteUnknown), CancellationToken.None);
        var taken = await _service.Database.WritePartAsync<int>(0, _ => Task.FromResult((Outcome<int>)7), CancellationToken.None);
        var kept = await _service.Database.WritePartAsync<int>(0, _ => Task.FromResult((Outcome<int>)8), CancellationToken.None);

        Assert.That((refused.Refusal, taken.Value, kept.Value), Is.EqualTo((Refusals.SiteUnknown, 7, 7)));
    }

    private async Task<Outcome<List<int>>> WriteAsync(string key, string body, List<int> written, int? breakAt = null)
    {
        _service.Services.GetRequiredService<Idempotency>().Begin(Caller.Nobody, key, Request(), Encoding.UTF8.GetBytes(body), 200);
        return await _service.Database.WriteInPartsAsync(
            0,
            Enumerable.Range(0, 150).ToList(),
            (_, number) =>
            {
                if (number == breakAt)
                {
                    throw new InvalidOperationException("The process died.");
                }

                written.Add(number);
                return Task.FromResult(number * 2);
            },
            CancellationToken.None);
    }

    private static HttpRequest Request() => new DefaultHttpContext { Request = { Method = "POST", Path = "/many" } }.Request;
}
