using System.Text.Json;
using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Matching.Api.Demonstration.Life;

/// <summary>
/// The demonstration county with people in it, for whoever wants to watch one work: they wish, curate, are asked, say yes or no or nothing, come, go, confirm and
/// rate, at a field minute a second by day and ten at night. What they do they do over HTTP. The logins of newcomers are left to newcomers, but for the staff.
/// </summary>
public sealed class CountyLife(
    IServer server, IHostApplicationLifetime lifetime, NeighbourStore store, NeighbourLine line, FieldClock clock, LifeSettings settings, ILogger<CountyLife> log)
    : BackgroundService
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly string[] ReasonsForNo = ["time", "time", "time", "distance", "health", "other"];

    private readonly PriorityQueue<Func<Task>, DateTimeOffset> _plans = new();
    private readonly Random _random = new(20_260_509);
    private readonly Dictionary<string, int> _count = [];
    private List<Neighbour> _all = [];
    private List<(string Id, string Code)> _menu = [];
    private List<string> _residents = [];
    private DateTimeOffset _now;
    private string? _heard;
    private CancellationToken _ct;

    private DateTimeOffset Local => TimeZoneInfo.ConvertTime(_now, Zone);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ct = stoppingToken;
        try
        {
            var started = new TaskCompletionSource();
            lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await MoveInAsync();
            while (true)
            {
                await LiveAsync();
                await Task.Delay(settings.Beat, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Everybody goes home.
        }
        catch (HttpRequestException problem)
        {
            // The service goes down under them; it is theirs to live in, not to keep up.
            log.LogWarning(problem, "The county stands still.");
        }
    }

    private async Task MoveInAsync()
    {
        line.Host = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _all = await store.AllAsync();
        _menu = [.. (await line.ReadAsync(null, "/menu-items?take=100", _ct))!.Value.GetProperty("items").EnumerateArray()
            .Select(item => (item.GetProperty("id").GetString()!, item.GetProperty("code").GetString()!))];
        _residents = [.. (await line.ReadAsync(The(Role.Curator), "/residents?take=100", _ct))!.Value.GetProperty("items").EnumerateArray()
            .Select(resident => resident.GetProperty("id").GetString()!)];

        // Where they were left; else at half past seven in the morning.
        _now = clock.GetUtcNow();
        if (await ReadNoticesAsync(_ => { }) == 0)
        {
            _now = new DateTimeOffset(Local.Date, Local.Offset).AddDays(Local.Hour >= 20 ? 1 : 0).AddHours(7.5);
        }
    }

    /// <summary>One beat: time goes on, what became due is done, people hear of it and do what they meant to do.</summary>
    private async Task LiveAsync()
    {
        var hour = Local.Hour;
        var isNight = hour is >= 21 or < 7;
        _now += isNight ? 10 * settings.Step : settings.Step;
        await line.DoAsync(null, "/development/clock", new { at = _now, settle = true }, _ct);
        await ReadNoticesAsync(Hear);
        while (_plans.TryPeek(out var plan, out var at) && at <= _now)
        {
            _plans.Dequeue();
            await plan();
        }

        if (!isNight && _random.NextDouble() < settings.WishesAnHour * settings.Step.TotalHours)
        {
            await WishAsync();
        }

        if (Local.Hour != hour)
        {
            Console.WriteLine($"  {Local:ddd HH:mm}  {string.Join("  ", _count.Select(count => $"{count.Key} {count.Value}"))}");
        }
    }

    private async Task<int> ReadNoticesAsync(Action<JsonElement> hear)
    {
        var read = 0;
        while (true)
        {
            var page = await line.ReadAsync(null, $"/development/notices?take=1000{(_heard is null ? "" : $"&after={_heard}")}", _ct);
            var items = page!.Value.GetProperty("items").EnumerateArray().ToList();
            foreach (var item in items)
            {
                _heard = item.GetProperty("id").GetString();
                hear(item);
            }

            read += items.Count;
            if (items.Count < 1000)
            {
                return read;
            }
        }
    }

    private void Hear(JsonElement notice)
    {
        var (topic, subject, body) = (notice.GetProperty("topic").GetString(), notice.GetProperty("subjectId").GetString()!, notice.GetProperty("body"));
        var account = Id.ParseOrNone(notice.GetProperty("accountId").GetString()!);
        Neighbour? As(params Role[] roles) => _all.Find(one => one.AccountId == account && roles.Contains(one.Role));
        switch (topic)
        {
            case "offer.sent" when As(Role.Volunteer) is { Username: null } volunteer:
                HearOfOffer(volunteer, body.GetProperty("offerId").GetString()!);
                break;
            case "order.confirmPlease" when As(Role.Resident, Role.Curator) is { } asker && Chance(0.85):
                var orderId = body.GetProperty("orderId").GetString();
                In(5, 240, () => CountAsync("confirmed", asker, $"/orders/{orderId}/confirm", asker.Role == Role.Resident ? new { how = "app" } : new { how = "phone" }));
                break;
            case "hours.verified" when As(Role.Volunteer) is { } volunteer:
                if (Chance(0.7))
                {
                    In(10, 600, () => CountAsync("rated", volunteer, $"/assignments/{subject}/ratings", new { score = Score() }));
                }

                if (Chance(0.6))
                {
                    In(10, 900, () => line.DoAsync(The(Role.Curator), $"/assignments/{subject}/ratings", new { score = Score() }, _ct));
                }

                break;
            case "wish.question" when As(Role.Resident, Role.Curator) is { } asker:
                In(20, 300, () => line.DoAsync(asker, $"/wishes/{subject}/answer", new { answer = "从后门进来就是。" }, _ct));
                break;
            case "order.held" when Chance(0.6):
                In(60, 600, () => CountAsync("unfilled", The(Role.Dispatcher), $"/orders/{subject}/unfilled", new { reason = "近日无合适的志愿者有空。" }));
                break;
        }
    }

    private async Task WishAsync()
    {
        var item = Pick(Chance(0.6) ? _menu.FindAll(one => one.Code.StartsWith("help-", StringComparison.Ordinal)) : _menu);
        var wanted = DemonstrationMenu.Items.Single(one => one.Code == item.Code);
        var start = WhenFor(wanted);
        var own = Chance(0.6) ? Pick(_all.FindAll(one => one is { Role: Role.Resident, Username: null })) : null;
        var asker = own ?? The(Role.Curator);
        var answer = await line.DoAsync(asker, "/wishes", new
        {
            words = WishWords.Of(item.Code, _random),
            menuItemId = item.Id,
            residentId = own is null ? Pick(_residents) : null,
            window = new { start, end = start.AddMinutes(wanted.Minutes + 30) },
        }, _ct);
        if (answer is not { } wish)
        {
            return;
        }

        Count("wishes");
        if (wish.GetProperty("orderIds").GetArrayLength() == 0)
        {
            In(5, 90, () => CurateAsync(wish.GetProperty("id").GetString()!));
        }
    }

    /// <summary>An hour and a half from now at the earliest, by daylight; two in three know when those have time who can do it.</summary>
    private DateTimeOffset WhenFor(DemonstrationMenu.Item wanted)
    {
        var local = Local;
        var start = new DateTimeOffset(local.Year, local.Month, local.Day, _random.Next(8, 18), Chance(0.5) ? 0 : 30, 0, local.Offset).AddDays(Chance(0.4) ? 0 : _random.Next(1, 5));
        while (start < _now.AddMinutes(90))
        {
            start = start.AddDays(1);
        }

        if (Chance(0.67) && DemonstrationMenu.Kinds.FirstOrDefault(kind => wanted.Skills.All(skill => kind.Skills.Any(held => held.Code == skill.Code && held.Level >= skill.Level))) is { } kind)
        {
            while (kind.Hours is DemonstrationMenu.Hours.Weekend or DemonstrationMenu.Hours.Evenings && start.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                start = start.AddDays(1);
            }
        }

        return start;
    }

    private async Task CurateAsync(string wishId)
    {
        var curator = The(Role.Curator);
        if (await line.DoAsync(curator, $"/wishes/{wishId}/claim", null, _ct) is null)
        {
            return;
        }

        switch (_random.NextDouble())
        {
            case < 0.05:
                await line.DoAsync(curator, $"/wishes/{wishId}/ask", new { question = "请问具体在哪一栋？" }, _ct);
                break;
            case < 0.08:
                await line.DoAsync(curator, $"/wishes/{wishId}/reject", new { reason = "这件事需要专业单位处理。" }, _ct);
                break;
            case < 0.1:
                await line.DoAsync(curator, $"/wishes/{wishId}/refer", new { to = "12345" }, _ct);
                break;
            default:
                if (await line.DoAsync(curator, $"/wishes/{wishId}/curate", new { order = new { } }, _ct) is { } made
                    && made.GetProperty("orderState").GetString() == "draft")
                {
                    In(5, 60, () => line.DoAsync(The(Role.Dispatcher), $"/orders/{made.GetProperty("orderId").GetString()}/approve", null, _ct));
                }

                break;
        }
    }

    private void HearOfOffer(Neighbour volunteer, string offerId)
    {
        Count("asked");
        var mood = _random.NextDouble();
        if (mood < 0.85)
        {
            In(1, 12, () => line.DoAsync(volunteer, $"/offers/{offerId}/seen", null, _ct));
        }

        switch (mood)
        {
            case < 0.4:
                In(3, 40, () => AcceptAsync(volunteer, offerId));
                break;
            case < 0.7:
                In(3, 40, () => CountAsync("no", volunteer, $"/offers/{offerId}/decline", new { reason = Pick(ReasonsForNo) }));
                break;
        }
    }

    private async Task AcceptAsync(Neighbour volunteer, string offerId)
    {
        if (await line.DoAsync(volunteer, $"/offers/{offerId}/accept", null, _ct) is not { } yes)
        {
            return;
        }

        Count("yes");
        var assignmentId = yes.GetProperty("assignmentIds")[0].GetString()!;
        if (await line.ReadAsync(volunteer, $"/assignments/{assignmentId}", _ct) is not { } seat)
        {
            return;
        }

        var (start, minutes) = (seat.GetProperty("windowStart").GetDateTimeOffset(), seat.GetProperty("plannedMinutes").GetInt32());
        switch (_random.NextDouble())
        {
            case < 0.03:
                At(_now + (start - _now) * _random.NextDouble(), () => line.DoAsync(volunteer, $"/assignments/{assignmentId}/release", new { reason = "家里有事，来不了。" }, _ct));
                break;
            case >= 0.06:
                At(start.AddMinutes(_random.Next(-10, 12)), () => ServeAsync(volunteer, assignmentId, seat.GetProperty("orderId").GetString()!, minutes));
                break;
        }
    }

    private async Task ServeAsync(Neighbour volunteer, string assignmentId, string orderId, int minutes)
    {
        // The resident tells it at the door.
        if (await line.ReadAsync(The(Role.Curator), $"/orders/{orderId}/service-code", _ct) is not { } told)
        {
            return;
        }

        var shown = new { serviceCode = told.GetProperty("serviceCode").GetString() };
        if (await line.DoAsync(volunteer, $"/assignments/{assignmentId}/check-in", shown, _ct) is not null)
        {
            Count("came");
            In(minutes * 8 / 10, minutes * 12 / 10, () => CountAsync("served", volunteer, $"/assignments/{assignmentId}/check-out", shown));
        }
    }

    private async Task CountAsync(string what, Neighbour who, string address, object body)
    {
        if (await line.DoAsync(who, address, body, _ct) is not null)
        {
            Count(what);
        }
    }

    private void Count(string what) => _count[what] = _count.GetValueOrDefault(what) + 1;

    private void In(int fromMinutes, int toMinutes, Func<Task> plan) => At(_now.AddMinutes(_random.Next(fromMinutes, toMinutes + 1)), plan);

    private void At(DateTimeOffset at, Func<Task> plan) => _plans.Enqueue(plan, at);

    private Neighbour The(Role role) => _all.First(one => one.Role == role);

    private T Pick<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private bool Chance(double share) => _random.NextDouble() < share;

    private int Score() => _random.NextDouble() switch { < 0.02 => 1, < 0.05 => 2, < 0.15 => 3, < 0.45 => 4, _ => 5 };
}

/// <summary>How fast the demonstration county lives.</summary>
public sealed record LifeSettings
{
    /// <summary>Whether anybody lives there at all.</summary>
    public bool Life { get; init; }

    /// <summary>How long a beat takes by the machine's clock.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How far the field clock goes in a beat by day; ten times as far at night.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many wishes there are in an hour of the day.</summary>
    public double WishesAnHour { get; init; } = 12;
}
