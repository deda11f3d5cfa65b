using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Matching.Replay.Playing;
using Matching.TestPartner.Town;

namespace Matching.TestPartner.Partner;

/// <summary>
/// A 12345 hotline as a partner: it hands in what people want, hears of what becomes of it in three ways at once (by asking, by a stream, by being called), keeps a book
/// of each, and acts on what it hears first, whichever way that was.
/// </summary>
public sealed class Hotline : IAsyncDisposable
{
    private const int HandsInAtOnce = 8;
    private const int ActsAtOnce = 4;

    // A deed may come too late: somebody else, or the clock, was first.
    private static readonly HashSet<string> TooLate = ["wish_state_wrong", "wish_in_service", "order_state_wrong", "wish_appealed_before"];

    private readonly Line _line;
    private readonly Place _place;
    private readonly Chance _chance;
    private readonly Channel<Event> _toDo = Channel.CreateUnbounded<Event>();
    private readonly ConcurrentDictionary<string, byte> _acted = new();
    private readonly ConcurrentDictionary<string, Case> _byWish = new();
    private readonly ConcurrentQueue<string> _unexpected = new();
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _running = [];
    private long _lastHeard = Stopwatch.GetTimestamp();
    private int _busy;
    private string _webhookId = "";

    private Hotline(Line line, Place place, Chance chance, bool isCareless)
    {
        (_line, _place, _chance) = (line, place, chance);
        Asked = new Book("by asking", isCareless);
        Streamed = new Book("by a stream", isCareless);
        Called = new Book("by being called", isCareless);
    }

    public Line Line => _line;

    public Book Asked { get; }

    public Book Streamed { get; }

    public Book Called { get; }

    public Receiver Receiver { get; private set; } = null!;

    public List<Case> Cases { get; } = [];

    /// <summary>Times that the stream was opened.</summary>
    public int StreamsOpened { get; private set; }

    /// <summary>Times that a wish was handed in again, as by another clerk, and found.</summary>
    public int Found => _found;

    /// <summary>Deeds of which the service said yes, by name.</summary>
    public ConcurrentDictionary<string, ConcurrentBag<string>> Done { get; } = new();

    /// <summary>Deeds that came too late.</summary>
    public int Late => _late;

    /// <summary>Answers that the documentation had not led us to expect.</summary>
    public IReadOnlyCollection<string> Unexpected => _unexpected;

    private int _found;
    private int _late;

    /// <param name="to">Where the service is, as seen from here: through the bad line.</param>
    public static async Task<Hotline> OpenAsync(Uri to, string key, Place place, Chance chance, bool isCareless)
    {
        var hotline = new Hotline(new Line(to, key, isCareless), place, chance, isCareless);
        hotline.Receiver = await Receiver.StartAsync(hotline.Called, hotline.Hear);
        return hotline;
    }

    /// <summary>From now on it hears of everything. First the cursor, then everything else, so that nothing falls between.</summary>
    public async Task ListenAsync(string webhookId)
    {
        _webhookId = webhookId;
        var cursor = (await _line.GetAsync("changes")).Yes().Text("next");
        _running.Add(AskAsync(cursor));
        _running.Add(FollowStreamAsync(cursor));
        _running.AddRange(Enumerable.Range(0, ActsAtOnce).Select(_ => ActAsync()));
    }

    /// <summary>Hands in so many more cases, several at once, and some of them twice.</summary>
    public async Task HandInAsync(IReadOnlyList<DateTimeOffset> slots, int count)
    {
        var fresh = Enumerable.Range(Cases.Count, count).Select(number => new Case(
            $"12345-{number:00000}", $"R-{number / 2:00000}", $"第 {number} 件：请人来帮忙", _chance.Is($"{number} is a lamp", 0.6), slots[number % slots.Count])).ToList();
        Cases.AddRange(fresh);
        var calls = fresh.Concat(fresh.Where(one => _chance.Is(one.Reference + " is put twice", 0.1)));
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = HandsInAtOnce }, async (one, _) => await HandInAsync(one));
    }

    /// <summary>Comes back when nothing has been heard for a while and there is nothing to do.</summary>
    public async Task RestAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15)
            && (Volatile.Read(ref _busy) > 0 || _toDo.Reader.Count > 0 || Stopwatch.GetElapsedTime(Volatile.Read(ref _lastHeard)) < TimeSpan.FromMilliseconds(300)))
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Comes back when each of the three ways has told as much as the others and no delivery waits; null, or what was still missing after that time.</summary>
    public async Task<string?> CatchUpAsync(TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            await RestAsync();
            var waiting = (await _line.GetAsync($"partner/webhooks/{_webhookId}/deliveries?state=waiting&take=1")).Yes().Items.Select(one => one.GetRawText()).FirstOrDefault();
            if (waiting is null && Asked.Taken == Called.Taken && Asked.Taken == Streamed.Taken)
            {
                return null;
            }

            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                return $"after {patience.TotalSeconds:0} s {Asked.Taken} changes were heard by asking, {Streamed.Taken} by the stream, {Called.Taken} by being called"
                    + (waiting is null ? "" : $", and there waits {waiting}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Has deliveries that were taken sent once more.</summary>
    public async Task RedeliverAsync(int count)
    {
        foreach (var delivery in (await _line.GetAsync($"partner/webhooks/{_webhookId}/deliveries?state=delivered&take={count}")).Yes().Items)
        {
            Expect("redeliver", (await _line.PostAsync($"partner/webhooks/{_webhookId}/deliveries/{delivery.GetProperty("id").GetString()}/redeliver")), _webhookId);
        }

        Expect("test", await _line.PostAsync($"partner/webhooks/{_webhookId}/test"), _webhookId);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _toDo.Writer.TryComplete();
        await Task.WhenAll(_running);
        await Receiver.DisposeAsync();
        _line.Dispose();
        _over.Dispose();
    }

    private async Task HandInAsync(Case one)
    {
        var answer = await _line.PostAsync("partner/wishes", new
        {
            reference = one.Reference,
            words = one.Words,
            window = new { start = one.Start, end = one.Start.AddHours(2) },
            menuItemId = one.IsLamp ? _place.LampItemId : null,
            resident = new { name = "陶小满", siteId = _place.StationId, reference = one.ResidentReference, phone = "13900000001", address = "和平街 3 号" },
        });
        if (!answer.IsYes)
        {
            Note("hand in", answer);
            return;
        }

        var wishId = answer.Text("id");
        if (!one.Is(wishId))
        {
            _unexpected.Enqueue($"{one.Reference} is {one.WishId} and {wishId}");
        }

        _byWish[wishId] = one;
        Interlocked.Add(ref _found, answer.Json.GetProperty("found").GetBoolean() ? 1 : 0);
    }

    private void Hear(Event heard)
    {
        Volatile.Write(ref _lastHeard, Stopwatch.GetTimestamp());
        foreach (var (wishId, reference) in heard.References)
        {
            // A call may be quicker than the answer to the POST that caused it.
            if (_byWish.TryGetValue(wishId, out var known) && known.Reference != reference)
            {
                _unexpected.Enqueue($"{heard.Type} says that {wishId} is {reference}; it is {known.Reference}");
            }
        }

        if (_acted.TryAdd(heard.Id, 0))
        {
            _toDo.Writer.TryWrite(heard);
        }
    }

    private async Task ActAsync()
    {
        await foreach (var heard in _toDo.Reader.ReadAllAsync())
        {
            Interlocked.Increment(ref _busy);
            try
            {
                await ActAsync(heard);
            }
            finally
            {
                Interlocked.Decrement(ref _busy);
            }
        }
    }

    private async Task ActAsync(Event heard)
    {
        // What luck says is about the case, not about an id, which is another in every run.
        var about = heard.WishIds.Count > 0 && _byWish.TryGetValue(heard.WishIds[0], out var known) ? known.Reference : heard.Subject;
        switch (heard.Type)
        {
            case "wish.needsInfo":
                Expect("answer", await _line.PostAsync($"wishes/{heard.Subject}/answer", new { answer = "三楼，有电梯" }), heard.Subject);
                break;
            case "wish.rejected" when _chance.Is(about + " is appealed", 0.5):
                Expect("appeal", await _line.PostAsync($"wishes/{heard.Subject}/appeal"), heard.Subject);
                break;
            case "wish.ordered" when _chance.Is(about + " is taken back", 0.1):
                Expect("withdraw", await _line.PostAsync($"wishes/{heard.Subject}/withdraw", new { reason = "自己修好了" }), heard.Subject);
                break;
            case "order.awaitingConfirmation" when _chance.Of(about + " went so") is var went && went < 0.9:
                Expect(
                    went < 0.75 ? "confirm" : "dispute",
                    went < 0.75 ? await _line.PostAsync($"orders/{heard.Subject}/confirm", new { how = "phone" })
                        : await _line.PostAsync($"orders/{heard.Subject}/dispute", new { reason = "只来了十分钟" }),
                    heard.Subject);
                break;
        }
    }

    private void Expect(string deed, Reply answer, string about)
    {
        if (answer.IsYes)
        {
            Done.GetOrAdd(deed, _ => []).Add(about);
        }
        else if (TooLate.Contains(answer.Code ?? ""))
        {
            Interlocked.Increment(ref _late);
        }
        else
        {
            Note(deed, answer);
        }
    }

    private void Note(string deed, Reply answer) => _unexpected.Enqueue($"{deed}: {answer.Status} {answer.Code} {answer.Body}");

    private async Task AskAsync(string cursor)
    {
        try
        {
            while (true)
            {
                var answer = (await _line.GetAsync($"changes?after={Uri.EscapeDataString(cursor)}&wait=20", _over.Token)).Yes();
                foreach (var change in answer.Items)
                {
                    Take(Asked, change);
                }

                cursor = answer.Text("next");
            }
        }
        catch (OperationCanceledException)
        {
            // The days are over.
        }
    }

    private async Task FollowStreamAsync(string lastId)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var response = await _line.StreamAsync(lastId, _over.Token);
                using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(_over.Token));
                StreamsOpened++;
                await ReadStreamAsync(reader, id => lastId = id);
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
            {
                // It broke off: on from the last id that was heard whole.
                await Task.Delay(20);
            }
        }
    }

    private async Task ReadStreamAsync(StreamReader reader, Action<string> heardUpTo)
    {
        string? id = null, data = null;
        while (await reader.ReadLineAsync(_over.Token) is { } line)
        {
            if (line.Length == 0)
            {
                // Only what has come to its empty line has come.
                if (data is not null)
                {
                    using var change = JsonDocument.Parse(data);
                    Take(Streamed, change.RootElement);
                }

                if (id is not null)
                {
                    heardUpTo(id);
                }

                data = null;
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line["id: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line["data: ".Length..];
            }
        }
    }

    private void Take(Book book, JsonElement change)
    {
        var heard = Event.OfChange(change);
        if (book.Take(heard))
        {
            Hear(heard);
        }
    }
}
