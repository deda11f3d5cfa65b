using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Hours;

namespace Matching.Api.Hours;

public sealed record ListHoursApprovalsRequest(string? Cursor = null, int Take = Page<HoursApprovalOnWire>.Usual);

/// <summary>Verified minutes beyond what a day takes by itself.</summary>
/// <param name="Needs">Whose yes they need.</param>
public sealed record HoursApprovalOnWire(
    Id ApprovalId, Id VolunteerId, Id AssignmentId, Id SiteId, string Day, int Minutes, HoursApproval Needs, HoursApprovalState State, DateTimeOffset AskedAt)
{
    public static HoursApprovalOnWire From(HoursApprovalRow row) => new(
        row.Id, row.VolunteerId, row.AssignmentId, row.SiteId, row.ServiceDay, row.Minutes, row.Needs, row.State, row.AskedAt);
}

public sealed class ListHoursApprovalsValidator : AbstractValidator<ListHoursApprovalsRequest>
{
    public ListHoursApprovalsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<HoursApprovalOnWire>.Most);
}

/// <summary>Hours that wait for a yes in the caller's part of the tree, the oldest first.</summary>
public sealed class ListHoursApprovals(HoursStore hours, Caller caller) : Endpoint<ListHoursApprovalsRequest, Page<HoursApprovalOnWire>>
{
    public override void Configure()
    {
        Get("/hours/approvals");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<HoursApprovalOnWire>>> RunAsync(ListHoursApprovalsRequest request, CancellationToken ct)
    {
        var list = $"hours/approvals/{caller.SiteId}";
        var after = Cursor.ReadId(request.Cursor, list);
        if (after.Refusal is { } refusal)
        {
            return refusal;
        }

        return Page<HoursApprovalOnWire>.Of(
            await hours.WaitingAsync(caller, after.Value ?? Id.None, request.Take + 1), request.Take, HoursApprovalOnWire.From,
            row => Cursor.Make(list, row.Id.ToString()));
    }
}
