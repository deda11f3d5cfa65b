namespace Matching.Api.Plumbing.Docs;

/// <summary>Which kind of id a property holds, told by its name (`orderId`) or, for a plain `id`, by the record that it stands in.</summary>
public static class IdNames
{
    // Names of the field for something that has another name as a thing.
    private static readonly (string Word, IdKind Kind)[] Others =
    [
        ("Center", IdKind.Site), ("Institute", IdKind.Site), ("Station", IdKind.Site), ("Run", IdKind.MatchRun), ("Captain", IdKind.Volunteer),
        ("Entry", IdKind.HoursEntry), ("Item", IdKind.MenuItem), ("Proxy", IdKind.Account),
    ];

    // Longest first, so that MenuItem is not found as anything shorter.
    private static readonly List<(string Word, IdKind Kind)> Words =
    [
        .. Others.Concat(Enum.GetValues<IdKind>().Where(kind => kind != IdKind.None).Select(kind => (kind.ToString(), kind))).OrderByDescending(word => word.Item1.Length),
    ];

    public static IdKind KindOf(string property, Type? holder)
    {
        var name = property.EndsWith("Ids", StringComparison.Ordinal) ? property[..^3] : property.EndsWith("Id", StringComparison.Ordinal) ? property[..^2] : property;
        if (name.Length > 0)
        {
            return Words.FirstOrDefault(word => name.EndsWith(word.Word, StringComparison.OrdinalIgnoreCase)).Kind;
        }

        // The last thing that the record's name mentions: AcceptedOfferResponse is about an offer.
        var type = holder?.Name ?? "";
        return Words
            .Select(word => (word.Kind, word.Word.Length, At: type.LastIndexOf(word.Word, StringComparison.Ordinal)))
            .Where(found => found.At >= 0)
            .OrderByDescending(found => found.At + found.Length).ThenByDescending(found => found.Length)
            .FirstOrDefault().Kind;
    }

    public static string Pattern(IdKind kind) => $"^{(kind == IdKind.None ? "[a-z]{3}" : Example(kind)[..3])}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$";

    /// <summary>An id of that kind that is always the same: the instant is 8 May 2026, the rest counts nothing.</summary>
    public static string Example(IdKind kind) => Id.From(((UInt128)1_778_203_800_000UL << 80) | (byte)(kind == IdKind.None ? IdKind.Order : kind)).ToString();
}
