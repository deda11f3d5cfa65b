using System.Text.Json.Nodes;

namespace Matching.Api.Tests.Changes;

/// <summary>A stream of server-sent events as a client reads it.</summary>
public sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream stream) => (_response, _reader) = (response, new StreamReader(stream));

    /// <summary>What the client would send as Last-Event-ID.</summary>
    public string? LastId { get; private set; }

    /// <summary>Opens the stream, and returns once it has said that it listens.</summary>
    public static async Task<EventStream> OpenAsync(HttpClient client, string? lastId = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/changes" + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/event-stream"));
        var stream = new EventStream(response, await response.Content.ReadAsStreamAsync());
        await stream.BlockAsync();
        return stream;
    }

    /// <summary>The next event's data; null when the stream has ended.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        while (await BlockAsync() is { } block)
        {
            if (block.Data is { } data)
            {
                return JsonNode.Parse(data);
            }
        }

        return null;
    }

    public async Task<List<JsonNode>> TakeAsync(int count)
    {
        var events = new List<JsonNode>();
        while (events.Count < count)
        {
            events.Add(await NextAsync() ?? throw new AssertionException($"The stream ended after {events.Count} of {count}."));
        }

        return events;
    }

    /// <summary>Reads until another id comes; the data that came with it.</summary>
    public async Task<string?> MovesOnAsync()
    {
        var was = LastId;
        while (await BlockAsync() is { } block)
        {
            if (LastId != was)
            {
                return block.Data;
            }
        }

        throw new AssertionException("The stream ended.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    private async Task<(string? Event, string? Data)?> BlockAsync()
    {
        string? name = null, data = null;
        while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            switch (line)
            {
                case "":
                    return (name, data);
                case ['i', 'd', ':', ' ', .. var id]:
                    LastId = id;
                    break;
                case ['e', 'v', 'e', 'n', 't', ':', ' ', .. var text]:
                    name = text;
                    break;
                case ['d', 'a', 't', 'a', ':', ' ', .. var text]:
                    data = text;
                    break;
            }
        }

        return null;
    }
}
