using System.Text.Json;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Wishes;

namespace Matching.Replay.Playing;

/// <summary>
/// How clerks hold courtyard meetings (屋场会): a call that can wait makes the clerk of the district call one, half of those who ring within the hour come to it,
/// and all that was asked for there is written down when it is over.
/// </summary>
public sealed class Meetings(Stage stage, Askers askers)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(50);

    private readonly Dictionary<Area, List<CityRequest>> _running = [];
    private readonly Lock _gate = new();

    /// <summary>True when it is put at a meeting instead of by itself.</summary>
    public bool TakesUp(CityRequest request)
    {
        var area = stage.Town.Areas.Of(request);
        var district = area.Parent is { Parent: not null } institute ? institute : area;
        if (Askers.AsksByHerself(request) || CityMenu.Of(request.Type).Urgency is Urgency.Critical or Urgency.Urgent)
        {
            return false;
        }

        lock (_gate)
        {
            if (_running.TryGetValue(district, out var there))
            {
                if (stage.Chance.Is(request.Number + " comes to the meeting", 0.5))
                {
                    there.Add(request);
                    return true;
                }

                return false;
            }

            if (!stage.Chance.Is(request.Number + " makes a meeting", stage.Options.Meeting))
            {
                return false;
            }

            _running[district] = [request];
        }

        var heldAt = stage.Now;
        stage.After(Lasts, request.Number + " is written down", () => WriteDownAsync(district, heldAt));
        return true;
    }

    private async Task WriteDownAsync(Area district, DateTimeOffset heldAt)
    {
        List<CityRequest> there;
        lock (_gate)
        {
            _running.Remove(district, out there!);
        }

        var clerk = stage.Town.Staff[district].Clerk!;
        var stories = there.Select(request => askers.StoryOf(request, clerk)).ToList();
        var answer = await stage.Web.PostAsync(
            clerk, "/meetings", null, new { topic = $"What is on your mind, {district.Name}?", heldAt, wishes = stories.Select(story => askers.WordsOf(story)) });
        if (!answer.IsYes)
        {
            return;
        }

        foreach (var (story, outcome) in stories.Zip(answer.Json.GetProperty("outcomes").EnumerateArray()))
        {
            if (outcome.GetProperty("wish") is { ValueKind: JsonValueKind.Object } wish)
            {
                askers.Begin(story, wish);
            }
            else
            {
                stage.Broken.Add($"–  a meeting did not take {story.Key}: {outcome.GetRawText()}");
            }
        }

        await ReadAgainAsync(clerk, answer, stories.Count);
    }

    /// <summary>What was recorded can be read by who recorded it.</summary>
    private async Task ReadAgainAsync(Person clerk, Reply recorded, int wishes)
    {
        var meeting = await stage.Web.GetAsync(clerk, "/meetings/{}", recorded.Text("id"));
        if (meeting.IsYes && meeting.Json.GetProperty("wishes").GetArrayLength() != wishes)
        {
            stage.Broken.Add($"–  {recorded.Text("id")} shows {meeting.Json.GetProperty("wishes").GetArrayLength()} wishes of {wishes}");
        }
    }
}
