using FluentValidation;
using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;

namespace Matching.Api.Hours;

/// <summary>A line of a ledger was wrong.</summary>
/// <param name="EntryId">Which line.</param>
/// <param name="Reason">Why; it stands in the ledger for good, so it names nobody.</param>
/// <param name="Minutes">The right figure, less than it says; left out, nothing of it stands.</param>
public sealed record ReverseHoursRequest(Id EntryId, string Reason, int? Minutes = null);

/// <summary>The line that takes it back.</summary>
/// <param name="TotalMinutes">What the volunteer's ledger comes to now.</param>
public sealed record ReverseHoursResponse(HoursOnWire Entry, int TotalMinutes);

public sealed class ReverseHoursValidator : AbstractValidator<ReverseHoursRequest>
{
    public ReverseHoursValidator()
    {
        RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
        RuleFor(r => r.Minutes).InclusiveBetween(1, 24 * 60);
    }
}

/// <summary>Takes a line of a ledger back by another line, and writes the right figure after it where one is given. Nothing is ever changed or deleted.</summary>
public sealed class ReverseHours(
    HoursStore hours, OrderStore orders, AssignmentStore assignments, VolunteerStore volunteers, PolicyStore policies, Database database, Caller caller)
    : Endpoint<ReverseHoursRequest, ReverseHoursResponse>
{
    public override void Configure()
    {
        Post("/hours/{entryId}/reverse");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.HoursEntryUnknown, Refusals.HoursReversedAlready, Refusals.ReversalNotReversible, Refusals.MinutesAboveServed, Refusals.OwnHours,
            Refusals.HoursInDispute);
    }

    protected override async Task<Outcome<ReverseHoursResponse>> RunAsync(ReverseHoursRequest request, CancellationToken ct)
    {
        if (await hours.FindAsync(request.EntryId) is not { } line || !caller.Reach.Covers(line.Path))
        {
            return Refusals.HoursEntryUnknown;
        }

        if (request.Minutes >= line.Minutes)
        {
            return Refusals.MinutesAboveServed.At("minutes");
        }

        return await database.WriteAsync<Outcome<ReverseHoursResponse>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, line.OrderId))!;
                if (order.State == Matching.Orders.OrderState.Disputed)
                {
                    return Refusals.HoursInDispute;
                }

                var volunteer = (await volunteers.FindAsync(tx, line.VolunteerId))!;
                if (volunteer.AccountId == caller.AccountId)
                {
                    return Refusals.OwnHours;
                }

                var policy = await policies.CurrentAsync(line.CenterId);
                var reversed = await hours.ReverseAsync(tx, line, request.Minutes, caller.AccountId, request.Reason, policy);
                if (reversed.Refusal is { } refusal)
                {
                    return refusal;
                }

                await assignments.AddMinutesAsync(tx, line.AssignmentId, (request.Minutes ?? 0) - line.Minutes);
                var after = (await volunteers.FindAsync(tx, line.VolunteerId))!;
                return new ReverseHoursResponse(HoursOnWire.From(reversed.Value), after.VerifiedMinutes);
            },
            ct);
    }
}
