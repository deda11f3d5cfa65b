using System.Text.Json;
using Matching.Geography;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>
/// How volunteers behave who are asked: they see an offer or do not, say yes or no or let it lapse; and when all is over they look back and rate.
/// </summary>
public sealed class Helpers(Stage stage, Serving serving)
{
    /// <summary>A place that is shown before acceptance may be off by at least this, in metres.</summary>
    private const double BlurredM = 300;

    /// <summary>Longer than anything stays open after its service.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromDays(10);

    internal static readonly string[] Reasons = ["time", "time", "time", "distance", "skill", "health", "other"];

    private readonly Dictionary<string, int> _editions = [];
    private readonly Dictionary<string, Helper> _byAccount = stage.Town.Helpers.ToDictionary(helper => helper.Person.AccountId!);

    /// <summary>She was asked.</summary>
    public void HearOfOffer(Notice notice, OrderStory order)
    {
        if (notice.To?.AccountId is not { } account || !_byAccount.TryGetValue(account, out var helper))
        {
            return;
        }

        var offerId = notice.Text("offerId");
        var key = $"{order.Key} {helper.Person.Key} {Edition(order, helper)}";
        var mood = Mood.Of(stage, key, notice.Body.GetProperty("expiresAt").GetDateTimeOffset() - stage.Now);
        if (mood.Answer != Answer.Silence)
        {
            stage.After(mood.Looks, key + " sees", () => SeeAsync(helper, offerId, key));
        }

        switch (mood.Answer)
        {
            case Answer.Yes:
                stage.After(mood.Says, key + " accepts", () => AcceptAsync(helper, order, offerId, key));
                break;
            case Answer.No:
                stage.After(mood.Says, key + " declines", () => DeclineAsync(helper, offerId, stage.Chance.One(key + " reason", Reasons)));
                break;
        }
    }

    // The same volunteer may be asked again when the order has changed; she thinks anew.
    private int Edition(OrderStory order, Helper helper)
    {
        var key = $"{order.Key} {helper.Person.Key}";
        return _editions[key] = _editions.GetValueOrDefault(key) + 1;
    }

    /// <summary>One in ten reads what it is about, which tells neither who nor exactly where.</summary>
    private async Task SeeAsync(Helper helper, string offerId, string key)
    {
        await stage.Web.PostAsync(helper.Person, "/offers/{}/seen", offerId, null);
        if (stage.Chance.Is(key + " reads", 0.1))
        {
            var offer = await stage.Web.GetAsync(helper.Person, "/offers/{}", offerId);
            if (offer.IsYes && (TownBuilder.Tells(offer) || offer.Json.GetProperty("place").GetProperty("accuracyM").GetDouble() < BlurredM))
            {
                stage.Broken.Add($"8  {offerId} tells too much before it is accepted: {offer.Json.GetRawText()}");
            }
        }
    }

    private async Task DeclineAsync(Helper helper, string offerId, string reason)
    {
        if ((await stage.Web.PostAsync(helper.Person, "/offers/{}/decline", offerId, new { reason }, Refused.TooLateForNo)).IsYes)
        {
            stage.Web.Remember(offerId, "Declined");
        }
    }

    private async Task AcceptAsync(Helper helper, OrderStory order, string offerId, string key)
    {
        var answer = await stage.Web.PostAsync(helper.Person, "/offers/{}/accept", offerId, new { }, Refused.TooLateForYes);
        if (answer.IsYes)
        {
            stage.Web.Remember(offerId, "Accepted");
            await serving.TakeAsync(order, answer.Texts("assignmentIds")[0], helper, null, key);
        }
    }

    /// <summary>When it is over there is nothing to be seen any more.</summary>
    private async Task LookBackAsync(Helper helper, string assignmentId)
    {
        var assignment = await stage.Web.GetAsync(helper.Person, "/assignments/{}", assignmentId);
        if (assignment.IsYes && assignment.Text("orderState") is "closed" or "cancelled" or "failed" or "unfilled" && TownBuilder.Tells(assignment))
        {
            stage.Broken.Add($"8  {assignmentId} tells too much after its order is over: {assignment.Json.GetRawText()}");
        }
    }

    /// <summary>She reads her ledger, and has its chain walked.</summary>
    private async Task CountAsync(Helper helper)
    {
        await stage.Web.GetAsync(helper.Person, "/me/hours?take=20");
        await stage.Web.GetAsync(helper.Person, "/me/assignments?take=20");
        await stage.Web.GetAsync(helper.Person, "/me/offers?open=true");
        var verdict = await stage.Web.PostAsync(helper.Person, "/hours/verify", null, new { });
        if (verdict.IsYes && !verdict.Json.GetProperty("holds").GetBoolean())
        {
            stage.Broken.Add($"5  the service itself finds the ledger of {helper.Id} broken: {verdict.Json.GetRawText()}");
        }
    }

    /// <summary>Her hours are in the ledger: time to say how it was.</summary>
    public void HearOfHours(Notice notice, OrderStory order)
    {
        if (!order.Seats.TryGetValue(notice.SubjectId, out var helper))
        {
            return;
        }

        var key = $"{order.Key} {helper.Person.Key} rates";
        if (stage.Chance.Is(key + " looks back", 0.1))
        {
            stage.After(TimeSpan.FromMinutes(20), key + " counts", () => CountAsync(helper));
            stage.After(Afterwards, key + " looks back", () => LookBackAsync(helper, notice.SubjectId));
        }

        if (stage.Chance.Is(key, stage.Options.Rate))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(5), TimeSpan.FromDays(5)), key, () => RateAsync(helper, notice.SubjectId, Scores.Of(stage.Chance, key)));
        }
    }

    private async Task RateAsync(Helper helper, string assignmentId, int score)
    {
        // While it is open she still reads to whom she went.
        if (score == 1 && (await stage.Web.GetAsync(helper.Person, "/assignments/{}", assignmentId)) is { IsYes: true } seat
            && seat.Json.GetProperty("contact") is { ValueKind: JsonValueKind.Object } contact)
        {
            await stage.Web.PostAsync(helper.Person, "/me/volunteer/blocks", null, new { residentId = contact.GetProperty("residentId").GetString() });
        }

        await stage.Web.PostAsync(helper.Person, "/assignments/{}/ratings", assignmentId, new { score }, "rating_not_open", "rating_given_already");
    }
}

/// <summary>How content people are.</summary>
public static class Scores
{
    public static int Of(Chance chance, string key) => chance.Of(key + " score") switch { < 0.03 => 1, < 0.07 => 2, < 0.17 => 3, < 0.45 => 4, _ => 5 };
}
