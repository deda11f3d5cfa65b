using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Hours;

public sealed record ApproveHoursRequest(Id ApprovalId, string? Reason = null);

public sealed class ApproveHoursValidator : AbstractValidator<ApproveHoursRequest>
{
    public ApproveHoursValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>Yes: the hours are a line of the ledger, by the name of whoever said so.</summary>
public sealed class ApproveHours(HoursStore hours, HoursDecision decision, Database database, Caller caller) : Endpoint<ApproveHoursRequest, HoursApprovalOnWire>
{
    public override void Configure()
    {
        Post("/hours/approvals/{approvalId}/approve");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.HoursApprovalUnknown, Refusals.HoursDecidedAlready, Refusals.HoursNeedCenter, Refusals.OwnHours, Refusals.HoursInDispute);
    }

    protected override async Task<Outcome<HoursApprovalOnWire>> RunAsync(ApproveHoursRequest request, CancellationToken ct) =>
        await hours.FindApprovalAsync(caller, request.ApprovalId) is { } approval
            ? await database.WriteAsync(tx => decision.DecideAsync(tx, approval, yes: true, caller, request.Reason), ct)
            : Refusals.HoursApprovalUnknown;
}
