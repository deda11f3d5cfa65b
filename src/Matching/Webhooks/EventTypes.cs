using Matching.Orders;
using Matching.Wishes;

namespace Matching.Webhooks;

/// <summary>What a webhook may ask to be told of: a change by its name (<c>wish.fulfilled</c>), all of one kind (<c>order.*</c>), or everything (<c>*</c>).</summary>
public static class EventTypes
{
    /// <summary>Comes after the name in each event; another meaning would be another version.</summary>
    public const string Version = ".v1";

    public const string Everything = "*";

    private static readonly HashSet<string> Known =
    [
        Everything, "wish.*", "order.*", .. Names<WishState>("wish"), .. Names<OrderState>("order"),
    ];

    public static bool IsKnown(string wanted) => Known.Contains(wanted);

    /// <summary>Whether any of these asks for a change of this name.</summary>
    public static bool Want(IEnumerable<string> wanted, string type) =>
        wanted.Any(one => one == Everything || one == type || (one.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(one[..^1], StringComparison.Ordinal)));

    private static IEnumerable<string> Names<TState>(string kind)
        where TState : struct, Enum => Enum.GetNames<TState>().Select(name => $"{kind}.{char.ToLowerInvariant(name[0])}{name[1..]}");
}
