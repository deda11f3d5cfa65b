using System.Collections.Concurrent;
using Matching.Replay.Http;
using Matching.Sites;

namespace Matching.Replay.Playing;

/// <summary>How dispatchers and centers behave: they answer holds and shortages, or let them lie, step in when an order climbs, and settle disputes.</summary>
public sealed class Dispatchers(Stage stage)
{
    private readonly ConcurrentDictionary<string, int> _times = new();

    /// <summary>Nobody was found: another day, somebody picked by hand, a team; or given up, or left lying.</summary>
    public void HearOfHold(OrderStory order)
    {
        var times = _times.AddOrUpdate(order.Key, 1, (_, before) => before + 1);
        var key = $"{order.Key} is held {times}";
        var when = stage.Chance.Time(key + " when", TimeSpan.FromMinutes(10), TimeSpan.FromHours(5));
        var dispatcher = stage.Town.DispatcherOf(order.Story.Area);
        switch (stage.Chance.Of(key))
        {
            case < 0.25 when times == 1:
                stage.After(when, key, () => AnotherDayAsync(order, key, dispatcher, "broadcast"));
                break;
            case < 0.32 when times == 1:
                stage.After(when, key, () => AnotherDayAsync(order, key, dispatcher, order.Story.Item.Wanted > 1 ? "team" : "direct"));
                break;
            case < 0.40 when times == 1:
                stage.After(when, key, () => PickAsync(order, key, dispatcher));
                break;
            case < 0.80:
                stage.After(when, key, () => GiveUpAsync(order, dispatcher));
                break;
        }
    }

    /// <summary>Too few shortly before the start: with fewer, or go on looking, or called off, or silence.</summary>
    public void HearOfShortage(OrderStory order)
    {
        var key = order.Key + " is short";
        var choice = stage.Chance.Of(key);
        if (choice < 0.8)
        {
            var (route, body, state) = choice switch
            {
                < 0.4 => ("/orders/{}/continue", new { peopleNeeded = 1 }, null),
                < 0.7 => ("/orders/{}/continue", new { }, null),
                _ => ("/orders/{}/cancel", (object)new { reason = "Too few for it to take place." }, "Cancelled"),
            };
            stage.After(
                stage.Chance.Time(key + " when", TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(80)), key,
                () => DoAsync(order, stage.Town.DispatcherOf(order.Story.Area), route, body, state));
        }
    }

    /// <summary>It has come up to the parent site: a few it takes in hand, a few it hands to another of its sites.</summary>
    public void HearOfClimb(OrderStory order, Person dispatcher)
    {
        var key = $"{order.Key} climbs to {dispatcher.Key}";
        var choice = stage.Chance.Of(key);
        var when = stage.Chance.Time(key + " when", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(20));
        if (choice < stage.Options.ByHand)
        {
            stage.After(when, key, () => TakeInHandAsync(order, key, dispatcher));
        }
        else if (choice < stage.Options.ByHand + stage.Options.HandDown)
        {
            stage.After(when, key, () => HandDownAsync(order, key, dispatcher));
        }
    }

    /// <summary>The center listens to both sides.</summary>
    public void HearOfDispute(OrderStory order)
    {
        var key = order.Key + " is disputed";
        stage.After(stage.Chance.Time(key + " when", TimeSpan.FromHours(3), TimeSpan.FromHours(60)), key, async () =>
        {
            var stands = stage.Chance.Is(key + " stands", 0.8);
            var answer = await stage.Web.PostAsync(
                stage.Town.AdminOf(order.Story.Area), "/orders/{}/resolve", order.OrderId,
                new { outcome = stands ? "settle" : "fail", reason = "Both sides were heard." }, "order_state_wrong");
            if (answer.IsYes)
            {
                stage.Web.Remember(order.OrderId, stands ? "AwaitingRating" : "Failed");
            }
        });
    }

    /// <summary>Somebody rings: she cannot come. The best of those who could is asked instead; where there is none the search goes on.</summary>
    public async Task ReassignAsync(Seat seat)
    {
        var dispatcher = stage.Town.DispatcherOf(seat.Order.Story.Area);
        var instead = await CandidatesAsync(seat.Order, dispatcher, 1);
        var answer = await stage.Web.PostAsync(
            dispatcher, "/orders/{}/reassign", seat.Order.OrderId,
            new { assignmentId = seat.AssignmentId, reason = "She rang: she cannot come.", volunteerId = instead.Count > 0 ? instead[0] : null },
            [.. Refused.AnyRule, "assignment_state_wrong"]);
        if (answer.IsYes)
        {
            stage.Web.Remember(seat.AssignmentId, "Reassigned");
        }
    }

    private async Task TakeInHandAsync(OrderStory order, string key, Person dispatcher)
    {
        var held = await stage.Web.PostAsync(dispatcher, "/orders/{}/hold", order.OrderId, new { reason = "I know somebody." }, "order_state_wrong");
        if (held.IsYes)
        {
            stage.Web.Remember(order.OrderId, "ManualHold");
            stage.After(stage.Chance.Time(key + " asks around", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(40)), key + " picks", () => PickAsync(order, key, dispatcher));
        }
    }

    /// <summary>Looks who could go, and asks as many as there are seats; where nobody is left, another day.</summary>
    private async Task PickAsync(OrderStory order, string key, Person dispatcher)
    {
        var shown = await stage.Web.GetAsync(dispatcher, "/orders/{}", order.OrderId);
        if (!shown.IsYes)
        {
            return;
        }

        var asItStands = shown.Json.GetProperty("order");
        var open = asItStands.GetProperty("peopleWanted").GetInt32() - asItStands.GetProperty("seatsFilled").GetInt32();
        var picked = open > 0 ? await CandidatesAsync(order, dispatcher, open) : [];
        if (picked.Count == 0)
        {
            await WhyNotAsync(order, key, dispatcher);
            await AnotherDayAsync(order, key, dispatcher, "broadcast");
            return;
        }

        await stage.Web.PostAsync(dispatcher, "/volunteers/{}/reveal", picked[0], new { what = "phone", reason = "To ring her about an order" }, "nothing_to_reveal", "volunteer_unknown");
        await DoAsync(
            order, dispatcher, "/orders/{}/dispatch", new { mode = "manual", volunteerIds = picked, reason = "Rang and asked." }, "Dispatching", [.. Refused.AnyRule, "too_many_for_seats"]);
    }

    /// <summary>The dispatcher had somebody in mind, and is told what speaks against her.</summary>
    private async Task WhyNotAsync(OrderStory order, string key, Person dispatcher)
    {
        var here = order.Story.Area is { Kind: SiteKind.Station, Parent: { } institute } ? institute : order.Story.Area;
        var inMind = stage.Chance.One(key + " in mind", stage.Town.Helpers.Where(helper => helper.Home.Parent == here || helper.Home.Center == here).ToList());
        await stage.Web.GetAsync(dispatcher, $"/orders/{order.OrderId}/why-not/{inMind.Id}");
    }

    private async Task HandDownAsync(OrderStory order, string key, Person dispatcher)
    {
        var shown = await stage.Web.GetAsync(dispatcher, "/orders/{}", order.OrderId);
        if (!shown.IsYes)
        {
            return;
        }

        var owner = stage.Town.AreaOf(shown.Json.GetProperty("order").GetProperty("ownerSiteId").GetString()!);
        var others = stage.Town.Areas.All.Where(area => area.Parent == owner && area != order.Story.Area && area != order.Story.Area.Parent).ToList();
        if (others.Count > 0)
        {
            await DoAsync(
                order, dispatcher, "/orders/{}/dispatch", new { mode = "directive", siteId = stage.Town.Sites[stage.Chance.One(key + " whom", others)], reason = "You have more people." },
                "Dispatching", "site_not_below");
        }
    }

    private async Task<List<string>> CandidatesAsync(OrderStory order, Person dispatcher, int take)
    {
        var answer = await stage.Web.GetAsync(dispatcher, $"/orders/{order.OrderId}/candidates?take={take}&explain=counts");
        return answer.IsYes ? [.. answer.Json.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("volunteerId").GetString()!)] : [];
    }

    private Task AnotherDayAsync(OrderStory order, string key, Person dispatcher, string mode)
    {
        var start = stage.Now.AddDays(1 + stage.Chance.Whole(key + " days", 0, 3)).AddHours(stage.Chance.Whole(key + " hours", 0, 6));
        return DoAsync(
            order, dispatcher, "/orders/{}/dispatch", new { mode, windowStart = start, windowEnd = start + order.Length, reason = "Another day" },
            "Dispatching", "window_promised");
    }

    private Task GiveUpAsync(OrderStory order, Person dispatcher) => DoAsync(order, dispatcher, "/orders/{}/unfilled", new { reason = "Nobody nearby has time." }, "Unfilled");

    /// <param name="state">What a yes says that the order has come to; null when it may be any.</param>
    private async Task DoAsync(OrderStory order, Person dispatcher, string route, object body, string? state, params string[] refusals)
    {
        var answer = await stage.Web.PostAsync(dispatcher, route, order.OrderId, body, [.. refusals, "order_state_wrong"]);
        if (answer.IsYes && state is not null)
        {
            stage.Web.Remember(order.OrderId, state);
        }
    }
}
