using System.Collections.Concurrent;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Wishes;

namespace Matching.Replay.Playing;

/// <summary>
/// How districts go over to emergency (平急转换): a critical request is the sign of something larger, the admin switches it on for some hours, and half of those who
/// ring meanwhile are in real need, which the dispatcher writes down as critical. It ends by itself, or the admin ends it.
/// </summary>
public sealed class Emergencies(Stage stage)
{
    private readonly ConcurrentDictionary<Area, DateTimeOffset> _until = new();

    /// <summary>Who writes a request down as critical: the dispatcher of a district in emergency; null for all others.</summary>
    public Person? WhoTakes(CityRequest request)
    {
        var area = stage.Town.Areas.Of(request);
        return DistrictOf(area) is { } district && _until.TryGetValue(district, out var until) && stage.Now < until && !Askers.AsksByHerself(request)
            && stage.Chance.Is(request.Number + " is in need", 0.5) ? stage.Town.DispatcherOf(area) : null;
    }

    /// <summary>Somebody asks for something; when it is critical, it may be the sign.</summary>
    public void HearOf(CityRequest request)
    {
        if (CityMenu.Of(request.Type).Urgency == Urgency.Critical && DistrictOf(stage.Town.Areas.Of(request)) is { } district
            && stage.Chance.Is(request.Number + " is a sign", stage.Options.Emergency))
        {
            stage.After(TimeSpan.FromMinutes(1), request.Number + " is a sign", () => SwitchOnAsync(district, request.Number));
        }
    }

    private static Area? DistrictOf(Area area) => area.Parent is null ? null : area.Parent.Parent is null ? area : area.Parent;

    private async Task SwitchOnAsync(Area district, string key)
    {
        var (admin, siteId) = (stage.Town.SiteAdminOf(district), stage.Town.Sites[district]);
        var length = stage.Chance.Time(key + " lasts", TimeSpan.FromHours(2), TimeSpan.FromHours(9));
        var endsAt = stage.Now + length;
        var answer = await stage.Web.PostAsync(admin, "/sites/{}/emergency", siteId, new { reason = "A burst main, streets under water", endsAt }, "emergency_on");
        if (!answer.IsYes)
        {
            return;
        }

        stage.Web.Remember(answer.Text("id"), "On");
        _until[district] = endsAt;
        await stage.Web.GetAsync(stage.Town.DispatcherOf(district), "/sites/{}/emergency", siteId);
        if (stage.Chance.Is(key + " is over early", 0.5))
        {
            stage.After(length * (0.3 + 0.6 * stage.Chance.Of(key + " when")), key + " is over", () => SwitchOffAsync(district, admin, siteId));
        }
    }

    private async Task SwitchOffAsync(Area district, Person admin, string siteId)
    {
        var answer = await stage.Web.PostAsync(admin, "/sites/{}/emergency/end", siteId, new { reason = "The water has gone" });
        if (answer.IsYes)
        {
            stage.Web.Remember(answer.Text("id"), "Off");
            _until[district] = stage.Now;
        }
    }
}
