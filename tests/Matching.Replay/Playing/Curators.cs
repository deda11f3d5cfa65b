using System.Collections.Concurrent;
using System.Text.Json;
using Matching.Replay.City;
using Matching.Replay.Http;

namespace Matching.Replay.Playing;

/// <summary>How curators and reviewers behave: they take wishes up, ask, merge, refuse, refer, and make orders of the rest; a few they forget.</summary>
public sealed class Curators(Stage stage)
{
    /// <summary>It was withdrawn, or somebody else was faster.</summary>
    private static readonly string[] Gone = ["wish_state_wrong", "wish_claimed_by_other", "wish_not_claimed", "wish_lease_lapsed"];

    private readonly ConcurrentDictionary<string, string> _lastOfKind = new();

    /// <summary>By curator and kind: what waits for another to be served with.</summary>
    private readonly ConcurrentDictionary<string, Story> _onTheDesk = new();

    /// <summary>A wish waits to be looked at.</summary>
    public void HearOfWish(Story story) => Later(story, " is taken up", TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(90), () => WorkAsync(story, stage.Town.CuratorOf(story.Area)));

    /// <summary>It has waited too long.</summary>
    public void HearOfDelay(Story story) =>
        Later(story, " is taken up at last", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60), () => WorkAsync(story, stage.Town.CuratorOf(story.Area), forgets: false));

    /// <summary>What was asked has been answered: within the lease that came with it.</summary>
    public void HearOfAnswer(Story story) => Later(story, " goes on", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(12), () => CurateAsync(story, stage.Town.CuratorOf(story.Area)));

    /// <summary>The parent site looks at what was refused.</summary>
    public void HearOfAppeal(Story story) => Later(story, " is looked at again", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(14), async () =>
    {
        var parent = stage.Town.CuratorOf(story.Area.Parent ?? story.Area);
        if ((await stage.Web.PostAsync(parent, "/wishes/{}/claim", story.WishId, new { }, Gone)).IsYes)
        {
            await CurateAsync(story, parent);
        }
    });

    /// <summary>A draft needs a second pair of eyes.</summary>
    private void HearOfDraft(OrderStory order) => stage.After(
        stage.Chance.Time(order.Key + " is reviewed", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(50)), order.Key + " is reviewed", async () =>
        {
            var answer = await stage.Web.PostAsync(stage.Town.ReviewerOf(order.Story.Area), "/orders/{}/approve", order.OrderId, new { }, "order_state_wrong");
            if (answer.IsYes)
            {
                stage.Web.Remember(order.OrderId, "Ready");
            }
        });

    private void Later(Story story, string what, TimeSpan from, TimeSpan to, Func<Task> deed) =>
        stage.After(stage.Chance.Time(story.Key + what, from, to), story.Key + what, deed);

    private async Task WorkAsync(Story story, Person curator, bool forgets = true)
    {
        if (!(await stage.Web.PostAsync(curator, "/wishes/{}/claim", story.WishId, new { }, Gone)).IsYes)
        {
            return;
        }

        // By rule: the same wish is treated in the same way in every run.
        var fate = stage.Chance.Of(story.Key + " at the desk");
        switch (fate)
        {
            case < 0.04 when forgets:
                // Called away; the lease lapses.
                break;
            case < 0.08:
                await stage.Web.PostAsync(curator, "/wishes/{}/ask", story.WishId, new { question = "Where exactly does it stand?" }, Gone);
                break;
            case < 0.11:
                await stage.Web.PostAsync(curator, "/wishes/{}/reject", story.WishId, new { reason = "This is no task for volunteers." }, Gone);
                break;
            case < 0.13:
                await stage.Web.PostAsync(curator, "/wishes/{}/refer", story.WishId, new { to = "12345" }, Gone);
                break;
            case < 0.16 when LastOfKind(story, curator) is { } same:
                // Unless the other one is over by now.
                if (!(await stage.Web.PostAsync(curator, "/wishes/{}/merge", story.WishId, new { into = same }, [.. Gone, "wish_merge_target_wrong"])).IsYes)
                {
                    await CurateAsync(story, curator);
                }

                break;
            default:
                await CurateOrWaitAsync(story, curator);
                break;
        }
    }

    /// <summary>With another of its kind that lies on the desk; a few are left there for a while, in case one comes.</summary>
    private async Task CurateOrWaitAsync(Story story, Person curator)
    {
        var kind = $"{curator.Key} {story.Item.Code}";
        if (_onTheDesk.TryRemove(kind, out var other))
        {
            await CurateTogetherAsync(other, story, curator);
        }
        else if (stage.Chance.Is(story.Key + " can wait for another", stage.Options.Together) && _onTheDesk.TryAdd(kind, story))
        {
            // The lease is of a quarter of an hour, and begins anew once.
            stage.After(TimeSpan.FromMinutes(12), story.Key + " waits on", async () =>
            {
                if (_onTheDesk.GetValueOrDefault(kind) == story && (await stage.Web.PostAsync(curator, "/wishes/{}/renew", story.WishId, new { }, Gone)).IsYes)
                {
                    stage.After(TimeSpan.FromMinutes(12), story.Key + " has waited", () => TakeFromDeskAsync(kind, story, curator));
                }
                else
                {
                    _onTheDesk.TryRemove(new(kind, story));
                }
            });
        }
        else
        {
            await CurateAsync(story, curator);
        }
    }

    private async Task TakeFromDeskAsync(string kind, Story story, Person curator)
    {
        if (_onTheDesk.TryRemove(new(kind, story)))
        {
            await CurateAsync(story, curator);
        }
    }

    /// <summary>Two wishes of a kind, one order for both, where the station of the first is.</summary>
    private async Task CurateTogetherAsync(Story first, Story second, Person curator)
    {
        var (window, place) = (WindowOf(first), first.Area.Place);
        var order = new { window = OnWire(window), place = new { lat = place.Lat, lng = place.Lng, datum = "wgs84", accuracyM = place.AccuracyM } };
        var made = await stage.Web.PostAsync(curator, "/wishes/{}/curate", first.WishId, new { order, with = new[] { second.WishId } }, Gone);
        if (!made.IsYes)
        {
            // One of the two was taken back meanwhile; the other is served by itself.
            await CurateAsync(first, curator);
            await CurateAsync(second, curator);
            return;
        }

        stage.Web.Remember(second.WishId!, "Ordered");
        stage.Stories.Add(first, [made.Text("orderId")])[0].Elsewhere = place;
        Made(first, curator, window.Length, made.Json);
        stage.Stories.Add(second, [made.Text("orderId")]);
    }

    /// <summary>One order, as a rule; or two, one after the other; or one that a team is asked for; or one that takes the whole day.</summary>
    private async Task CurateAsync(Story story, Person curator)
    {
        var fate = stage.Chance.Of(story.Key + " is made an order");
        var window = WindowOf(story);
        var options = stage.Options;
        if (fate < options.Split)
        {
            var second = new Window(window.End.AddMinutes(30), window.End.AddMinutes(30) + window.Length);
            var orders = new[] { new { need = "First one half.", window = OnWire(window) }, new { need = "Then the other.", window = OnWire(second) } };
            var split = await stage.Web.PostAsync(curator, "/wishes/{}/split", story.WishId, new { orders }, Gone);
            if (split.IsYes)
            {
                Made(story, curator, window.Length, [.. split.Json.GetProperty("orders").EnumerateArray()]);
            }

            return;
        }

        if (fate < options.Split + options.WholeDay)
        {
            window = WholeDay(window, stage.Chance.Is(story.Key + " takes until night", 0.4) ? 13 : 9);
        }

        var mode = fate >= options.Split + options.WholeDay && fate < options.Split + options.WholeDay + options.Team && story.Item.Wanted > 1 ? "team" : null;
        var minutes = (int)window.Length.TotalMinutes;
        var order = new { window = OnWire(window), minutes = minutes == story.Item.Minutes ? (int?)null : minutes, mode };
        var made = await stage.Web.PostAsync(curator, "/wishes/{}/curate", story.WishId, new { order }, Gone);
        if (made.IsYes)
        {
            Made(story, curator, window.Length, made.Json);
        }
    }

    /// <summary>What has waited until its window was nearly over is served later.</summary>
    private Window WindowOf(Story story)
    {
        var start = story.Window.Start <= stage.Now.AddMinutes(30) ? stage.Now.AddHours(20) : story.Window.Start;
        return new Window(start, start + story.Window.Length);
    }

    /// <summary>From eight in the morning on, of the window's day or of the next.</summary>
    private Window WholeDay(Window window, int hours)
    {
        var day = LocalTime.DayOf(window.Start, CityRequest.Zone);
        var start = LocalTime.At(day, new TimeOnly(8, 0), CityRequest.Zone);
        if (start < stage.Now.AddHours(4))
        {
            start = LocalTime.At(day.AddDays(1), new TimeOnly(8, 0), CityRequest.Zone);
        }

        return new Window(start, start.AddHours(hours));
    }

    private static object OnWire(Window window) => new { start = window.Start, end = window.End };

    private void Made(Story story, Person curator, TimeSpan length, params JsonElement[] answers)
    {
        stage.Web.Remember(story.WishId!, "Ordered");
        _lastOfKind[$"{curator.Key} {story.Item.Code}"] = story.WishId!;
        var orders = stage.Stories.Add(story, answers.Select(answer => answer.GetProperty("orderId").GetString()!));
        foreach (var (order, answer) in orders.Zip(answers))
        {
            order.Length = length;
            if (answer.GetProperty("orderState").GetString() == "draft")
            {
                HearOfDraft(order);
            }
        }
    }

    // A neighbour who asked for the same before, as this curator remembers.
    private string? LastOfKind(Story story, Person curator) => _lastOfKind.GetValueOrDefault($"{curator.Key} {story.Item.Code}");
}
