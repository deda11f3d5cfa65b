using System.Text.RegularExpressions;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>How captains behave whose team is asked: they look who is in the team, name as many as are wanted, think again when one of those cannot, or decline.</summary>
public sealed partial class Captains(Stage stage, Serving serving)
{
    private readonly Dictionary<string, int> _editions = [];

    /// <summary>Her team was asked.</summary>
    public void HearOfOffer(Notice notice, OrderStory order, Team team)
    {
        var times = _editions[$"{order.Key} {team.Key}"] = _editions.GetValueOrDefault($"{order.Key} {team.Key}") + 1;
        var key = $"{order.Key} {team.Key} {times}";
        var offerId = notice.Text("offerId");
        var mood = Mood.Of(stage, key, notice.Body.GetProperty("expiresAt").GetDateTimeOffset() - stage.Now);
        switch (mood.Answer)
        {
            case Answer.Yes:
                stage.After(mood.Says, key + " accepts", () => AcceptAsync(order, team, offerId, key));
                break;
            case Answer.No:
                stage.After(mood.Says, key + " declines", () => DeclineAsync(team, offerId, stage.Chance.One(key + " reason", Helpers.Reasons)));
                break;
        }
    }

    private async Task AcceptAsync(OrderStory order, Team team, string offerId, string key)
    {
        var offer = await stage.Web.GetAsync(team.Captain, "/offers/{}", offerId);
        var shown = await stage.Web.GetAsync(team.Captain, "/teams/{}", team.Id);
        if (!offer.IsYes || !shown.IsYes)
        {
            return;
        }

        var wanted = offer.Json.GetProperty("peopleWanted").GetInt32();
        var willing = new Queue<Helper>(stage.Chance.Shuffled(key + " who", shown.Json.GetProperty("members").EnumerateArray()
            .Select(member => team.Members[member.GetProperty("volunteerId").GetString()!])));
        var going = new List<Helper>();
        while (going.Count > 0 || willing.Count > 0)
        {
            while (going.Count < wanted && willing.TryDequeue(out var next))
            {
                going.Add(next);
            }

            var answer = await stage.Web.PostAsync(
                team.Captain, "/offers/{}/accept", offerId, new { volunteerIds = going.Select(helper => helper.Id) }, [.. Refused.TooLateForYes, .. Refused.AnyRule, "too_many_for_seats"]);
            if (answer.IsYes)
            {
                await GoAsync(order, team, offerId, going, answer.Texts("assignmentIds"), key);
                return;
            }

            switch (answer.Code)
            {
                // Others have taken some of the seats: with one fewer, perhaps.
                case "too_many_for_seats" when going.Count > 1:
                    wanted = going.Count - 1;
                    going.RemoveAt(wanted);
                    break;
                case { } rule when Refused.AnyRule.Contains(rule) && Named().Match(answer.Field ?? "") is { Success: true } named:
                    going.RemoveAt(int.Parse(named.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
                    break;
                default:
                    return;
            }
        }

        await DeclineAsync(team, offerId, "skill");
    }

    private async Task GoAsync(OrderStory order, Team team, string offerId, List<Helper> going, IReadOnlyList<string> assignmentIds, string key)
    {
        stage.Web.Remember(offerId, "Accepted");
        foreach (var (helper, assignmentId) in going.Zip(assignmentIds))
        {
            await serving.TakeAsync(order, assignmentId, helper, team.Captain, $"{key} {helper.Person.Key}");
        }
    }

    private async Task DeclineAsync(Team team, string offerId, string reason)
    {
        if ((await stage.Web.PostAsync(team.Captain, "/offers/{}/decline", offerId, new { reason }, Refused.TooLateForNo)).IsYes)
        {
            stage.Web.Remember(offerId, "Declined");
        }
    }

    [GeneratedRegex(@"^volunteerIds\[(\d+)\]$")]
    private static partial Regex Named();
}
