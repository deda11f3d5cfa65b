using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Service;
using Matching.Api.Sites;
using Matching.Assignments;
using Matching.Geography;
using Matching.Orders;

namespace Matching.Api.Assignments;

/// <summary>What shows that somebody was there until now; nothing is needed to leave, but then it is worth the least.</summary>
/// <param name="AssignmentId">Whose seat.</param>
/// <param name="ServiceCode">The six digits that the resident tells.</param>
/// <param name="Place">Where the phone says that it is.</param>
public sealed record CheckOutRequest(Id AssignmentId, string? ServiceCode = null, PlaceOnWire? Place = null);

/// <summary>She has left.</summary>
/// <param name="Evidence">What the leaving is worth, from A to D.</param>
/// <param name="Minutes">What will count once the service is confirmed.</param>
/// <param name="Cut">She stayed longer than counts.</param>
/// <param name="OrderState">Where the order stands now.</param>
public sealed record CheckOutResponse(
    Id AssignmentId, DateTimeOffset CheckedOutAt, PresenceMethod Method, EvidenceGrade Evidence, int Minutes, bool Cut, OrderState OrderState);

public sealed class CheckOutValidator : AbstractValidator<CheckOutRequest>
{
    public CheckOutValidator()
    {
        RuleFor(r => r.ServiceCode).ServiceCode();
        RuleFor(r => r.Place).OnEarth();
    }
}

/// <summary>A volunteer leaves, or an organiser says so. When the last one has left the service is over, and the resident is asked to confirm it.</summary>
public sealed class CheckOut(
    AssignmentAccess access, AssignmentStore assignments, AttendanceStore attendances, Presences presences, OrderStore orders, PolicyStore policies,
    Database database, Caller caller, TimeProvider clock)
    : Endpoint<CheckOutRequest, CheckOutResponse>
{
    public override void Configure()
    {
        Post("/assignments/{assignmentId}/check-out");
        Allow(Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.AssignmentUnknown, Refusals.AssignmentStateWrong, Refusals.NotCheckedIn, Refusals.CheckedOutAlready, Refusals.CheckOutBeforeCheckIn,
            Refusals.ServiceCodeWrong, Refusals.ServiceCodeLocked, Refusals.PlaceOffEarth, Refusals.AccuracyOutOfRange);
    }

    protected override async Task<Outcome<CheckOutResponse>> RunAsync(CheckOutRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } read)
        {
            return Refusals.AssignmentUnknown;
        }

        var place = Presences.PlaceOf(request.Place);
        if (place.Refusal is { } nowhere)
        {
            return nowhere;
        }

        if (await presences.RefuseGuessingAsync(read.Id, request.ServiceCode, ct) is { } guessing)
        {
            return guessing;
        }

        return await database.WriteAsync<Outcome<CheckOutResponse>>(tx => CheckOutAsync(tx, read, request, place.Value), ct);
    }

    private async Task<Outcome<CheckOutResponse>> CheckOutAsync(Transaction tx, AssignmentRow read, CheckOutRequest request, Place? place)
    {
        var now = clock.GetUtcNow();
        var order = (await orders.LockAsync(tx, read.OrderId))!;
        var assignment = (await assignments.FindAsync(tx, read.Id))!;
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, now);
        var presence = await presences.ReadAsync(tx, order, assignment, caller, request.ServiceCode, place, policy);
        var moved = assignment.ToAssignment().CheckOut(presence, now);
        if (moved.Refusal is { } refusal)
        {
            return refusal;
        }

        var left = moved.Value;
        await assignments.CheckOutAsync(tx, left, caller);
        await attendances.AddAsync(tx, left.Id, Direction.Out, now, presence.Method, left.OutGrade!.Value, caller, place, request.Place?.Datum);
        if (presence.CodeMatches == true)
        {
            await attendances.ForgiveTriesAsync(tx, left.Id);
        }

        var settled = await orders.SettleAsync(tx, order.Id, caller);
        var served = left.Minutes(TimeSpan.FromMinutes(order.Minutes), policy);
        return new CheckOutResponse(left.Id, now, presence.Method, left.OutGrade.Value, served.Minutes, served.Cut, settled.State);
    }
}
