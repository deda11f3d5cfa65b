using FluentValidation;
using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Service;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Engine;
using Matching.Geography;
using Matching.Orders;
using Matching.Policies;

namespace Matching.Api.Assignments;

/// <summary>What shows that somebody has come. An organiser who checks in somebody else needs to show nothing more.</summary>
/// <param name="AssignmentId">Whose seat.</param>
/// <param name="ServiceCode">The six digits that the resident tells at the door.</param>
/// <param name="Place">Where the phone says that it is.</param>
public sealed record CheckInRequest(Id AssignmentId, string? ServiceCode = null, PlaceOnWire? Place = null);

/// <summary>She is there.</summary>
/// <param name="Evidence">What it is worth, from A to D.</param>
/// <param name="OrderState">Where the order stands now.</param>
public sealed record CheckInResponse(Id AssignmentId, DateTimeOffset CheckedInAt, PresenceMethod Method, EvidenceGrade Evidence, OrderState OrderState);

public sealed class CheckInValidator : AbstractValidator<CheckInRequest>
{
    public CheckInValidator()
    {
        RuleFor(r => r.ServiceCode).ServiceCode();
        RuleFor(r => r.Place).OnEarth();
    }
}

/// <summary>A volunteer has come: by the resident's service code, by the place, or on the word of an organiser. The first one puts the order in service.</summary>
public sealed class CheckIn(
    AssignmentAccess access, AssignmentStore assignments, AttendanceStore attendances, Presences presences, OrderStore orders, OfferStore offers,
    VolunteerStore volunteers, NeedStore needs, PolicyStore policies, Database database, Caller caller, TimeProvider clock)
    : Endpoint<CheckInRequest, CheckInResponse>
{
    public override void Configure()
    {
        Post("/assignments/{assignmentId}/check-in");
        Allow(Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.AssignmentUnknown, Refusals.AssignmentStateWrong, Refusals.OrderStateWrong, Refusals.CheckedInAlready, Refusals.NoShowRecorded,
            Refusals.CheckInTooEarly, Refusals.CheckInTooLate, Refusals.ServiceCodeWrong, Refusals.ServiceCodeLocked, Refusals.NotWithinGeofence,
            Refusals.PresenceNotShown, Refusals.PlaceOffEarth, Refusals.AccuracyOutOfRange, Refusals.BrokenInPool, Refusals.BrokenActiveAndRealName,
            Refusals.BrokenNotSuspended, Refusals.BrokenOfAge, Refusals.BrokenSkills, Refusals.BrokenQualifications, Refusals.BrokenInsured,
            Refusals.BrokenNoOverlap, Refusals.BrokenNotBlocked, Refusals.BrokenLanguageAndGender);
    }

    protected override async Task<Outcome<CheckInResponse>> RunAsync(CheckInRequest request, CancellationToken ct)
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

        return await database.WriteAsync<Outcome<CheckInResponse>>(tx => CheckInAsync(tx, read, request, place.Value), ct);
    }

    private async Task<Outcome<CheckInResponse>> CheckInAsync(Transaction tx, AssignmentRow read, CheckInRequest request, Place? place)
    {
        var now = clock.GetUtcNow();
        var order = (await orders.LockAsync(tx, read.OrderId))!;
        var assignment = (await assignments.FindAsync(tx, read.Id))!;
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, now);
        var presence = await presences.ReadAsync(tx, order, assignment, caller, request.ServiceCode, place, policy);
        var moved = assignment.ToAssignment().CheckIn(presence, order.Window, now, policy);
        if (moved.Refusal is { } refusal)
        {
            return refusal;
        }

        // Held for a person: there are too few for it to take place, so nobody begins it.
        if (order.State is not (OrderState.Dispatching or OrderState.Accepted or OrderState.InService))
        {
            return Refusals.OrderStateWrong;
        }

        var came = moved.Value;
        await volunteers.CountAsync(tx, came.VolunteerId, new VolunteerCounts { Came = 1, OnTime = came.CameOnTime(order.Window) ? 1 : 0 });
        var need = await NeedAsync(tx, order, assignment, policy);
        if (HardRules.Check((await volunteers.FactsInAsync(tx, came.VolunteerId))!, need, Moment.CheckIn) is { Refusal: { } broken })
        {
            return broken;
        }

        await assignments.CheckInAsync(tx, came, caller);
        await attendances.AddAsync(tx, came.Id, Direction.In, now, presence.Method, came.InGrade!.Value, caller, place, request.Place?.Datum);
        if (presence.CodeMatches == true)
        {
            await attendances.ForgiveTriesAsync(tx, came.Id);
        }

        var settled = await orders.SettleAsync(tx, order.Id, caller);
        return new CheckInResponse(came.Id, now, presence.Method, came.InGrade.Value, settled.State);
    }

    // The pool is that of the round in which she was asked: an order that was handed down since refuses nobody who was invited.
    private async Task<Need> NeedAsync(Transaction tx, OrderRow order, AssignmentRow assignment, Policy policy)
    {
        var offer = assignment.OfferId is { } offerId ? await offers.FindAsync(tx, offerId) : null;
        var pool = offer is null ? order.OwnerPath : (await offers.RoundAsync(tx, offer.RoundId)).PoolPath;
        return await needs.ForOrderAsync(tx, order, policy, pool, radiusM: null);
    }
}
