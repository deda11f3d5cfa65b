using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Catalog;

/// <param name="ParentId">The broader skill, if any.</param>
public sealed record CreateSkillRequest(string Code, string NameZh, string NameEn, Id? ParentId = null);

public sealed class CreateSkillValidator : AbstractValidator<CreateSkillRequest>
{
    public CreateSkillValidator()
    {
        RuleFor(r => r.Code).Code();
        RuleFor(r => r.NameZh).CatalogName();
        RuleFor(r => r.NameEn).CatalogName();
    }
}

/// <summary>A new skill: of the center whose admin makes it, or common to all centers when the platform does.</summary>
public sealed class CreateSkill(CatalogStore catalog, Database database, Ids ids, Caller caller) : Endpoint<CreateSkillRequest, SkillResponse>
{
    public override void Configure()
    {
        Post("/skills");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.SkillUnknown, Refusals.CodeTaken);
    }

    protected override async Task<Outcome<SkillResponse>> RunAsync(CreateSkillRequest request, CancellationToken ct)
    {
        var english = Languages.WantsEnglish(Web.Request);
        var skill = new Skill
        {
            Id = ids.Next(IdKind.Skill),
            Version = 1,
            CenterId = caller.Role == Role.PlatformAdmin ? null : caller.CenterId,
            ParentId = request.ParentId,
            Code = request.Code,
            NameZh = request.NameZh.Trim(),
            NameEn = request.NameEn.Trim(),
        };
        if (!CatalogStore.MayEdit(caller, skill.CenterId))
        {
            return Refusals.SiteUnknown;
        }

        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    await catalog.HoldSkillsAsync(tx, skill.CenterId);
                    if (await catalog.CheckTreeAsync(tx, skill) is { } wrong)
                    {
                        return wrong.At("parentId");
                    }

                    await catalog.InsertAsync(tx, skill);
                    return (Outcome<SkillResponse>)SkillResponse.Of(skill, english);
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.CodeTaken.At("code");
        }
    }
}
