using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

public sealed record CreateQualificationRequest(string Code, string NameZh, string NameEn);

public sealed class CreateQualificationValidator : AbstractValidator<CreateQualificationRequest>
{
    public CreateQualificationValidator()
    {
        RuleFor(r => r.Code).Code();
        RuleFor(r => r.NameZh).CatalogName();
        RuleFor(r => r.NameEn).CatalogName();
    }
}

/// <summary>A new qualification: of the center whose admin makes it, or common to all centers when the platform does.</summary>
public sealed class CreateQualification(CatalogStore catalog, Database database, Ids ids, Caller caller)
    : Endpoint<CreateQualificationRequest, QualificationResponse>
{
    public override void Configure()
    {
        Post("/qualifications");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.CodeTaken);
    }

    protected override async Task<Outcome<QualificationResponse>> RunAsync(CreateQualificationRequest request, CancellationToken ct)
    {
        var english = Languages.WantsEnglish(Web.Request);
        var qualification = new Qualification
        {
            Id = ids.Next(IdKind.Qualification),
            Version = 1,
            CenterId = caller.Role == Role.PlatformAdmin ? null : caller.CenterId,
            Code = request.Code,
            NameZh = request.NameZh.Trim(),
            NameEn = request.NameEn.Trim(),
        };
        if (!CatalogStore.MayEdit(caller, qualification.CenterId))
        {
            return Refusals.SiteUnknown;
        }

        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    await catalog.InsertAsync(tx, qualification);
                    return (Outcome<QualificationResponse>)QualificationResponse.Of(qualification, english);
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.CodeTaken.At("code");
        }
    }
}
