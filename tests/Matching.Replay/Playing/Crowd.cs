using Matching.Replay.Http;

namespace Matching.Replay.Playing;

/// <summary>Everybody who plays: hears what the service tells, and makes plans.</summary>
public sealed class Crowd
{
    private const int Page = 1_000;

    private readonly Stage _stage;
    private readonly Helpers _helpers;
    private readonly Captains _captains;
    private readonly Meetings _meetings;
    private readonly Emergencies _emergencies;
    private readonly Curators _curators;
    private readonly Dispatchers _dispatchers;
    private string? _heard;

    public Crowd(Stage stage)
    {
        _stage = stage;
        _curators = new Curators(stage);
        _dispatchers = new Dispatchers(stage);
        var serving = new Serving(stage, _dispatchers);
        _helpers = new Helpers(stage, serving);
        _captains = new Captains(stage, serving);
        Askers = new Askers(stage, _curators, _dispatchers);
        Desks = new Desks(stage);
        _meetings = new Meetings(stage, Askers);
        _emergencies = new Emergencies(stage);
    }

    public Askers Askers { get; }

    public Desks Desks { get; }

    /// <summary>One row of the file: by itself, at a meeting, or as one of many in an emergency.</summary>
    public Task AskAsync(City.CityRequest request)
    {
        _emergencies.HearOf(request);
        var critical = _emergencies.WhoTakes(request);
        return critical is null && _meetings.TakesUp(request) ? Task.CompletedTask : Askers.AskAsync(request, critical);
    }

    /// <summary>Reads what was said since the last time.</summary>
    public async Task ListenAsync()
    {
        int read;
        do
        {
            read = await ReadAsync(Hear);
        }
        while (read == Page);
    }

    /// <summary>What was said before the replay began is nobody's business.</summary>
    public async Task SkipAsync()
    {
        while (await ReadAsync(_ => { }) == Page)
        {
        }
    }

    private async Task<int> ReadAsync(Action<Notice> hear)
    {
        var answer = await _stage.Web.GetAsync(null, $"/development/notices?take={Page}{(_heard is null ? "" : $"&after={_heard}")}");
        if (!answer.IsYes)
        {
            throw new StuckException($"Nobody can hear what the service says: {answer.Code}.");
        }

        var items = answer.Json.GetProperty("items");
        foreach (var item in items.EnumerateArray())
        {
            _heard = item.GetProperty("id").GetString();
            var to = item.TryGetProperty("accountId", out var account) ? _stage.Town.ByAccount(account.GetString()) : null;
            hear(new Notice(item.GetProperty("topic").GetString()!, item.GetProperty("subjectId").GetString()!, to, item.GetProperty("body")));
        }

        return items.GetArrayLength();
    }

    private void Hear(Notice notice)
    {
        switch (notice.Topic)
        {
            case "offer.sent" when Asks(notice) is var (order, team):
                if (team is null)
                {
                    _helpers.HearOfOffer(notice, order);
                }
                else
                {
                    _captains.HearOfOffer(notice, order, team);
                }

                break;
            case "hours.verified" when _stage.Stories.OfOrder(notice.Text("orderId")) is { } order:
                _helpers.HearOfHours(notice, order);
                break;
            case "order.held" when Looks(notice, _stage.Town.DispatcherOf) is { } order:
                _dispatchers.HearOfHold(order);
                break;
            case "order.escalated" when Looks(notice, _stage.Town.DispatcherOf) is { } order:
                _dispatchers.HearOfClimb(order, notice.To!);
                break;
            case "order.short" when Looks(notice, _stage.Town.DispatcherOf) is { } order:
                _dispatchers.HearOfShortage(order);
                break;
            case "wish.waiting" when _stage.Stories.OfWish(notice.SubjectId) is { } story && notice.To == _stage.Town.CuratorOf(story.Area):
                _curators.HearOfDelay(story);
                break;
            case "wish.question" when Speaks(notice) is { } story:
                Askers.HearOfQuestion(story);
                break;
            case "wish.rejected" when Speaks(notice) is { } story:
                Askers.HearOfRejection(story);
                break;
            case "order.confirmPlease" when Speaks(notice) is not null && _stage.Stories.OfOrder(notice.Text("orderId")) is { } order:
                Askers.HearOfService(order);
                break;
        }
    }

    /// <summary>For which order somebody is asked, and for which team where it is a captain who is asked.</summary>
    private (OrderStory Order, People.Team? Team)? Asks(Notice notice) =>
        _stage.Stories.OfOrder(notice.Text("orderId")) is { } order ? (order, notice.TextOrNull("teamId") is { } team ? _stage.Town.Teams[team] : null) : null;

    /// <summary>The story of the wish that the notice is about, when it is said to the one who speaks for it.</summary>
    private Story? Speaks(Notice notice) => _stage.Stories.OfWish(notice.SubjectId) is { } story && story.Speaker == notice.To ? story : null;

    /// <summary>The order that the notice is about, when it is said to the one who looks after such things where the order is now.</summary>
    private OrderStory? Looks(Notice notice, Func<City.Area, Http.Person> who)
    {
        if (_stage.Stories.OfOrder(notice.SubjectId) is not { } order)
        {
            return null;
        }

        // It may have climbed: then those above are told.
        return Above(order.Story.Area).Any(area => who(area) == notice.To) ? order : null;
    }

    private static IEnumerable<City.Area> Above(City.Area area)
    {
        for (var at = (City.Area?)area; at is not null; at = at.Parent)
        {
            yield return at;
        }
    }
}
