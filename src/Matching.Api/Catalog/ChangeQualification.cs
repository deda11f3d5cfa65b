using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="Retired">True takes it out of use: who holds it keeps it, nothing new asks for it.</param>
public sealed record ChangeQualificationRequest(Id QualificationId, string NameZh, string NameEn, bool Retired = false);

public sealed class ChangeQualificationValidator : AbstractValidator<ChangeQualificationRequest>
{
    public ChangeQualificationValidator()
    {
        RuleFor(r => r.NameZh).CatalogName();
        RuleFor(r => r.NameEn).CatalogName();
    }
}

/// <summary>Names a qualification anew, or takes it out of use.</summary>
public sealed class ChangeQualification(CatalogStore catalog, Database database, Caller caller, TimeProvider clock)
    : Endpoint<ChangeQualificationRequest, QualificationResponse>
{
    public override void Configure()
    {
        Put("/qualifications/{qualificationId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.QualificationUnknown);
    }

    protected override Task<Outcome<QualificationResponse>> RunAsync(ChangeQualificationRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        var english = Languages.WantsEnglish(Web.Request);
        return database.WriteAsync(
            async tx =>
            {
                if (await catalog.QualificationAsync(tx, request.QualificationId) is not { } found || !CatalogStore.MayEdit(caller, found.CenterId))
                {
                    return Refusals.QualificationUnknown;
                }

                var changed = found with
                {
                    Version = version,
                    NameZh = request.NameZh.Trim(),
                    NameEn = request.NameEn.Trim(),
                    RetiredAt = request.Retired ? found.RetiredAt ?? clock.GetUtcNow() : null,
                };
                return await catalog.UpdateAsync(tx, changed)
                    ? (Outcome<QualificationResponse>)QualificationResponse.Of(changed with { Version = version + 1 }, english)
                    : Refusals.ChangedMeanwhile;
            },
            ct);
    }
}
