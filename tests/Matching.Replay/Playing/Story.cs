using System.Collections.Concurrent;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>What became of one request: its wish, and who speaks for it.</summary>
/// <param name="Key">The city's number of the request; what people do about it is decided by this.</param>
/// <param name="Speaker">The resident, or the clerk who asked for her.</param>
public sealed record Story(string Key, CityRequest Request, CityItem Item, Area Area, Person Speaker)
{
    public string? WishId { get; set; }

    public Window Window { get; set; }

}

/// <summary>An order of a story. One that was split or made anew has a number of its own.</summary>
public sealed record OrderStory(string Key, string OrderId, Story Story)
{
    /// <summary>Who took a seat, by assignment.</summary>
    public ConcurrentDictionary<string, Helper> Seats { get; } = new();
}

/// <summary>All stories, by the ids that the service gave them.</summary>
public sealed class Stories
{
    private readonly ConcurrentDictionary<string, Story> _byWish = new();
    private readonly ConcurrentDictionary<string, OrderStory> _byOrder = new();

    public void Add(Story story) => _byWish[story.WishId!] = story;

    /// <summary>What was made of it, one order or several.</summary>
    public IReadOnlyList<OrderStory> Add(Story story, IEnumerable<string> orderIds) =>
        [.. orderIds.Select((orderId, n) => _byOrder.GetOrAdd(orderId, id => new OrderStory($"{story.Key}/{n + 1}", id, story)))];

    public Story? OfWish(string wishId) => _byWish.GetValueOrDefault(wishId);

    public OrderStory? OfOrder(string orderId) => _byOrder.GetValueOrDefault(orderId);
}
