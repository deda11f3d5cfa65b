using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Sites;

public sealed record ListPolicyVersionsRequest(Id CenterId, string? Cursor = null, int Take = Page<PolicyVersion>.Usual);

public sealed class ListPolicyVersionsValidator : AbstractValidator<ListPolicyVersionsRequest>
{
    public ListPolicyVersionsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<PolicyVersion>.Most);
}

/// <summary>Who changed a center's policy, when and why; newest first. Number 1 is the defaults and is not listed.</summary>
public sealed class ListPolicyVersions(PolicyStore policies, SiteStore sites, Caller caller) : Endpoint<ListPolicyVersionsRequest, Page<PolicyVersion>>
{
    public override void Configure()
    {
        Get("/centers/{centerId}/policy/versions");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<PolicyVersion>>> RunAsync(ListPolicyVersionsRequest request, CancellationToken ct)
    {
        if (await sites.CenterAsync(request.CenterId) is not { } center || !caller.Reach.Covers(center.Path))
        {
            return Refusals.SiteUnknown;
        }

        var list = $"policies/{center.Id}";
        var before = Cursor.Read(request.Cursor, list, 1);
        if (before.Refused)
        {
            return before.Refusal!;
        }

        var number = before.Value is [var text] && int.TryParse(text, out var read) ? read : int.MaxValue;
        var rows = await policies.VersionsAsync(center.Id, number, request.Take + 1);
        return Page<PolicyVersion>.Of(rows, request.Take, row => row, row => Cursor.Make(list, $"{row.Number}"));
    }
}
