using Matching.Api.Assignments;
using Matching.Api.Plumbing.Http;
using Matching.Assignments;
using Matching.Geography;
using Matching.Orders;
using Matching.Sites;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>An order as staff see it in a list.</summary>
/// <param name="Level">How far it has climbed.</param>
/// <param name="DueAt">When the next thing happens by itself; null when it is finished.</param>
/// <param name="NextAction">What that is.</param>
public sealed record OrderOnWire(
    Id Id,
    OrderState State,
    DateTimeOffset StateSince,
    Id HomeSiteId,
    Id OwnerSiteId,
    SiteKind Level,
    Id MenuItemId,
    string Need,
    PlaceOnWire Place,
    DateTimeOffset WindowStart,
    DateTimeOffset WindowEnd,
    int Minutes,
    Urgency Urgency,
    Risk Risk,
    DispatchMode Mode,
    int PeopleWanted,
    int PeopleNeeded,
    int SeatsFilled,
    DateTimeOffset? DueAt,
    OrderAction? NextAction,
    string? HoldReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReadyAt,
    DateTimeOffset? ClosedAt,
    int Version) : IVersioned
{
    public static OrderOnWire From(OrderRow order) => new(
        order.Id, order.State, order.StateSince, order.HomeSiteId, order.OwnerSiteId, order.Level, order.MenuItemId, order.Need,
        new PlaceOnWire(order.Lat, order.Lng, Datum.Wgs84, order.AccuracyM), order.WindowStart, order.WindowEnd, order.Minutes, order.Urgency, order.Risk,
        order.Mode, order.PeopleWanted, order.PeopleNeeded, order.SeatsFilled, order.DueAt, order.NextAction, order.HoldReason, order.CreatedAt, order.ReadyAt,
        order.ClosedAt, order.Version);
}

/// <summary>Who has, or had, a seat.</summary>
public sealed record SeatOnWire(
    Id AssignmentId,
    int Seat,
    Id VolunteerId,
    AssignmentState State,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? CheckedInAt,
    DateTimeOffset? CheckedOutAt,
    int? Minutes,
    EvidenceGrade? Evidence,
    string? Reason)
{
    public static SeatOnWire From(AssignmentRow row) => new(
        row.Id, row.SeatNumber, row.VolunteerId, row.State, row.AcceptedAt, row.CheckedInAt, row.CheckedOutAt, row.Minutes, row.Evidence, row.Reason);
}
