using System.Collections.Concurrent;
using Matching.Geography;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>What became of one request: its wish, and who speaks for it.</summary>
/// <param name="Key">The city's number of the request; what people do about it is decided by this.</param>
/// <param name="Speaker">The resident, or the clerk who asked for her.</param>
/// <param name="ResidentId">For whom it is.</param>
public sealed record Story(string Key, CityRequest Request, CityItem Item, Area Area, Person Speaker, string ResidentId)
{
    public string? WishId { get; set; }

    public Window Window { get; set; }

}

/// <summary>An order of a story. One that was split or made anew has a number of its own.</summary>
public sealed record OrderStory(string Key, string OrderId, Story Story)
{
    /// <summary>Who took a seat, by assignment.</summary>
    public ConcurrentDictionary<string, Helper> Seats { get; } = new();

    /// <summary>Where it is served, where that is not the place of the request.</summary>
    public Place? Elsewhere { get; set; }

    /// <summary>How long its window is.</summary>
    public TimeSpan Length { get; set; } = Story.Window.Length;
}

/// <summary>All stories, by the ids that the service gave them.</summary>
public sealed class Stories
{
    private readonly ConcurrentDictionary<string, Story> _byWish = new();
    private readonly ConcurrentDictionary<string, OrderStory> _byOrder = new();
    private readonly ConcurrentDictionary<string, string> _keyOfSeat = new();

    public void Add(Story story) => _byWish[story.WishId!] = story;

    /// <summary>What was made of it, one order or several.</summary>
    public IReadOnlyList<OrderStory> Add(Story story, IEnumerable<string> orderIds) =>
        [.. orderIds.Select((orderId, n) => _byOrder.GetOrAdd(orderId, id => new OrderStory($"{story.Key}/{n + 1}", id, story)))];

    public Story? OfWish(string wishId) => _byWish.GetValueOrDefault(wishId);

    public OrderStory? OfOrder(string orderId) => _byOrder.GetValueOrDefault(orderId);

    /// <summary>What a seat is called in every run, which its id is not.</summary>
    public string KeyOfSeat(string assignmentId) => _keyOfSeat.GetValueOrDefault(assignmentId, assignmentId);

    public void Seat(OrderStory order, string assignmentId, Helper helper)
    {
        order.Seats[assignmentId] = helper;
        _keyOfSeat[assignmentId] = $"{order.Key} {helper.Person.Key}";
    }
}
