using Matching.Orders;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Catalog;

/// <summary>A skill as the rows have it.</summary>
public sealed record Skill
{
    public Id Id { get; init; }

    public int Version { get; init; }

    /// <summary>Null: common to all centers.</summary>
    public Id? CenterId { get; init; }

    /// <summary>The broader one.</summary>
    public Id? ParentId { get; init; }

    public string Code { get; init; } = "";

    public string NameZh { get; init; } = "";

    public string NameEn { get; init; } = "";

    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>A qualification as the rows have it.</summary>
public sealed record Qualification
{
    public Id Id { get; init; }

    public int Version { get; init; }

    /// <summary>Null: common to all centers.</summary>
    public Id? CenterId { get; init; }

    public string Code { get; init; } = "";

    public string NameZh { get; init; } = "";

    public string NameEn { get; init; } = "";

    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>An item of the menu as the rows have it, with what it asks for.</summary>
public sealed record MenuItem
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public string Code { get; init; } = "";

    public TeamCategory Category { get; init; }

    public string NameZh { get; init; } = "";

    public string NameEn { get; init; } = "";

    public string? AboutZh { get; init; }

    public string? AboutEn { get; init; }

    public int Minutes { get; init; }

    public int PeopleWanted { get; init; }

    public int PeopleNeeded { get; init; }

    public Risk Risk { get; init; }

    public Urgency Urgency { get; init; }

    public DispatchMode Mode { get; init; }

    public bool MinorsAllowed { get; init; }

    public bool NeedsCuration { get; init; }

    public bool InsuranceNeeded { get; init; }

    public bool MayAskGender { get; init; }

    public bool MayAskLanguage { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public IReadOnlyList<HeldSkill> Skills { get; init; } = [];

    public IReadOnlyList<Id> Qualifications { get; init; } = [];

    public bool IsOffered => RetiredAt is null;
}
