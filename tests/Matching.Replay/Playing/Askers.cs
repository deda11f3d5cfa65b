using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>How those behave who ask: they put a wish, change their mind, answer questions, confirm, dispute or stay silent, rate or do not.</summary>
public sealed class Askers(Stage stage, Curators curators, Dispatchers dispatchers)
{
    private static readonly HashSet<string> ThroughAnApp = ["Mobile App", "Self Service", "Email"];

    /// <summary>One row of the file: somebody asks, at the time that it says.</summary>
    public async Task AskAsync(CityRequest request)
    {
        var (town, chance) = (stage.Town, stage.Chance);
        var area = town.Areas.Of(request);
        var item = CityMenu.Of(request.Type);
        var self = ThroughAnApp.Contains(request.Source);
        var asker = chance.One(request.Number + " who asks", town.Askers[area].Where(one => one.Person is not null == self).ToList());
        var story = new Story(request.Number, request, item, area, asker.Person ?? town.Staff[area].Clerk!) { Window = item.WindowOf(request, chance) };
        var place = town.Areas.PlaceOf(request);
        var body = new
        {
            words = $"{request.Type}, {request.Number}",
            window = new { start = story.Window.Start, end = story.Window.End },
            residentId = self ? null : asker.Id,
            menuItemId = town.Items[(area.Center, item.Code)],
            place = new { lat = place.Lat, lng = place.Lng, datum = "wgs84", accuracyM = place.AccuracyM },
            address = $"{request.Number} {TownBuilder.Street}",
            genderWanted = item.MayAskGender && chance.Is(request.Number + " asks for a woman", 0.05) ? "female" : null,
        };
        var answer = await stage.Web.PostUnderAsync(story.Speaker, "/wishes", request.Number, body);
        if (!answer.IsYes)
        {
            return;
        }

        if (chance.Is(request.Number + " lost the answer", stage.Options.Repeat))
        {
            var again = await stage.Web.PostUnderAsync(story.Speaker, "/wishes", request.Number, body);
            if (again.IsYes && (again.Text("id") != answer.Text("id") || !again.Replayed))
            {
                stage.Broken.Add($"7  {request.Number}: the same key gave {answer.Text("id")} and then {again.Text("id")}");
            }
        }

        story.WishId = answer.Text("id");
        stage.Web.Remember(story.WishId, "Submitted");
        stage.Stories.Add(story);
        stage.Stories.Add(story, answer.Texts("orderIds"));
        if (item.NeedsCuration)
        {
            curators.HearOfWish(story);
        }

        if (chance.Is(request.Number + " changes her mind", stage.Options.Withdraw))
        {
            stage.After(chance.Time(request.Number + " when", TimeSpan.FromMinutes(3), TimeSpan.FromHours(20)), request.Number + " withdraws", () => WithdrawAsync(story));
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
        var answer = await stage.Web.PostAsync(order.Story.Speaker, "/orders/{}/confirm", order.OrderId, new { }, "order_state_wrong");
        if (answer.IsYes)
        {
            stage.Web.Remember(order.OrderId, "AwaitingRating");
            Rate(order);
        }
    }

    /// <summary>Who has confirmed is asked how it was.</summary>
    private void Rate(OrderStory order)
    {
        var key = order.Key + " rates";
        if (stage.Chance.Is(key, stage.Options.Rate))
        {
            stage.After(stage.Chance.Time(key + " when", TimeSpan.FromMinutes(5), TimeSpan.FromDays(5)), key, async () =>
            {
                foreach (var assignmentId in order.Seats.Keys)
                {
                    await stage.Web.PostAsync(
                        order.Story.Speaker, "/assignments/{}/ratings", assignmentId, new { score = Scores.Of(stage.Chance, key) },
                        "rating_not_open", "rating_given_already");
                }
            });
        }
    }
}
