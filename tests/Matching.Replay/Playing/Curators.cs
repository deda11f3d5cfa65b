using System.Collections.Concurrent;
using Matching.Replay.Http;

namespace Matching.Replay.Playing;

/// <summary>How curators and reviewers behave: they take wishes up, ask, merge, refuse, refer, and make orders of the rest; a few they forget.</summary>
public sealed class Curators(Stage stage)
{
    /// <summary>It was withdrawn, or somebody else was faster.</summary>
    private static readonly string[] Gone = ["wish_state_wrong", "wish_claimed_by_other", "wish_not_claimed", "wish_lease_lapsed"];

    private readonly ConcurrentDictionary<string, string> _lastOfKind = new();

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
                await CurateAsync(story, curator);
                break;
        }
    }

    /// <summary>One order, as a rule; or two, one after the other; or one that a team is asked for.</summary>
    private async Task CurateAsync(Story story, Person curator)
    {
        var fate = stage.Chance.Of(story.Key + " is made an order");
        var window = WindowOf(story);
        if (fate < stage.Options.Split)
        {
            var second = new Window(window.End.AddMinutes(30), window.End.AddMinutes(30) + window.Length);
            var orders = new[] { new { need = "First one half.", window = OnWire(window) }, new { need = "Then the other.", window = OnWire(second) } };
            var split = await stage.Web.PostAsync(curator, "/wishes/{}/split", story.WishId, new { orders }, Gone);
            if (split.IsYes)
            {
                Made(story, curator, [.. split.Json.GetProperty("orders").EnumerateArray()]);
            }

            return;
        }

        var mode = fate < stage.Options.Split + stage.Options.Team && story.Item.Wanted > 1 ? "team" : null;
        var order = new { window = window == story.Window ? null : OnWire(window), mode };
        var made = await stage.Web.PostAsync(curator, "/wishes/{}/curate", story.WishId, new { order }, Gone);
        if (made.IsYes)
        {
            Made(story, curator, [made.Json]);
        }
    }

    /// <summary>What has waited until its window was nearly over is served later.</summary>
    private Window WindowOf(Story story)
    {
        var start = story.Window.Start <= stage.Now.AddMinutes(30) ? stage.Now.AddHours(20) : story.Window.Start;
        return new Window(start, start + story.Window.Length);
    }

    private static object OnWire(Window window) => new { start = window.Start, end = window.End };

    private void Made(Story story, Person curator, IReadOnlyList<System.Text.Json.JsonElement> answers)
    {
        stage.Web.Remember(story.WishId!, "Ordered");
        _lastOfKind[$"{curator.Key} {story.Item.Code}"] = story.WishId!;
        var orders = stage.Stories.Add(story, answers.Select(answer => answer.GetProperty("orderId").GetString()!));
        foreach (var (order, answer) in orders.Zip(answers))
        {
            if (answer.GetProperty("orderState").GetString() == "draft")
            {
                HearOfDraft(order);
            }
        }
    }

    // A neighbour who asked for the same before, as this curator remembers.
    private string? LastOfKind(Story story, Person curator) => _lastOfKind.GetValueOrDefault($"{curator.Key} {story.Item.Code}");
}
