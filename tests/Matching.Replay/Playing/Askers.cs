using System.Text.Json;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.People;
using Matching.Wishes;

namespace Matching.Replay.Playing;

/// <summary>How those behave who ask: they put a wish, change their mind, answer questions, confirm, dispute or stay silent, rate or do not.</summary>
public sealed class Askers(Stage stage, Curators curators, Dispatchers dispatchers)
{
    private static readonly HashSet<string> ThroughAnApp = ["Mobile App", "Self Service", "Email"];

    /// <summary>The others ring, and a clerk asks for them.</summary>
    public static bool AsksByHerself(CityRequest request) => ThroughAnApp.Contains(request.Source);

    /// <summary>One row of the file: somebody asks, at the time that it says.</summary>
    /// <param name="critical">Who writes it down as critical; null where it is as urgent as its item.</param>
    public async Task AskAsync(CityRequest request, Person? critical)
    {
        var story = StoryOf(request, critical);
        if (stage.Chance.Is(story.Key + " reads the menu", 0.05))
        {
            await stage.Web.GetAsync(null, $"/menu-items?centerId={stage.Town.Sites[story.Area.Center]}");
        }

        if (critical is not null)
        {
            story.Window = story.Item.WindowOf(request, Urgency.Critical, stage.Chance);
        }

        var body = WordsOf(story, critical is null ? null : "critical");
        var answer = await stage.Web.PostUnderAsync(story.Speaker, "/wishes", story.Key, body);
        if (!answer.IsYes)
        {
            return;
        }

        if (stage.Chance.Is(story.Key + " lost the answer", stage.Options.Repeat))
        {
            var again = await stage.Web.PostUnderAsync(story.Speaker, "/wishes", story.Key, body);
            if (again.IsYes && (again.Text("id") != answer.Text("id") || !again.Replayed))
            {
                stage.Broken.Add($"7  {story.Key}: the same key gave {answer.Text("id")} and then {again.Text("id")}");
            }
        }

        Begin(story, answer.Json);
    }

    /// <summary>Who asks for what.</summary>
    /// <param name="inHerName">Who asks in the name of one who rang; left out: a relative, or the clerk of her area.</param>
    public Story StoryOf(CityRequest request, Person? inHerName)
    {
        var (town, chance) = (stage.Town, stage.Chance);
        var (area, item) = (town.Areas.Of(request), CityMenu.Of(request.Type));
        var self = AsksByHerself(request);
        var asker = chance.One(request.Number + " who asks", town.Askers[area].Where(one => one.Person is not null == self).ToList());
        var relative = chance.Is(request.Number + " rings a relative", 0.5) ? asker.Relative : null;
        var speaker = asker.Person ?? inHerName ?? relative ?? town.Staff[area].Clerk!;
        return new Story(request.Number, request, item, area, speaker, asker.Id) { Window = item.WindowOf(request, chance) };
    }

    public object WordsOf(Story story, string? urgency = null)
    {
        var (request, place) = (story.Request, stage.Town.Areas.PlaceOf(story.Request));
        return new
        {
            words = $"{request.Type}, {request.Number}",
            window = new { start = story.Window.Start, end = story.Window.End },
            residentId = AsksByHerself(request) ? null : story.ResidentId,
            menuItemId = stage.Town.Items[(story.Area.Center, story.Item.Code)],
            place = new { lat = place.Lat, lng = place.Lng, datum = "wgs84", accuracyM = place.AccuracyM },
            address = $"{request.Number} {TownBuilder.Street}",
            genderWanted = story.Item.MayAskGender && stage.Chance.Is(request.Number + " asks for a woman", 0.05) ? "female" : null,
            urgency,
        };
    }

    /// <summary>Her wish was taken.</summary>
    public void Begin(Story story, JsonElement taken)
    {
        story.WishId = taken.GetProperty("id").GetString()!;
        stage.Web.Remember(story.WishId, "Submitted");
        stage.Stories.Add(story);
        stage.Stories.Add(story, taken.GetProperty("orderIds").EnumerateArray().Select(id => id.GetString()!));
        if (story.Item.NeedsCuration)
        {
            curators.HearOfWish(story);
        }

        if (stage.Chance.Is(story.Key + " changes her mind", stage.Options.Withdraw))
        {
            stage.After(stage.Chance.Time(story.Key + " when", TimeSpan.FromMinutes(3), TimeSpan.FromHours(20)), story.Key + " withdraws", () => WithdrawAsync(story));
        }
    }

    private async Task WithdrawAsync(Story story)
    {
        if ((await stage.Web.PostAsync(story.Speaker, "/wishes/{}/withdraw", story.WishId, new { }, "wish_state_wrong", "wish_in_service")).IsYes)
        {
            stage.Web.Remember(story.WishId!, "Withdrawn");
        }
    }

    /// <summary>A curator wants to know more.</summary>
    public void HearOfQuestion(Story story)
    {
        var key = story.Key + " answers";
        if (stage.Chance.Is(key, 0.8))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(10), TimeSpan.FromHours(30)), key, async () =>
            {
                var answer = await stage.Web.PostAsync(story.Speaker, "/wishes/{}/answer", story.WishId, new { answer = "By the back door, please." }, "wish_state_wrong");
                if (answer.IsYes)
                {
                    curators.HearOfAnswer(story);
                }
            });
        }
    }

    /// <summary>No, says the curator; one in three asks the parent site.</summary>
    public void HearOfRejection(Story story)
    {
        var key = story.Key + " appeals";
        if (stage.Chance.Is(key, 0.3))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(20), TimeSpan.FromHours(20)), key, async () =>
            {
                var answer = await stage.Web.PostAsync(story.Speaker, "/wishes/{}/appeal", story.WishId, new { }, "wish_appealed_before", "wish_state_wrong");
                if (answer.IsYes)
                {
                    curators.HearOfAppeal(story);
                }
            });
        }
    }

    /// <summary>It was served, they say.</summary>
    public void HearOfService(OrderStory order)
    {
        var key = order.Key + " confirms";
        var mood = stage.Chance.Of(key);
        var when = stage.Chance.Time(key + " when", TimeSpan.FromMinutes(2), TimeSpan.FromHours(40));
        if (mood < stage.Options.Confirm)
        {
            stage.After(when, key, () => ConfirmAsync(order));
        }
        else if (mood < stage.Options.Confirm + stage.Options.Dispute)
        {
            stage.After(when, key, async () =>
            {
                var answer = await stage.Web.PostAsync(order.Story.Speaker, "/orders/{}/dispute", order.OrderId, new { reason = "Half of it is still there." }, "order_state_wrong");
                if (answer.IsYes)
                {
                    stage.Web.Remember(order.OrderId, "Disputed");
                    dispatchers.HearOfDispute(order);
                }
            });
        }
    }

    private async Task ConfirmAsync(OrderStory order)
    {
        if (stage.Chance.Is(order.Key + " looks first", 0.2))
        {
            await LookAsync(order);
        }
        else if (IsAClerk(order.Story) && stage.Chance.Is(order.Key + " is rung up", 0.2))
        {
            await stage.Web.PostAsync(
                order.Story.Speaker, "/residents/{}/reveal", order.Story.ResidentId, new { what = "phone", reason = "To ask whether it was done" }, "nothing_to_reveal");
        }

        var answer = await stage.Web.PostAsync(order.Story.Speaker, "/orders/{}/confirm", order.OrderId, new { }, "order_state_wrong");
        if (answer.IsYes)
        {
            stage.Web.Remember(order.OrderId, "AwaitingRating");
            Rate(order);
        }
    }

    /// <summary>None of those who came shall ever come again.</summary>
    private async Task BlockAsync(OrderStory order)
    {
        var service = await stage.Web.GetAsync(order.Story.Speaker, "/orders/{}/service", order.OrderId);
        foreach (var came in service.IsYes ? service.Json.GetProperty("services").EnumerateArray() : [])
        {
            await stage.Web.PostAsync(
                order.Story.Speaker, "/residents/{}/blocks", order.Story.ResidentId, new { volunteerId = came.GetProperty("volunteerId").GetString() });
        }
    }

    private bool IsAClerk(Story story) => stage.Town.Staff[story.Area].Clerk == story.Speaker;

    /// <summary>Where it stands, how it was served, and, where she has an account of her own, who looked at her address.</summary>
    private async Task LookAsync(OrderStory order)
    {
        var speaker = order.Story.Speaker;
        await stage.Web.GetAsync(speaker, "/wishes/{}", order.Story.WishId);
        await stage.Web.GetAsync(speaker, "/orders/{}/service", order.OrderId);
        await stage.Web.GetAsync(speaker, "/me/wishes?take=5");
        await stage.Web.GetAsync(speaker, "/me/reveals?take=5");
        await stage.Web.GetAsync(speaker, "/me/residents");
        foreach (var assignmentId in order.Seats.Keys)
        {
            await stage.Web.GetAsync(speaker, "/assignments/{}/ratings", assignmentId);
        }

        var told = await stage.Web.GetAsync(speaker, "/me/notices?take=1");
        if (told.IsYes && told.Json.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } last)
        {
            await stage.Web.PostAsync(speaker, "/me/notices/{}/seen", last.GetProperty("id").GetString(), null);
        }

        await stage.Web.SignOutAsync(speaker);
    }

    /// <summary>Who has confirmed is asked how it was.</summary>
    private void Rate(OrderStory order)
    {
        var key = order.Key + " rates";
        if (stage.Chance.Is(key, stage.Options.Rate))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(5), TimeSpan.FromDays(5)), key, async () =>
            {
                var score = Scores.Of(stage.Chance, key);
                foreach (var assignmentId in order.Seats.Keys)
                {
                    await stage.Web.PostAsync(order.Story.Speaker, "/assignments/{}/ratings", assignmentId, new { score }, "rating_not_open", "rating_given_already");
                }

                if (score == 1)
                {
                    await BlockAsync(order);
                }
            });
        }
    }
}
