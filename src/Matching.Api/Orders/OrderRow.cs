using Matching.Api.Plumbing.Http;
using Matching.Orders;
using Matching.Sites;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>An order as it lies in the database.</summary>
public sealed record OrderRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public Id HomeSiteId { get; init; }

    public string HomePath { get; init; } = "";

    public Id OwnerSiteId { get; init; }

    public string OwnerPath { get; init; } = "";

    public SiteKind Level { get; init; }

    public OrderState State { get; init; }

    public DateTimeOffset StateSince { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public OrderAction? NextAction { get; init; }

    public int Edition { get; init; }

    public int FreshEdition { get; init; }

    public Id MenuItemId { get; init; }

    public Id? ResidentId { get; init; }

    public string Need { get; init; } = "";

    public double Lat { get; init; }

    public double Lng { get; init; }

    public double AccuracyM { get; init; }

    public string? AddressSealed { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public int Minutes { get; init; }

    public Urgency Urgency { get; init; }

    public Risk Risk { get; init; }

    public DispatchMode Mode { get; init; }

    public int PeopleWanted { get; init; }

    public int PeopleNeeded { get; init; }

    public bool MinorsAllowed { get; init; }

    public bool InsuranceNeeded { get; init; }

    public Gender? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }

    public int SeatsFilled { get; init; }

    public int PolicyNumber { get; init; }

    public Id? CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public Id? ReviewedBy { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    public Id? RoundId { get; init; }

    public DateTimeOffset? LevelSince { get; init; }

    public bool AllAsked { get; init; }

    public DateTimeOffset? DispatcherAskedAt { get; init; }

    public DateTimeOffset? DispatcherAnsweredAt { get; init; }

    public DateTimeOffset? StaffRemindedAt { get; init; }

    public DateTimeOffset? RemindedBeforeAt { get; init; }

    public DateTimeOffset? RemindedTodayAt { get; init; }

    public string? ServiceCodeSealed { get; init; }

    public string? HoldReason { get; init; }

    public string? Shortage { get; init; }

    public DateTimeOffset? ServedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public Id? ConfirmedBy { get; init; }

    public string? ConfirmedHow { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public Window Window => new(WindowStart, WindowEnd);

    public Matching.Geography.Place Place => new(Lat, Lng, AccuracyM);

    public Offers.OrderRef ToRef() => new(Id, CenterId, Edition, FreshEdition);
}

/// <summary>What an order is made of when it is made.</summary>
public sealed record NewOrder
{
    public required Id CenterId { get; init; }

    /// <summary>The station (or institute, or center) whose wish it is; it owns the order first.</summary>
    public required Id HomeSiteId { get; init; }

    public required Id MenuItemId { get; init; }

    /// <summary>Whom it is for, where it is for one.</summary>
    public Id? ResidentId { get; init; }

    /// <summary>What is needed, in words that a volunteer may read before accepting: no name, no address.</summary>
    public required string Need { get; init; }

    public required Matching.Geography.Place Place { get; init; }

    public string? AddressSealed { get; init; }

    public required Window Window { get; init; }

    public required Urgency Urgency { get; init; }

    /// <summary>Null: as the menu item says.</summary>
    public int? Minutes { get; init; }

    /// <inheritdoc cref="Minutes"/>
    public int? PeopleWanted { get; init; }

    /// <inheritdoc cref="Minutes"/>
    public int? PeopleNeeded { get; init; }

    /// <inheritdoc cref="Minutes"/>
    public DispatchMode? Mode { get; init; }

    public Gender? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }
}

/// <summary>What came of making an order.</summary>
public sealed record CreatedOrder(Id OrderId, OrderState State);
