using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Matching.Api.Tests.Board.Browser;

/// <summary>A real browser without a window, spoken to in the few words of its DevTools protocol that these tests need.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _answers = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonNode>> _listeners = new();
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Where the browser lies on this machine; null when there is none.</summary>
    public static string? Found { get; } = (
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        from name in new[] { "chromium", "chromium-browser", "google-chrome" }
        let file = Path.Combine(folder, name)
        where File.Exists(file)
        select file).FirstOrDefault();

    /// <summary>A browser; where there is none the test is skipped and says so.</summary>
    public static async Task<Chromium> StartAsync()
    {
        if (Found is null)
        {
            Assert.Ignore("There is no chromium on this machine; apt-get install chromium.");
        }

        var profile = Directory.CreateTempSubdirectory("board-browser-").FullName;
        var process = Process.Start(new ProcessStartInfo(Found!)
        {
            RedirectStandardError = true,
            // Everything happens on loopback, in a profile that is thrown away; the sandbox wants rights that a container does not give.
            ArgumentList =
            {
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--lang=zh-CN", "--remote-debugging-port=0",
                $"--user-data-dir={profile}", "about:blank",
            },
        })!;
        var browser = new Chromium(process, profile);
        await browser.ConnectAsync();
        return browser;
    }

    /// <summary>A page with cookies of its own, as of another person at another desk.</summary>
    public async Task<Tab> OpenAsync(string address, int width = 1280, int height = 800)
    {
        var context = await AskAsync(null, "Target.createBrowserContext");
        var target = await AskAsync(null, "Target.createTarget", new JsonObject { ["url"] = "about:blank", ["browserContextId"] = (string?)context["browserContextId"] });
        var session = await AskAsync(null, "Target.attachToTarget", new JsonObject { ["targetId"] = (string?)target["targetId"], ["flatten"] = true });
        var tab = new Tab(this, (string)session["sessionId"]!, address);
        _listeners[tab.Session] = tab.Heard;
        foreach (var domain in new[] { "Page.enable", "Runtime.enable", "Log.enable", "Network.enable" })
        {
            await AskAsync(tab.Session, domain);
        }

        await tab.SizeAsync(width, height);
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _socket.Dispose();
        _process.Dispose();
        _end.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser's that is just dying wrote once more; the folder is a temporary one.
        }
    }

    internal async Task<JsonNode> AskAsync(string? session, string method, JsonObject? parameters = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? new JsonObject() };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        await _sending.WaitAsync(_end.Token);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, _end.Token);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60), _end.Token);
    }

    private async Task ConnectAsync()
    {
        const string Says = "DevTools listening on ";
        while (await _process.StandardError.ReadLineAsync(_end.Token) is { } line)
        {
            if (line.StartsWith(Says, StringComparison.Ordinal))
            {
                await _socket.ConnectAsync(new Uri(line[Says.Length..]), _end.Token);
                // Read on, or a full pipe stops the browser.
                _ = _process.StandardError.ReadToEndAsync(_end.Token);
                _reading = ReadAsync();
                return;
            }
        }

        throw new InvalidOperationException("The browser ended before it listened.");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Hear(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException)
        {
            foreach (var waiting in _answers.Values)
            {
                waiting.TrySetCanceled();
            }
        }
    }

    private void Hear(JsonNode message)
    {
        if ((int?)message["id"] is { } id)
        {
            if (_answers.TryRemove(id, out var waiting))
            {
                if (message["error"] is { } error)
                {
                    waiting.TrySetException(new InvalidOperationException(error.ToJsonString()));
                }
                else
                {
                    waiting.TrySetResult(message["result"] ?? new JsonObject());
                }
            }
        }
        else if ((string?)message["sessionId"] is { } session && _listeners.TryGetValue(session, out var listener))
        {
            listener((string)message["method"]!, message["params"]!);
        }
    }
}

/// <summary>One open page. Selectors are CSS; what a person would do with mouse and keyboard is done in the page.</summary>
public sealed class Tab(Chromium browser, string session, string address)
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private TaskCompletionSource _loaded = New();

    public string Session { get; } = session;

    /// <summary>Errors that scripts, the network and the content policy left in the console.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public Task GoAsync(string page) => LoadAsync(() => browser.AskAsync(Session, "Page.navigate", new JsonObject { ["url"] = address + page }));

    /// <summary>Presses what leads to another page, and waits for that page.</summary>
    public Task FollowAsync(string selector) => LoadAsync(() => EvaluateAsync($"{One(selector)}.click()"));

    /// <summary>Presses what stays on the page.</summary>
    public Task ClickAsync(string selector) => EvaluateAsync($"{One(selector)}.click()");

    /// <summary>Writes into a field.</summary>
    public Task FillAsync(string selector, string value) => EvaluateAsync(
        $"(field => {{ field.focus(); field.value = {JsonSerializer.Serialize(value)}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})({One(selector)})");

    /// <summary>A key on the keyboard, with what the browser itself does at it: Tab goes on, Space presses, an arrow chooses.</summary>
    public async Task PressAsync(string key, bool shift = false)
    {
        var (code, number, text) = key switch
        {
            "Tab" => ("Tab", 9, null),
            "Enter" => ("Enter", 13, "\r"),
            " " => ("Space", 32, " "),
            "ArrowUp" => ("ArrowUp", 38, null),
            "ArrowDown" => ("ArrowDown", 40, (string?)null),
            _ => ("Key" + key.ToUpperInvariant(), char.ToUpperInvariant(key[0]), key),
        };
        foreach (var type in new[] { text is null ? "rawKeyDown" : "keyDown", "keyUp" })
        {
            var stroke = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number, ["modifiers"] = shift ? 8 : 0 };
            if (type == "keyDown")
            {
                stroke["text"] = text;
            }

            await browser.AskAsync(Session, "Input.dispatchKeyEvent", stroke);
        }
    }

    /// <summary>Writes where the cursor stands, as an input method does.</summary>
    public Task TypeAsync(string text) => browser.AskAsync(Session, "Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>A key that leads to another page.</summary>
    public Task PressToLeaveAsync(string key) => LoadAsync(() => PressAsync(key));

    public async Task<string> TextAsync(string selector = "body") => (string?)await EvaluateAsync($"{One(selector)}.innerText") ?? "";

    public async Task<string> AddressAsync() => ((string)(await EvaluateAsync("location.href"))!)[address.Length..];

    /// <summary>Waits, without loading anything, until a part of the page says this.</summary>
    public async Task<string> UntilSaysAsync(string selector, string text) => (string)(await EvaluateAsync(
        $$"""
        new Promise(done => {
            const said = () => document.querySelector({{JsonSerializer.Serialize(selector)}})?.innerText.includes({{JsonSerializer.Serialize(text)}});
            const late = setTimeout(() => done('never: ' + document.querySelector({{JsonSerializer.Serialize(selector)}})?.innerText), 20000);
            const look = () => { if (said()) { clearTimeout(late); watch.disconnect(); done('said'); } };
            const watch = new MutationObserver(look);
            watch.observe(document.body, { childList: true, subtree: true, characterData: true });
            look();
        })
        """))!;

    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var answer = await browser.AskAsync(
            Session, "Runtime.evaluate", new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true, ["userGesture"] = true });
        Assert.That(answer["exceptionDetails"]?.ToJsonString(), Is.Null, script);
        return answer["result"]?["value"];
    }

    public Task SizeAsync(int width, int height) => browser.AskAsync(
        Session, "Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });

    public Task DarkAsync(bool dark) => browser.AskAsync(Session, "Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
    });

    public Task LanguageAsync(string language) =>
        browser.AskAsync(Session, "Network.setExtraHTTPHeaders", new JsonObject { ["headers"] = new JsonObject { ["Accept-Language"] = language } });

    /// <summary>The page from top to bottom, as a PNG.</summary>
    public async Task<byte[]> PictureAsync()
    {
        var size = (await browser.AskAsync(Session, "Page.getLayoutMetrics"))["cssContentSize"]!;
        var picture = await browser.AskAsync(Session, "Page.captureScreenshot", new JsonObject
        {
            ["captureBeyondViewport"] = true,
            ["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = (double)size["width"]!, ["height"] = Math.Min(3000, (double)size["height"]!), ["scale"] = 1 },
        });
        return Convert.FromBase64String((string)picture["data"]!);
    }

    internal void Heard(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Page.javascriptDialogOpening":
                // "Are you sure?" – yes.
                _ = browser.AskAsync(Session, "Page.handleJavaScriptDialog", new JsonObject { ["accept"] = true });
                break;
            case "Runtime.exceptionThrown":
                _complaints.Enqueue(parameters.ToJsonString());
                break;
            case "Log.entryAdded" when parameters["entry"]!["level"]!.ToString() == "error":
                _complaints.Enqueue(parameters.ToJsonString());
                break;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The element, or an error that says what was looked for and where.
    private static string One(string selector)
    {
        var quoted = JsonSerializer.Serialize(selector);
        return $$"""(document.querySelector({{quoted}}) ?? (() => { throw new Error('nothing is ' + {{quoted}} + ' at ' + location.href); })())""";
    }

    private async Task LoadAsync(Func<Task> leave)
    {
        _loaded = New();
        await leave();
        await _loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
