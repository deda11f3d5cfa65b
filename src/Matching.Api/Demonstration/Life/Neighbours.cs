using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Docs;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Demonstration.Life;

/// <summary>Somebody of the demonstration county under one of her hats.</summary>
public sealed record Neighbour
{
    public Id HatId { get; init; }

    public Id AccountId { get; init; }

    public Role Role { get; init; }

    public Id? SubjectId { get; init; }

    /// <summary>The login that a newcomer uses; most have none.</summary>
    public string? Username { get; init; }
}

/// <summary>Everybody who lives in the county, read once.</summary>
public sealed class NeighbourStore(Database database)
{
    private static readonly Sql<Nothing, Neighbour> All = new(
        """
        SELECT h.id AS hat_id, h.account_id, h.role, h.subject_id, a.username
        FROM hats h JOIN accounts a ON a.id = h.account_id WHERE h.revoked_at IS NULL ORDER BY h.id
        """);

    public Task<List<Neighbour>> AllAsync() => database.ListAsync(All, Nothing.It);
}

/// <summary>How neighbours reach the service: over HTTP, as everybody does.</summary>
[Shared]
public sealed class NeighbourLine(Tokens tokens, Ids ids) : IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>Where the service listens.</summary>
    public string Host { get; set; } = "";

    /// <summary>What was answered; null where the answer was no. People shrug and go on.</summary>
    /// <param name="who">Null: nobody who is signed in.</param>
    public async Task<JsonElement?> AskAsync(Neighbour? who, HttpMethod verb, string address, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(verb, $"{Host}{DocsPart.Prefix}{address}");
        if (who is not null)
        {
            var (token, _) = tokens.Issue(who.AccountId, who.HatId, ids.Next(IdKind.Session));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (verb != HttpMethod.Get)
        {
            request.Content = JsonContent.Create(body ?? new { });
        }

        using var answer = await _http.SendAsync(request, ct);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            return null;
        }

        using var read = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
        return read.RootElement.Clone();
    }

    public Task<JsonElement?> ReadAsync(Neighbour? who, string address, CancellationToken ct) => AskAsync(who, HttpMethod.Get, address, null, ct);

    public Task<JsonElement?> DoAsync(Neighbour? who, string address, object? body, CancellationToken ct) => AskAsync(who, HttpMethod.Post, address, body, ct);

    public void Dispose() => _http.Dispose();
}
