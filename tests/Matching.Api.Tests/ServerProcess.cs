using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Matching.Api.Tests;

/// <summary>The service as a process of its own, outside of Development, on a port of its own.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly HttpClient _client;

    public ServerProcess(string folder, params (string Name, string Value)[] settings)
        : this(folder, [], settings)
    {
    }

    /// <summary>The same with something on its command line: what it shall do instead of serving.</summary>
    public ServerProcess(string folder, string[] command, params (string Name, string Value)[] settings)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        _client = new HttpClient { BaseAddress = new Uri(url) };
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Matching.Api.dll"), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in Settings(url, folder).Concat(settings))
        {
            start.Environment[name.Replace(":", "__")] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ExitCode => _process.ExitCode;

    public HttpClient Client => _client;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Settings of a service that is nobody's demonstration.</summary>
    public static (string Name, string Value)[] Settings(string url, string folder) =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("Urls", url),
        ("Database:File", Path.Combine(folder, "matching.db")),
        ("Tokens:Keys:0:Id", "t1"),
        ("Tokens:Keys:0:Secret", "0123456789abcdef0123456789abcdef"),
        ("Vault:Keys:0:Id", "v1"),
        ("Vault:Keys:0:Secret", Convert.ToBase64String(new byte[32])),
        ("Vault:LookupKey", Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray())),
    ];

    public async Task ReadyAsync()
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                using var answer = await _client.GetAsync("/health/ready", giveUp.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                Assert.That(_process.HasExited, Is.False, Output);
            }

            await Task.Delay(100, giveUp.Token);
        }
    }

    /// <summary>SIGTERM, as a service host sends it.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        kill.WaitForExit();
    }

    public async Task ExitAsync()
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process.WaitForExitAsync(giveUp.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _client.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
