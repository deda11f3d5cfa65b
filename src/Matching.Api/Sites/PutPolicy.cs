using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Policies;

namespace Matching.Api.Sites;

/// <param name="Policy">What is left out is the default. Its version and emergency are not taken from here.</param>
public sealed record PutPolicyRequest(Id CenterId, Policy Policy, string Reason);

public sealed class PutPolicyValidator : AbstractValidator<PutPolicyRequest>
{
    public PutPolicyValidator()
    {
        RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
        RuleFor(r => r.Policy).Custom((policy, context) =>
        {
            foreach (var wrong in (policy with { Version = 1 }).Check())
            {
                context.AddFailure(Shapes.ToFailure(wrong, wrong.Field is null ? "policy" : $"policy.{wrong.Field}"));
            }
        });
    }
}

/// <summary>Puts another policy in force for a center. Orders under way keep their clocks; what is decided from now on goes by the new one.</summary>
public sealed class PutPolicy(PolicyStore policies, SiteStore sites, Database database, Timeline timeline, Caller caller, TimeProvider clock)
    : Endpoint<PutPolicyRequest, PolicyResponse>
{
    public override void Configure()
    {
        Put("/centers/{centerId}/policy");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SiteUnknown, Refusals.PolicyZoneUnknown, Refusals.PolicyValueOutOfRange, Refusals.PolicyOutOfOrder,
            Refusals.ScoreWeightsInvalid, Refusals.LimitsOutOfRange);
    }

    protected override Task<Outcome<PolicyResponse>> RunAsync(PutPolicyRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await sites.CenterAsync(tx, request.CenterId) is not { } center || !caller.Reach.Covers(center.Path))
                {
                    return Refusals.SiteUnknown;
                }

                var policy = request.Policy with { Version = version + 1, Emergency = false };
                if (await policies.NumberAsync(tx, center.Id) != version
                    || !await policies.PutAsync(tx, center.Id, policy, request.Reason, caller.AccountId, clock.GetUtcNow()))
                {
                    return Refusals.ChangedMeanwhile;
                }

                await timeline.AddAsync(tx, center.Id, "Open", "Open", nameof(PutPolicy), caller, request.Reason);
                return (Outcome<PolicyResponse>)new PolicyResponse(center.Id, policy.Version, policy);
            },
            ct);
    }
}
