using FsCheck;
using FsCheck.Fluent;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Messages;
using Matching.Api.Tests.Wishes;
using Matching.Invariants;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Tests.Journeys;

/// <summary>Whatever people do, in whatever order and whenever: what must always be true is true after each deed, and no deed breaks the service.</summary>
public class RandomDeedsTests
{
    private const int Runs = 5;
    private const int RunLength = 60;

    [Test]
    public async Task What_must_always_be_true_is_true_after_every_deed_and_every_step_of_the_clock()
    {
        await using var service = await Service.StartAsync();
        var steps = Gen.Choose(0, int.MaxValue - 1).ListOf(RunLength).ToArbitrary();
        Prop.ForAll(steps, run => Play(service, run)).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));
    }

    [Test]
    public async Task It_is_true_also_while_messages_go_out_and_their_carrier_takes_them_or_not()
    {
        await using var door = await FakeSms.StartAsync();
        await using var service = await Service.StartAsync(("Messages:Carry", "true"), ("Messages:SmsUrl", door.Url));
        var steps = Gen.Choose(0, int.MaxValue - 1).ListOf(RunLength).ToArbitrary();
        Prop.ForAll(steps, run => Play(service, run, door)).Check(Config.QuickThrowOnFailure.WithMaxTest(2));
    }

    // FsCheck is synchronous; nothing else runs on this thread.
    private static void Play(Service service, IList<int> run, FakeSms? door = null) => Task.Run(() => PlayAsync(service, run, door)).GetAwaiter().GetResult();

    private static async Task PlayAsync(Service service, IList<int> run, FakeSms? door)
    {
        await service.AtAsync(Service.Friday);
        var town = await Town.CreateAsync(service);
        if (door is not null)
        {
            await town.GivePhonesAsync();
        }

        var told = new List<string>();
        foreach (var step in run)
        {
            if (door is not null)
            {
                door.Status = step % 3 == 0 ? 503 : 200;
            }

            told.Add(await town.StepAsync(step));
            await service.SettleAsync();
            var findings = InvariantCheck.Run(service.DatabaseFile);
            Assert.That(findings.Broken, Is.Empty, string.Join('\n', told));
        }

        await town.EmptyAsync();
    }

    /// <summary>A handful of people who do things at random.</summary>
    private sealed class Town(DispatchWorld world)
    {
        private static readonly Sql<ById, IdRow> Orders = new("SELECT id FROM orders WHERE center_id = @Id ORDER BY id");

        private static readonly Sql<ById, IdRow> Assignments = new("SELECT id FROM assignments WHERE center_id = @Id ORDER BY id");

        private static readonly Sql<ById, WindowRow> ToCome = new(
            "SELECT id, window_start AS due_at FROM assignments WHERE center_id = @Id AND state = 'Confirmed' ORDER BY id");

        private static readonly Sql<ById, WindowRow> There = new(
            "SELECT id, window_end AS due_at FROM assignments WHERE center_id = @Id AND state = 'CheckedIn' ORDER BY id");

        private static readonly Sql<ById, IdRow> Served = new(
            "SELECT id FROM orders WHERE center_id = @Id AND state IN ('AwaitingConfirmation', 'AwaitingRating', 'Disputed') ORDER BY id");

        private readonly List<Helper> _volunteers = [];
        private readonly List<string> _wishes = [];
        private readonly List<Id> _items = [];
        private HttpClient _center = null!;

        public static async Task<Town> CreateAsync(Service service)
        {
            var town = new Town(await DispatchWorld.CreateAsync(service));
            var world = town.World.World;
            foreach (var (site, metres) in new[] { (world.NorthStation, 100), (world.NorthStation, 300), (world.NorthStation2, 200), (world.SouthStation, 50) })
            {
                town._volunteers.Add(await town.World.VolunteerAsync(site, metres));
            }

            town._items.Add(await town.World.Wishes.ItemAsync(needsCuration: false, urgency: Urgency.Normal));
            town._items.Add(await town.World.Wishes.ItemAsync(needsCuration: false, urgency: Urgency.Urgent, wanted: 2, needed: 1));
            town._items.Add(await town.World.Wishes.ItemAsync(needsCuration: false, urgency: Urgency.Critical));
            town._items.Add(await town.World.Wishes.ItemAsync(needsCuration: true, urgency: Urgency.Scheduled, wanted: 3, needed: 2));
            town._items.Add(await town.World.Wishes.ItemAsync(needsCuration: false, risk: Risk.Medium));
            town._center = await town.World.Wishes.AsAsync(Role.CenterAdmin, world.Center);
            return town;
        }

        private DispatchWorld World { get; } = world;

        /// <summary>Does something, and says what and what came of it.</summary>
        public async Task<string> StepAsync(int step)
        {
            var pick = step / 32;
            return (step % 32) switch
            {
                < 5 => await SubmitAsync(pick),
                < 9 => await AnswerAsync(pick, yes: true),
                < 11 => await AnswerAsync(pick, yes: false),
                11 => await WithAssignmentAsync(pick, "release", new { reason = "有事" }),
                < 16 => await ComeAsync(pick),
                < 18 => await GoAsync(pick),
                < 20 => await WithOrderAsync(pick, "confirm", new { how = "phone" }),
                20 => await WithOrderAsync(pick, "dispute", new { reason = "没有来" }),
                21 => await RateAsync(pick),
                22 => await CurateAsync(pick),
                23 => await WithWishAsync(pick, "withdraw"),
                24 => await WithOrderAsync(pick, (pick % 5) switch { 0 => "cancel", 1 => "hold", 2 => "unfilled", _ => "approve" }, pick % 5 < 3 ? new { reason = "试" } : new { }),
                25 => await WithOrderAsync(pick, "dispatch", new { mode = (pick % 3) switch { 0 => "wave", 1 => "broadcast", _ => "direct" } }),
                26 => await WithOrderAsync(pick, "continue", pick % 2 == 0 ? new { peopleNeeded = (int?)1 } : new { peopleNeeded = (int?)null }),
                < 30 => await WaitAsync(TimeSpan.FromMinutes(1 + (pick % 240))),
                _ => await WaitAsync(TimeSpan.FromHours(1 + (pick % 60))),
            };
        }

        /// <summary>Out of the way of the next run.</summary>
        /// <summary>To all but one of them a short message can be sent.</summary>
        public async Task GivePhonesAsync()
        {
            foreach (var volunteer in _volunteers.Skip(1))
            {
                await Phones.GiveAsync(World.Service, volunteer.Hat.AccountId, $"139{(uint)volunteer.Id.GetHashCode() % 100_000_000:D8}");
            }
        }

        public async Task EmptyAsync()
        {
            foreach (var volunteer in _volunteers)
            {
                await World.LeaveAsync(volunteer);
            }
        }

        private async Task<string> SubmitAsync(int pick)
        {
            var now = World.Service.Services.GetService(typeof(TimeProvider)) is TimeProvider clock ? clock.GetUtcNow() : Service.Friday;
            var start = now.AddHours(1 + (pick % 90));
            var answer = await World.Wishes.Resident.PostAsync("/wishes", new
            {
                words = "请帮忙",
                menuItemId = _items[pick % _items.Count].ToString(),
                window = new { start, end = start.AddHours(2) },
            });
            if (answer.Status == 201)
            {
                _wishes.Add((string)answer["id"]!);
            }

            return Told("submit", answer);
        }

        private async Task<string> AnswerAsync(int pick, bool yes)
        {
            var asked = new List<(Helper Volunteer, string Offer)>();
            foreach (var one in _volunteers)
            {
                var open = (await one.Client.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray();
                asked.AddRange(open.Select(offer => (one, (string)offer!["id"]!)));
            }

            if (asked.Count == 0)
            {
                return "no offer";
            }

            var (volunteer, offer) = asked[pick % asked.Count];
            return yes
                ? Told("accept", await volunteer.Client.PostAsync($"/offers/{offer}/accept", new { }))
                : Told("decline", await volunteer.Client.PostAsync($"/offers/{offer}/decline", new { reason = "time" }));
        }

        private Task<string> ComeAsync(int pick) => InTimeAsync(pick, ToCome, "check-in", TimeSpan.FromMinutes((pick % 60) - 40));

        private Task<string> GoAsync(int pick) => InTimeAsync(pick, There, "check-out", TimeSpan.FromMinutes((pick % 60) - 30));

        // Around the time when people do such things.
        private async Task<string> InTimeAsync(int pick, Sql<ById, WindowRow> query, string deed, TimeSpan off)
        {
            var waiting = await World.Service.Database.ListAsync(query, new ById(World.World.Center.Id));
            if (waiting.Count == 0)
            {
                return await WithAssignmentAsync(pick, deed, new { });
            }

            var one = waiting[pick % waiting.Count];
            var clock = (TimeProvider)World.Service.Services.GetService(typeof(TimeProvider))!;
            if (one.DueAt + off > clock.GetUtcNow())
            {
                await World.Service.UntilAsync(one.DueAt + off);
            }

            return Told(deed, await _center.PostAsync($"/assignments/{one.Id}/{deed}", new { }));
        }

        private async Task<string> RateAsync(int pick)
        {
            var assignments = await World.Service.Database.ListAsync(Assignments, new ById(World.World.Center.Id));
            if (assignments.Count == 0)
            {
                return "nobody to rate";
            }

            var who = pick % 2 == 0 ? World.Wishes.Resident : _volunteers[pick / 2 % _volunteers.Count].Client;
            return Told("rate", await who.PostAsync($"/assignments/{assignments[pick % assignments.Count].Id}/ratings", new { score = 1 + (pick % 5) }));
        }

        private async Task<string> CurateAsync(int pick)
        {
            if (_wishes.Count == 0)
            {
                return "no wish";
            }

            var wish = _wishes[pick % _wishes.Count];
            var claimed = await World.Wishes.Curator.PostAsync($"/wishes/{wish}/claim", new { });
            var curated = await World.Wishes.Curator.PostAsync($"/wishes/{wish}/curate", new { });
            return Told("claim", claimed) + Told(", curate", curated);
        }

        private async Task<string> WithWishAsync(int pick, string deed) =>
            _wishes.Count == 0 ? "no wish" : Told(deed, await World.Wishes.Resident.PostAsync($"/wishes/{_wishes[pick % _wishes.Count]}/{deed}", new { }));

        private async Task<string> WithOrderAsync(int pick, string deed, object body)
        {
            var served = deed is "confirm" or "dispute" && pick % 4 > 0;
            var orders = await World.Service.Database.ListAsync(served ? Served : Orders, new ById(World.World.Center.Id));
            return orders.Count == 0 ? "no order" : Told(deed, await _center.PostAsync($"/orders/{orders[pick % orders.Count].Id}/{deed}", body));
        }

        private async Task<string> WithAssignmentAsync(int pick, string deed, object body)
        {
            var assignments = await World.Service.Database.ListAsync(Assignments, new ById(World.World.Center.Id));
            return assignments.Count == 0 ? "nobody" : Told(deed, await _center.PostAsync($"/assignments/{assignments[pick % assignments.Count].Id}/{deed}", body));
        }

        private async Task<string> WaitAsync(TimeSpan length)
        {
            var clock = (TimeProvider)World.Service.Services.GetService(typeof(TimeProvider))!;
            await World.Service.UntilAsync(clock.GetUtcNow() + length);
            return $"wait {length}";
        }

        private static string Told(string deed, Answer answer)
        {
            Assert.That(answer.Status, Is.LessThan(500), $"{deed}: {answer.Text}");
            return $"{deed} {answer.Status} {answer.Code}";
        }

        private sealed record WindowRow
        {
            public Id Id { get; init; }

            public DateTimeOffset DueAt { get; init; }
        }

        private sealed record IdRow
        {
            public Id Id { get; init; }
        }
    }
}
