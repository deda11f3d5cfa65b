using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Messages;

/// <summary>Whoever brings short messages to phones.</summary>
public interface ISmsCarrier
{
    /// <summary>Sends one; with the same id it may come twice, and a good carrier sends it once.</summary>
    Task<Carried> SendAsync(Id id, PhoneNumber phone, string text, CancellationToken ct);
}

/// <summary>What a carrier says.</summary>
public enum Carried
{
    Sent,

    /// <summary>Not now.</summary>
    Later,

    /// <summary>It will not go through by trying again.</summary>
    Failed,
}

/// <summary>Writes short messages into a file, a line each, for whoever tries things out or has no carrier yet.</summary>
public sealed partial class FileSmsCarrier : ISmsCarrier, IDisposable
{
    private readonly string _file;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1, 1);

    public FileSmsCarrier(MessageSettings settings, DatabaseSettings database, IHostEnvironment environment, TimeProvider clock, ILogger<FileSmsCarrier> log)
    {
        _file = Path.GetFullPath(settings.SmsFile, Path.GetDirectoryName(database.File)!);
        _clock = clock;
        if (!environment.IsDevelopment())
        {
            LogNoCarrier(log);
        }
    }

    public async Task<Carried> SendAsync(Id id, PhoneNumber phone, string text, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            await File.AppendAllTextAsync(_file, JsonSerializer.Serialize(new { id, at = _clock.GetUtcNow(), phone = phone.Text, text }, Wire.Json) + "\n", ct);
            return Carried.Sent;
        }
        catch (IOException)
        {
            return Carried.Later;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "No carrier of short messages is set (Messages:SmsUrl): they go into a file, and reach nobody.")]
    private static partial void LogNoCarrier(ILogger log);
}

/// <summary>Hands short messages to a carrier's door over HTTP.</summary>
public sealed class HttpSmsCarrier : ISmsCarrier, IDisposable
{
    private readonly HttpClient _client;
    private readonly string _url;

    public HttpSmsCarrier(MessageSettings settings)
    {
        _url = settings.SmsUrl!;
        // A phone and its message go nowhere but to the address that was set.
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, AllowAutoRedirect = false }) { Timeout = settings.Timeout };
        if (settings.SmsKey is { } key)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public async Task<Carried> SendAsync(Id id, PhoneNumber phone, string text, CancellationToken ct)
    {
        try
        {
            using var response = await _client.PostAsJsonAsync(_url, new { id = id.ToString(), phone = phone.Text, text }, ct);
            return (int)response.StatusCode switch
            {
                >= 200 and < 300 => Carried.Sent,
                408 or 429 or >= 500 => Carried.Later,
                _ => Carried.Failed,
            };
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Carried.Later;
        }
    }

    public void Dispose() => _client.Dispose();
}
