namespace Matching.Replay;

/// <summary>The servers that a replay starts: one or several, on one empty database in a folder of its own.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Options _options;
    private readonly string _folder = Directory.CreateTempSubdirectory("matching-replay-").FullName;
    private readonly List<ServerProcess> _nodes;

    private Servers(Options options)
    {
        _options = options;
        _nodes = [.. Enumerable.Range(1, options.Nodes).Select(number => new ServerProcess(_folder, number, Settings(options)))];
    }

    public IReadOnlyList<Uri> Urls => _nodes.ConvertAll(node => node.Url);

    public string DatabaseFile => Path.Combine(_folder, ServerProcess.DatabaseName);

    public int Kills { get; private set; }

    /// <summary>All at once, on a database that is not there yet.</summary>
    public static async Task<Servers> StartAsync(Options options)
    {
        var servers = new Servers(options);
        try
        {
            await Task.WhenAll(servers._nodes.Select(node => node.StartAsync()));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a power cut would: no signal that could be caught, no time to finish. Then a start. Each in its turn.</summary>
    public async Task KillNextAndStartAsync()
    {
        var next = _nodes[Kills % _nodes.Count];
        Kills++;
        await next.KillAndStartAsync();
    }

    /// <summary>Comes back when somebody is there to be asked.</summary>
    public Task ReadyAsync() => _nodes is [var only] ? only.ReadyAsync() : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        if (!_options.Keep && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static Dictionary<string, string> Settings(Options options) => new()
    {
        // One moves the clock of all: the others look each time.
        ["FieldClock__Memory"] = options.Nodes > 1 ? "00:00:00" : "00:00:00.2",
        ["Admin__Username"] = options.AdminUser,
        ["Admin__Password"] = options.AdminPassword,
    };
}
