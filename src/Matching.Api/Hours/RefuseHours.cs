using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Hours;

public sealed record RefuseHoursRequest(Id ApprovalId, string Reason);

public sealed class RefuseHoursValidator : AbstractValidator<RefuseHoursRequest>
{
    public RefuseHoursValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>No: the hours do not count, and the reason says why.</summary>
public sealed class RefuseHours(HoursStore hours, HoursDecision decision, Database database, Caller caller) : Endpoint<RefuseHoursRequest, HoursApprovalOnWire>
{
    public override void Configure()
    {
        Post("/hours/approvals/{approvalId}/refuse");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.HoursApprovalUnknown, Refusals.HoursDecidedAlready, Refusals.HoursNeedCenter, Refusals.OwnHours, Refusals.HoursInDispute);
    }

    protected override async Task<Outcome<HoursApprovalOnWire>> RunAsync(RefuseHoursRequest request, CancellationToken ct) =>
        await hours.FindApprovalAsync(caller, request.ApprovalId) is { } approval
            ? await database.WriteAsync(tx => decision.DecideAsync(tx, approval, yes: false, caller, request.Reason), ct)
            : Refusals.HoursApprovalUnknown;
}
