using Matching.Geography;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>The door through which a wish came.</summary>
public enum WishChannel
{
    /// <summary>小程序</summary>
    MiniProgram,

    App,

    /// <summary>代点: somebody asked for the resident.</summary>
    Proxy,

    /// <summary>屋场会</summary>
    Meeting,

    /// <summary>合作平台</summary>
    Partner,
}

/// <summary>A wish as it stands in its table, with the account of its resident.</summary>
public sealed record WishRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public Id SiteId { get; init; }

    /// <summary>Of the site whose curators look after it.</summary>
    public string Path { get; init; } = "";

    public WishState State { get; init; }

    public DateTimeOffset StateSince { get; init; }

    public Id ResidentId { get; init; }

    public Id? ResidentAccountId { get; init; }

    public Id SubmittedBy { get; init; }

    public WishChannel Channel { get; init; }

    public Id? MeetingId { get; init; }

    public Id? PartnerId { get; init; }

    public string? PartnerReference { get; init; }

    public Id? MenuItemId { get; init; }

    public string Words { get; init; } = "";

    public double Lat { get; init; }

    public double Lng { get; init; }

    public double AccuracyM { get; init; }

    public string? AddressSealed { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public Urgency Urgency { get; init; }

    public Gender? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }

    public Id? LeasedBy { get; init; }

    public DateTimeOffset? LeasedUntil { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? RemindedAt { get; init; }

    public string? Question { get; init; }

    public string? Answer { get; init; }

    public string? Reason { get; init; }

    public string? ReferredTo { get; init; }

    public Id? MergedInto { get; init; }

    public bool Appealed { get; init; }

    public Id? AppealSiteId { get; init; }

    public int OrdersTotal { get; init; }

    public int OrdersOpen { get; init; }

    public int OrdersServed { get; init; }

    public DateTimeOffset SubmittedAt { get; init; }

    public Place Place => new(Lat, Lng, AccuracyM);

    public Window Window => new(WindowStart, WindowEnd);

    /// <summary>What the rules need to know of it.</summary>
    public Wish ToWish() => new()
    {
        Id = Id,
        State = State,
        Since = StateSince,
        Urgency = Urgency,
        LeaseHolder = LeasedBy ?? Id.None,
        LeaseUntil = LeasedUntil,
        RemindedAt = RemindedAt,
        Appealed = Appealed,
        MergedInto = MergedInto ?? Id.None,
    };
}
