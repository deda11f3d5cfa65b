using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Matching.Api.Tests;

/// <summary>A database of a test's own that is not a SQLite file of the service's own.</summary>
public interface ILentDatabase : IDisposable
{
    /// <summary>What the service is told of it.</summary>
    IEnumerable<(string Key, string Value)> Settings { get; }

    /// <summary>The SQLite file in which its rows lie after all; null: in no file.</summary>
    string? File { get; }
}

/// <summary>
/// The whole service on a SQLite file of its own, or on what is lent. Its jobs run when a test says so (<see cref="SettleAsync"/>), its field clock stands where a test puts it
/// (<see cref="AtAsync"/>), and its machine clock moves when a test moves it.
/// </summary>
public sealed class Service : WebApplicationFactory<Program>
{
    /// <summary>A Friday morning in Zhangjiajie, outside quiet hours.</summary>
    public static readonly DateTimeOffset Friday = new(2026, 5, 8, 9, 0, 0, TimeSpan.FromHours(8));

    private readonly string _folder = Directory.CreateTempSubdirectory("matching-").FullName;
    private readonly Dictionary<string, string> _settings;
    private readonly ILentDatabase? _lent;

    public Service(params (string Key, string Value)[] settings)
    {
        _settings = settings.ToDictionary(setting => setting.Key, setting => setting.Value);
        _lent = _settings.ContainsKey("Database:File") || _settings.ContainsKey("Database:ConnectionString") ? null : Lend?.Invoke();
    }

    /// <summary>Where each service keeps its rows, in a run that does not keep them in SQLite files.</summary>
    internal static Func<ILentDatabase>? Lend { get; set; }

    public MovableClock Machine { get; } = new();

    /// <summary>Keeps every line of the log, when a test wants to read it.</summary>
    public ILoggerProvider? Log { get; init; }

    public string DatabaseFile => _lent is null ? Path.Combine(_folder, "matching.db") : _lent.File ?? throw new IgnoreException("It looks into a file, and these rows lie in none.");

    /// <summary>Settings for a second process on the same rows.</summary>
    public (string Key, string Value)[] Shared => [.. _lent?.Settings ?? [("Database:File", DatabaseFile)]];

    public Database Database => Services.GetRequiredService<Database>();

    public Ids Ids => Services.GetRequiredService<Ids>();

    /// <summary>Starts the service with its field clock standing at <see cref="Friday"/>.</summary>
    public static async Task<Service> StartAsync(params (string Key, string Value)[] settings)
    {
        var service = new Service(settings);
        await service.AtAsync(Friday);
        return service;
    }

    public Task AtAsync(DateTimeOffset instant) =>
        Services.GetRequiredService<FieldClock>().SetAsync(Database, instant, CancellationToken.None);

    /// <summary>Moves the field clock and does all that became due on the way, due-date by due-date, as it would have happened.</summary>
    public async Task UntilAsync(DateTimeOffset instant)
    {
        var due = Services.GetRequiredService<Api.Development.DueStore>();
        await SettleAsync();
        while (await due.NextAsync() is { } next && next <= instant)
        {
            var now = Services.GetRequiredService<FieldClock>().GetUtcNow();
            await AtAsync(next > now ? next : now);
            if (await SettleAsync() == 0)
            {
                Assert.Fail($"Something is due at {next:O} and no job takes it.");
            }
        }

        await AtAsync(instant);
        await SettleAsync();
    }

    /// <summary>Runs the jobs until nothing is due at the field clock's time.</summary>
    public Task<int> SettleAsync() => Services.GetRequiredService<JobRunner>().RunAllUntilQuietAsync(CancellationToken.None);

    /// <summary>A client that is signed in under a hat.</summary>
    public HttpClient As(Hat hat)
    {
        var (token, _) = Services.GetRequiredService<Tokens>().Issue(hat.AccountId, hat.Id, Ids.Next(IdKind.Session));
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }

    public HttpClient AsNobody()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Database:File", Path.Combine(_folder, "matching.db"));
        foreach (var (key, value) in _lent?.Settings ?? [])
        {
            builder.UseSetting(key, value);
        }

        builder.UseSetting("Jobs:Run", "false");
        builder.UseSetting("Demonstration:Seed", "false");
        builder.UseSetting("Messages:Carry", "false");
        builder.UseSetting("Messages:SmsFile", Path.Combine(_folder, "sms.jsonl"));
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(new MachineClock(Machine));
            services.AddSingleton<IStartupFilter, Declared.Filter>();
            if (Log is not null)
            {
                services.AddSingleton(Log);
            }
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _lent?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The machine's clock as a test moves it; it starts at the real time, because tokens are checked against that.</summary>
public sealed class MovableClock : TimeProvider
{
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow() + _ahead;

    public void Move(TimeSpan by) => _ahead += by;
}

/// <summary>One role of one account.</summary>
public sealed record Hat(Id Id, Id AccountId, Role Role, Id? SiteId, Id? SubjectId);

/// <summary>Short ways to ask over HTTP.</summary>
public static class Asking
{
    public static async Task<Answer> AskAsync(this HttpClient client, HttpMethod method, string address, object? body = null, string? key = null, int? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, address.StartsWith('/') ? "/api/v1" + address : address);
        if (body is not null)
        {
            request.Content = body is HttpContent content ? content : JsonContent.Create(body);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (ifMatch is { } version)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"v{version}\"");
        }

        using var response = await client.SendAsync(request);
        Assert.That(response.Headers.TryGetValues(Declared.Header, out var undeclared) ? undeclared : [], Is.Empty, "Answered, and not in Refuses(…)");
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.Contains("json") == true;
        return new Answer((int)response.StatusCode, isJson && text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject(), text, response.Headers.ToDictionary(
            header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    public static Task<Answer> PostAsync(this HttpClient client, string address, object? body, string? key = null) =>
        client.AskAsync(HttpMethod.Post, address, body ?? new { }, key);

    public static Task<Answer> ReadAsync(this HttpClient client, string address) => client.AskAsync(HttpMethod.Get, address);
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, JsonNode Json, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The refusal's code; null for a yes.</summary>
    public string? Code => Status >= 400 ? (string?)Json["code"] : null;

    public JsonNode? this[string name] => Json[name];

    /// <summary>The answer itself, once it is known to be a yes.</summary>
    public Answer Yes()
    {
        Assert.That(Status, Is.InRange(200, 299), Text);
        return this;
    }
}
