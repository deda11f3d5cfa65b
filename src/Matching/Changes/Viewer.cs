using Matching.Sites;

namespace Matching.Changes;

/// <summary>
/// Whose changes somebody follows. Staff: all of a part of the tree. Who asked for something: the wish and its orders. A partner: those of the wishes that it
/// handed in. A volunteer or a captain: the own offers and assignments. What is empty sees nothing.
/// </summary>
public sealed record Viewer
{
    /// <summary>Sees nothing.</summary>
    public static readonly Viewer Nobody = new();

    /// <summary>For staff.</summary>
    public Reach Reach { get; init; } = Reach.Nothing;

    /// <summary>For who asks for others: what this account has handed in.</summary>
    public Id AccountId { get; init; }

    /// <summary>For a resident: what is for her, whoever asked.</summary>
    public Id ResidentId { get; init; }

    /// <summary>For a volunteer or a team.</summary>
    public Id ServerId { get; init; }

    public Id PartnerId { get; init; }

    public bool Sees(Change change) =>
        change.Paths.Any(Reach.Covers)
        || (!ServerId.IsNone && (change.ServedBy == ServerId || change.TeamId == ServerId))
        || (change.ServedBy.IsNone && change.Wishes.Any(IsTheirs));

    /// <summary>Those of a change's wishes that the viewer may hear of: ten wishes that became one lesson are ten people's.</summary>
    public IEnumerable<WishConcerned> WishesOf(Change change) => change.Paths.Any(Reach.Covers) ? change.Wishes : change.Wishes.Where(IsTheirs);

    private bool IsTheirs(WishConcerned wish) =>
        (!PartnerId.IsNone && wish.PartnerId == PartnerId)
        || (!ResidentId.IsNone && wish.ResidentId == ResidentId)
        || (!AccountId.IsNone && wish.SubmittedBy == AccountId);
}
