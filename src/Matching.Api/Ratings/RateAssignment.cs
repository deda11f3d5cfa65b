using FluentValidation;
using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Service;
using Matching.Api.Sites;
using Matching.Assignments;
using Matching.Orders;
using Matching.Ratings;

namespace Matching.Api.Ratings;

/// <summary>How it was.</summary>
/// <param name="AssignmentId">Of which volunteer's part in the order.</param>
/// <param name="Score">1 to 5.</param>
/// <param name="Words">What there is to say about it.</param>
public sealed record RateAssignmentRequest(Id AssignmentId, int Score, string? Words = null);

/// <summary>It is kept, and hidden from the other side until she has rated too or the time is over.</summary>
/// <param name="Shown">Both are in: both can be read now.</param>
public sealed record RateAssignmentResponse(Id AssignmentId, RatingDirection Direction, int Score, bool Shown, OrderState OrderState);

public sealed class RateAssignmentValidator : AbstractValidator<RateAssignmentRequest>
{
    public RateAssignmentValidator()
    {
        RuleFor(r => r.Score).InclusiveBetween(1, 5).Refuse(Refusals.RatingOutOfRange);
        RuleFor(r => r.Words).MaximumLength(1000);
    }
}

/// <summary>One side rates the other: the resident (or who asked for her) the volunteer, the volunteer the resident. When nothing is missing the order is closed.</summary>
public sealed class RateAssignment(
    RatingAccess access, RatingStore ratings, ServiceSteps service, OrderStore orders, PolicyStore policies, Database database, Caller caller, TimeProvider clock)
    : Endpoint<RateAssignmentRequest, RateAssignmentResponse>
{
    public override void Configure()
    {
        Post("/assignments/{assignmentId}/ratings");
        Allow(Role.Resident, Role.Proxy, Role.Volunteer, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.AssignmentUnknown, Refusals.RatingNotOpen, Refusals.RatingGivenAlready, Refusals.RatingOutOfRange, Refusals.OwnService);
    }

    protected override async Task<Outcome<RateAssignmentResponse>> RunAsync(RateAssignmentRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } found)
        {
            return Refusals.AssignmentUnknown;
        }

        if (await access.IsOwnServiceAsync(caller, found))
        {
            return Refusals.OwnService;
        }

        return await database.WriteAsync<Outcome<RateAssignmentResponse>>(tx => RateAsync(tx, found, request), ct);
    }

    private async Task<Outcome<RateAssignmentResponse>> RateAsync(Transaction tx, RatedAssignment found, RateAssignmentRequest request)
    {
        var now = clock.GetUtcNow();
        var order = (await orders.LockAsync(tx, found.Order.Id))!;
        var served = await service.ServedAsync(tx, order.Id);
        if (served.All(row => row.Id != request.AssignmentId || row.State != AssignmentState.Verified))
        {
            return Refusals.RatingNotOpen;
        }

        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, now);
        var closesAt = order.StateSince + policy.RatingSilence;
        var rated = (await ratings.PairAsync(tx, request.AssignmentId, closesAt)).Rate(found.Direction, request.Score, order.State, now);
        if (rated.Refusal is { } refusal)
        {
            return refusal;
        }

        var pair = rated.Value;
        await ratings.AddAsync(tx, order.Id, request.AssignmentId, pair[found.Direction]!, request.Words, caller.AccountId);
        if (pair.IsComplete)
        {
            await ratings.ShowAsync(tx, request.AssignmentId, found.Assignment.VolunteerId, pair);
        }

        if (await NothingIsMissingAsync(tx, served, closesAt))
        {
            await orders.MoveAsync(tx, order, OrderDeed.Close, Actor.System);
        }

        var settled = await orders.SettleAsync(tx, order.Id, caller);
        return new RateAssignmentResponse(request.AssignmentId, found.Direction, request.Score, pair.IsComplete, settled.State);
    }

    private async Task<bool> NothingIsMissingAsync(Transaction tx, IReadOnlyList<AssignmentRow> served, DateTimeOffset closesAt)
    {
        foreach (var row in served)
        {
            if (!(await ratings.PairAsync(tx, row.Id, closesAt)).IsComplete)
            {
                return false;
            }
        }

        return true;
    }
}
