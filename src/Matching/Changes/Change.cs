namespace Matching.Changes;

/// <summary>A change of state of a wish, an order, an offer or an assignment, with all whom it concerns.</summary>
public sealed record Change
{
    /// <summary>Its place in the feed; later ones are greater.</summary>
    public required long Sequence { get; init; }

    /// <summary>The change itself; the same for everybody who hears of it.</summary>
    public required Id Id { get; init; }

    /// <summary>What has changed.</summary>
    public required Id SubjectId { get; init; }

    /// <summary>Null when it has just come to be.</summary>
    public string? From { get; init; }

    public required string To { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The order itself, or the one that an offer or an assignment is about; none for a wish.</summary>
    public Id OrderId { get; init; }

    /// <summary>The center whose it is.</summary>
    public required Id CenterId { get; init; }

    /// <summary>Of the site that looks after it; of an order also the site that it came from.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The wish itself, or those that an order is for.</summary>
    public IReadOnlyList<WishConcerned> Wishes { get; init; } = [];

    /// <summary>The volunteer or team that was asked or goes; none for wishes and orders.</summary>
    public Id ServedBy { get; init; }

    /// <summary>The team for which she goes, if any.</summary>
    public Id TeamId { get; init; }

    /// <summary>The kind and the new state, as in <c>wish.ordered</c> and <c>order.inService</c>.</summary>
    public string Type => $"{KindOf(SubjectId.Kind)}.{char.ToLowerInvariant(To[0])}{To[1..]}";

    private static string KindOf(IdKind kind) => kind switch
    {
        IdKind.Wish => "wish",
        IdKind.Order => "order",
        IdKind.Offer => "offer",
        IdKind.Assignment => "assignment",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

/// <summary>A wish that a change concerns: for whom it is, who asked, and through which partner, with the partner's own reference.</summary>
public sealed record WishConcerned(Id WishId, Id ResidentId, Id SubmittedBy, Id PartnerId, string? Reference = null);
