using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Matching.Replay;

/// <summary>A server of its own: a process on a database in a given folder, which can be killed and started again.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    public const string DatabaseName = "matching.db";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly int _number;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _server;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Process? _process;

    /// <param name="number">Which of several on the folder's database.</param>
    /// <param name="settings">Beside those that let a whole town sign in from one address.</param>
    /// <param name="server">The program; the one beside this by itself.</param>
    public ServerProcess(string folder, int number, IReadOnlyDictionary<string, string> settings, string? server = null)
    {
        (_folder, _number, _settings, _server) = (folder, number, settings, server ?? Path.Combine(AppContext.BaseDirectory, "Matching.Api.dll"));
        Url = new Uri($"http://127.0.0.1:{FreePort()}");
        // Interrupted: nobody would end it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _process?.Kill(entireProcessTree: true);
    }

    public Uri Url { get; }

    /// <summary>What it has worked so far, over all cores.</summary>
    public TimeSpan ProcessorTime => _process!.TotalProcessorTime;

    public string LogFile => Path.Combine(_folder, $"server-{_number}.log");

    /// <summary>As a power cut would: no signal that could be caught, no time to finish. Then a start.</summary>
    public async Task KillAndStartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await KillAsync();
            await StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Comes back when the server is not being started anew.</summary>
    public async Task ReadyAsync()
    {
        await _gate.WaitAsync();
        _gate.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _gate.Dispose();
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(_server)),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.GetFullPath(_server));
        foreach (var (name, value) in Settings().Concat(_settings))
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        var log = TextWriter.Synchronized(new StreamWriter(LogFile, append: true) { AutoFlush = true });
        _process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        _process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await AnswersAsync(_process);
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["Urls"] = Url.ToString(),
        ["Database__File"] = Path.Combine(_folder, DatabaseName),
        ["FieldClock__Memory"] = "00:00:00.2",
        ["Demonstration__Seed"] = "false",
        ["Messages__Carry"] = "false",
        // A town signs in from one address within a minute.
        ["Codes__PhonePause"] = "00:00:00",
        ["Codes__PhonePerDay"] = "1000000",
        ["Codes__AddressPause"] = "00:00:00",
        ["Codes__AddressPerDay"] = "1000000",
        ["Logging__LogLevel__Default"] = "Warning",
        // Code that watches itself to be made faster later: a process that lives for minutes, or is killed, has only the cost.
        ["DOTNET_TieredPGO"] = "0",
    };

    private async Task AnswersAsync(Process process)
    {
        using var client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < StartsWithin)
        {
            if (process.HasExited)
            {
                break;
            }

            try
            {
                using var answer = await client.GetAsync("/api/v1/development/clock");
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
            {
                // Not yet.
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"The server does not answer; its last words:\n{string.Join('\n', System.IO.File.ReadLines(LogFile).TakeLast(20))}");
    }

    private async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
