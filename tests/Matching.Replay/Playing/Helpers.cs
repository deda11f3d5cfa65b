using Matching.Geography;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>
/// How volunteers behave: they see an offer or do not, say yes or no, give the seat back, come in time, late or not at all, and go home with or without
/// checking out.
/// </summary>
public sealed class Helpers(Stage stage)
{
    /// <summary>A place that is shown before acceptance may be off by at least this, in metres.</summary>
    private const double BlurredM = 300;

    /// <summary>Longer than anything stays open after its service.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromDays(10);

    private static readonly string[] Reasons = ["time", "time", "time", "distance", "skill", "health", "other"];

    /// <summary>What may well be answered to a yes: somebody was faster, the time is over, or another yes of hers stands in the way by now.</summary>
    private static readonly string[] TooLateForYes =
        ["seat_taken", "offer_expired", "offer_withdrawn", "offer_not_pending", "rule_broken_no_overlap", "rule_broken_below_limits"];

    private static readonly string[] TooLateForNo = ["seat_taken", "offer_expired", "offer_withdrawn", "offer_not_pending"];

    /// <summary>Her order was cancelled or moved, she gave the seat back, or it was taken for granted that she does not come.</summary>
    private static readonly string[] NotToday =
        ["assignment_state_wrong", "order_state_wrong", "no_show_recorded", "check_in_too_late", "check_in_too_early", "rule_broken_no_overlap"];

    private readonly Dictionary<string, int> _editions = [];
    private readonly Dictionary<string, Helper> _byAccount = stage.Town.Helpers.ToDictionary(helper => helper.Person.AccountId!);

    /// <summary>She was asked.</summary>
    public void HearOfOffer(Notice notice)
    {
        if (notice.To?.AccountId is not { } account || !_byAccount.TryGetValue(account, out var helper) || stage.Stories.OfOrder(notice.Text("orderId")) is not { } order)
        {
            return;
        }

        var offerId = notice.Text("offerId");
        var chance = stage.Chance;
        var key = $"{order.Key} {helper.Person.Key} {Edition(order, helper)}";
        var time = notice.Body.GetProperty("expiresAt").GetDateTimeOffset() - stage.Now;
        var seen = time * Math.Pow(chance.Of(key + " looks"), 2) * 0.5;
        var said = seen + (time - seen) * Math.Pow(chance.Of(key + " thinks"), 2) * 0.9;
        var mood = chance.Of(key + " mood");
        if (mood < stage.Options.Accept)
        {
            stage.After(seen, key + " sees", () => SeeAsync(helper, offerId, key));
            // A few have the notice lying about until it is too late.
            stage.After(chance.Is(key + " forgets", 0.01) ? time + TimeSpan.FromMinutes(2) : said, key + " accepts", () => AcceptAsync(helper, order, offerId, key));
        }
        else if (mood < stage.Options.Accept + stage.Options.Decline)
        {
            stage.After(seen, key + " sees", () => SeeAsync(helper, offerId, key));
            stage.After(said, key + " declines", () => DeclineAsync(helper, offerId, chance.One(key + " reason", Reasons)));
        }
        else if (chance.Is(key + " glances", 0.5))
        {
            stage.After(seen, key + " sees", () => SeeAsync(helper, offerId, key));
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
            if (offer.IsYes && (Tells(offer) || offer.Json.GetProperty("place").GetProperty("accuracyM").GetDouble() < BlurredM))
            {
                stage.Broken.Add($"8  {offerId} tells too much before it is accepted: {offer.Json.GetRawText()}");
            }
        }
    }

    /// <summary>Every resident of the replay lives in one street, and that is nobody's business.</summary>
    private static bool Tells(Reply reply) => reply.Json.GetRawText().Contains(TownBuilder.Street, StringComparison.Ordinal);

    private async Task DeclineAsync(Helper helper, string offerId, string reason)
    {
        if ((await stage.Web.PostAsync(helper.Person, "/offers/{}/decline", offerId, new { reason }, TooLateForNo)).IsYes)
        {
            stage.Web.Remember(offerId, "Declined");
        }
    }

    private async Task AcceptAsync(Helper helper, OrderStory order, string offerId, string key)
    {
        var answer = await stage.Web.PostAsync(helper.Person, "/offers/{}/accept", offerId, new { }, TooLateForYes);
        if (!answer.IsYes)
        {
            return;
        }

        var assignmentId = answer.Texts("assignmentIds")[0];
        stage.Web.Remember(offerId, "Accepted");
        stage.Web.Remember(assignmentId, "Confirmed");
        order.Seats[assignmentId] = helper;
        var assignment = await stage.Web.GetAsync(helper.Person, "/assignments/{}", assignmentId);
        if (assignment.IsYes)
        {
            if (Tells(assignment))
            {
                stage.Revealed.Add(Id.ParseOrNone(order.OrderId));
            }

            Plan(helper, order, assignmentId, key, assignment.Time("windowStart"), assignment.Time("windowEnd"));
        }
    }

    /// <summary>What will become of her yes.</summary>
    private void Plan(Helper helper, OrderStory order, string assignmentId, string key, DateTimeOffset start, DateTimeOffset end)
    {
        var (chance, options) = (stage.Chance, stage.Options);
        var fate = chance.Of(key + " fate");
        if (fate < options.Release)
        {
            stage.At(stage.Now + (start - stage.Now) * chance.Of(key + " changes her mind"), key + " releases", () => ReleaseAsync(helper, assignmentId));
            return;
        }

        if ((fate -= options.Release) < options.NoShow)
        {
            // One in four comes when nobody waits for her any more.
            if (chance.Is(key + " comes much too late", 0.25))
            {
                stage.At(start.AddMinutes(40), key + " comes", () => CheckInAsync(helper, order, assignmentId, key, start, end));
            }

            return;
        }

        var late = (fate -= options.NoShow) < options.Late;
        var minutes = late ? 2 + 25 * chance.Of(key + " how late") : -15 * chance.Of(key + " how early");
        var comes = start.AddMinutes(minutes);
        stage.At(comes, key + " comes", () => CheckInAsync(helper, order, assignmentId, key, start, end));
    }

    private async Task ReleaseAsync(Helper helper, string assignmentId)
    {
        var answer = await stage.Web.PostAsync(
            helper.Person, "/assignments/{}/release", assignmentId, new { reason = "Cannot come after all" }, "assignment_state_wrong", "release_too_late");
        if (answer.IsYes)
        {
            stage.Web.Remember(assignmentId, "Released");
        }
    }

    /// <summary>By the code that is told at the door, by the phone's place, or by both; a few mistype the code first.</summary>
    private async Task CheckInAsync(Helper helper, OrderStory order, string assignmentId, string key, DateTimeOffset start, DateTimeOffset end)
    {
        var chance = stage.Chance;
        var way = chance.Of(key + " shows");
        var code = way < 0.7 ? await CodeAsync(order) : null;
        if (code is not null && chance.Is(key + " mistypes", 0.03))
        {
            await stage.Web.PostAsync(helper.Person, "/assignments/{}/check-in", assignmentId, new { serviceCode = "000000" }, [.. NotToday, "service_code_wrong"]);
        }

        var answer = await stage.Web.PostAsync(
            helper.Person, "/assignments/{}/check-in", assignmentId, new { serviceCode = code, place = code is null || way > 0.5 ? Near(order, key) : null }, NotToday);
        if (!answer.IsYes)
        {
            return;
        }

        stage.Web.Remember(assignmentId, "CheckedIn");
        if (!chance.Is(key + " forgets to check out", stage.Options.ForgetCheckOut))
        {
            var leaves = start + (end - start) * (0.8 + 0.35 * chance.Of(key + " leaves"));
            stage.At(leaves > stage.Now ? leaves : stage.Now.AddMinutes(10), key + " leaves", () => CheckOutAsync(helper, order, assignmentId, key, code));
        }
    }

    private async Task CheckOutAsync(Helper helper, OrderStory order, string assignmentId, string key, string? code)
    {
        var place = stage.Chance.Is(key + " has the phone out", 0.6) ? Near(order, key) : null;
        var answer = await stage.Web.PostAsync(
            helper.Person, "/assignments/{}/check-out", assignmentId, new { serviceCode = code, place }, "checked_out_already", "assignment_state_wrong");
        if (answer.IsYes)
        {
            stage.Web.Remember(assignmentId, "CheckedOut");
        }
    }

    private async Task<string?> CodeAsync(OrderStory order)
    {
        var answer = await stage.Web.GetAsync(order.Story.Speaker, "/orders/{}/service-code", order.OrderId, "service_code_closed");
        return answer.IsYes ? answer.Text("serviceCode") : null;
    }

    private object Near(OrderStory order, string key)
    {
        var place = stage.Town.Areas.PlaceOf(order.Story.Request);
        var (north, east) = (stage.Chance.Bell(key + " north") * 0.0003, stage.Chance.Bell(key + " east") * 0.0003);
        return new { lat = place.Lat + north, lng = place.Lng + east, datum = "wgs84", accuracyM = 15.0 };
    }

    /// <summary>When it is over there is nothing to be seen any more.</summary>
    private async Task LookBackAsync(Helper helper, string assignmentId)
    {
        var assignment = await stage.Web.GetAsync(helper.Person, "/assignments/{}", assignmentId);
        if (assignment.IsYes && assignment.Text("orderState") is "closed" or "cancelled" or "failed" or "unfilled" && Tells(assignment))
        {
            stage.Broken.Add($"8  {assignmentId} tells too much after its order is over: {assignment.Json.GetRawText()}");
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
            stage.After(Afterwards, key + " looks back", () => LookBackAsync(helper, notice.SubjectId));
        }

        if (stage.Chance.Is(key, stage.Options.Rate))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(5), TimeSpan.FromDays(5)), key, () => stage.Web.PostAsync(
                helper.Person, "/assignments/{}/ratings", notice.SubjectId, new { score = Scores.Of(stage.Chance, key) }, "rating_not_open", "rating_given_already"));
        }
    }
}

/// <summary>How content people are.</summary>
public static class Scores
{
    public static int Of(Chance chance, string key) => chance.Of(key + " score") switch { < 0.03 => 1, < 0.07 => 2, < 0.17 => 3, < 0.45 => 4, _ => 5 };
}
