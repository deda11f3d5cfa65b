namespace Matching.Replay.Playing;

/// <summary>How dispatchers and centers behave: they answer holds and shortages, or let them lie, and settle disputes.</summary>
public sealed class Dispatchers(Stage stage)
{
    private readonly Dictionary<string, int> _times = [];

    /// <summary>Nobody was found: a new time and everybody at once, or given up, or left lying.</summary>
    public void HearOfHold(OrderStory order)
    {
        var times = _times[order.Key] = _times.GetValueOrDefault(order.Key) + 1;
        var key = $"{order.Key} is held {times}";
        var choice = stage.Chance.Of(key);
        if (choice < 0.8)
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(10), TimeSpan.FromHours(5)), key, () => choice < 0.4 && times == 1 ? MoveAsync(order, key) : GiveUpAsync(order));
        }
    }

    /// <summary>Too few shortly before the start: with fewer, or go on looking, or silence.</summary>
    public void HearOfShortage(OrderStory order)
    {
        var key = order.Key + " is short";
        var choice = stage.Chance.Of(key);
        if (choice < 0.7)
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(80)), key, () => stage.Web.PostAsync(
                stage.Town.DispatcherOf(order.Story.Area), "/orders/{}/continue", order.OrderId, choice < 0.4 ? new { peopleNeeded = 1 } : new { }, "order_state_wrong"));
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

    private async Task MoveAsync(OrderStory order, string key)
    {
        var start = stage.Now.AddDays(1 + stage.Chance.Whole(key + " days", 0, 3)).AddHours(stage.Chance.Whole(key + " hours", 0, 6));
        var answer = await stage.Web.PostAsync(
            stage.Town.DispatcherOf(order.Story.Area), "/orders/{}/dispatch", order.OrderId,
            new { mode = "broadcast", windowStart = start, windowEnd = start.AddMinutes(order.Story.Item.Minutes), reason = "Another day" },
            "order_state_wrong", "window_promised");
        if (answer.IsYes)
        {
            stage.Web.Remember(order.OrderId, "Dispatching");
        }
    }

    private async Task GiveUpAsync(OrderStory order)
    {
        var answer = await stage.Web.PostAsync(
            stage.Town.DispatcherOf(order.Story.Area), "/orders/{}/unfilled", order.OrderId, new { reason = "Nobody nearby has time." }, "order_state_wrong");
        if (answer.IsYes)
        {
            stage.Web.Remember(order.OrderId, "Unfilled");
        }
    }
}
