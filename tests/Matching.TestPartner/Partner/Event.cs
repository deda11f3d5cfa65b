using System.Text.Json;

namespace Matching.TestPartner.Partner;

/// <summary>Something that changed, in whichever way the hotline heard of it.</summary>
/// <param name="Type">As in <c>wish.ordered</c>.</param>
/// <param name="References">Our own numbers of the wishes that it is about; only calls say them.</param>
public sealed record Event(
    string Id, string Type, string Subject, string? From, string To, string? OrderId, IReadOnlyList<string> WishIds, IReadOnlyDictionary<string, string> References)
{
    private const string Version = ".v1";

    /// <summary>From the feed.</summary>
    public static Event OfChange(JsonElement change) => new(
        Text(change, "id")!, Text(change, "type")!, Text(change, "subjectId")!, Text(change, "from"), Text(change, "to")!, Text(change, "orderId"),
        [.. change.GetProperty("wishIds").EnumerateArray().Select(id => id.GetString()!)], new Dictionary<string, string>());

    /// <summary>From a call; null where it says something about the webhook itself.</summary>
    public static Event? OfCall(JsonElement call)
    {
        var type = Text(call, "type")!;
        if (type.StartsWith("webhook.", StringComparison.Ordinal))
        {
            return null;
        }

        var data = call.GetProperty("data");
        var wishes = data.GetProperty("wishes").EnumerateArray().ToDictionary(wish => Text(wish, "id")!, wish => Text(wish, "reference")!);
        return new Event(
            Text(call, "id")!, type[..^Version.Length], Text(call, "subject")!, Text(data, "from"), Text(data, "to")!, Text(data, "orderId"), [.. wishes.Keys], wishes);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
