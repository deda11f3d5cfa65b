using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;
using Matching.Geography;
using Matching.Orders;

namespace Matching.Api.Assignments;

/// <summary>Which of my assignments.</summary>
/// <param name="Open">Only those that are still to come or going on.</param>
/// <param name="Cursor">Where the last page ended.</param>
/// <param name="Take">How many, at most 100.</param>
public sealed record ListMyAssignmentsRequest(bool Open = false, string? Cursor = null, int Take = Page<AssignmentOnWire>.Usual);

public sealed class ListMyAssignmentsValidator : AbstractValidator<ListMyAssignmentsRequest>
{
    public ListMyAssignmentsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<AssignmentOnWire>.Most);
}

/// <summary>Something taken on, in a list. Whom to go to, and where exactly, is shown by the assignment itself, which logs the look.</summary>
/// <param name="Place">About where: within the accuracy given.</param>
public sealed record AssignmentOnWire(
    Id AssignmentId, Id OrderId, Id VolunteerId, AssignmentState State, OrderState OrderState, Id MenuItemId, string Need, PlaceOnWire Place,
    DateTimeOffset WindowStart, DateTimeOffset WindowEnd, DateTimeOffset AcceptedAt, DateTimeOffset? CheckedInAt, DateTimeOffset? CheckedOutAt,
    int? VerifiedMinutes, EvidenceGrade? Evidence)
{
    public static AssignmentOnWire From(AssignmentRow row, OrderRow order)
    {
        var about = Places.Blur(order.Place);
        return new AssignmentOnWire(
            row.Id, row.OrderId, row.VolunteerId, row.State, order.State, order.MenuItemId, order.Need,
            new PlaceOnWire(about.Lat, about.Lng, Datum.Wgs84, about.AccuracyM), row.WindowStart, row.WindowEnd, row.AcceptedAt, row.CheckedInAt,
            row.CheckedOutAt, row.Minutes, row.Evidence);
    }
}

/// <summary>What I, or my team, have taken on, newest first.</summary>
public sealed class ListMyAssignments(AssignmentStore assignments, OrderStore orders, Caller caller) : Endpoint<ListMyAssignmentsRequest, Page<AssignmentOnWire>>
{
    public override void Configure()
    {
        Get("/me/assignments");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<AssignmentOnWire>>> RunAsync(ListMyAssignmentsRequest request, CancellationToken ct)
    {
        var list = $"me/assignments/{caller.SubjectId}/{request.Open}";
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await assignments.MineAsync(caller.SubjectId, request.Open, before.Value ?? Id.From(UInt128.MaxValue), request.Take + 1);
        var byId = (await orders.FindManyAsync([.. rows.Select(row => row.OrderId).Distinct()])).ToDictionary(order => order.Id);
        return Page<AssignmentOnWire>.Of(rows, request.Take, row => AssignmentOnWire.From(row, byId[row.OrderId]), row => Cursor.Make(list, row.Id.ToString()));
    }
}
