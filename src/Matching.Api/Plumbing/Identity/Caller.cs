using Matching.Accounts;
using Matching.Sites;

namespace Matching.Api.Plumbing.Identity;

/// <summary>
/// Who asks: an account under one of its hats, and the part of the tree that it may reach. Every query of staff takes <see cref="Reach"/>; that is the one
/// place where staff are kept to their subtree.
/// </summary>
public sealed record Caller
{
    /// <summary>Nobody is signed in.</summary>
    public static readonly Caller Nobody = new();

    public Id AccountId { get; init; }

    public Id HatId { get; init; }

    /// <summary>The sign-in that the token belongs to.</summary>
    public Id FamilyId { get; init; }

    /// <summary>Null for nobody and for the clock.</summary>
    public Role? Role { get; init; }

    /// <summary>The site at which a staff role or a proxy's is held.</summary>
    public Id SiteId { get; init; }

    public Id CenterId { get; init; }

    /// <summary>The path of <see cref="SiteId"/>; empty without one.</summary>
    public string SitePath { get; init; } = "";

    /// <summary>The volunteer, resident or team that the hat speaks for.</summary>
    public Id SubjectId { get; init; }

    /// <summary>Empty for everybody but staff.</summary>
    public Reach Reach { get; init; } = Reach.Nothing;

    /// <summary>What a partner may do; null for people. A partner has an account and no role: it gets in where a deed names one of its scopes, and nowhere else.</summary>
    public PartnerRights? Partner { get; init; }

    public bool IsNobody => AccountId.IsNone;

    public bool IsStaff => Role is Matching.Accounts.Role.Curator or Matching.Accounts.Role.Dispatcher or Matching.Accounts.Role.SiteAdmin
        or Matching.Accounts.Role.CenterAdmin or Matching.Accounts.Role.PlatformAdmin;
}

/// <summary>Who is named in a timeline: a caller, or the clock.</summary>
public sealed record Actor(Id? AccountId, Id? HatId, string Role)
{
    /// <summary>A job did it because it was due.</summary>
    public static readonly Actor Clock = new(null, null, "Clock");

    /// <summary>The system did it in answer to somebody else's deed.</summary>
    public static readonly Actor System = new(null, null, "System");

    public static implicit operator Actor(Caller caller) => caller.Partner is null
        ? new Actor(caller.AccountId, caller.HatId, caller.Role?.ToString() ?? "Nobody")
        : new Actor(caller.AccountId, null, nameof(Caller.Partner));
}
