using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="ParentId">The broader skill; none makes it one of the broadest.</param>
public sealed record ChangeSkillRequest(Id SkillId, string NameZh, string NameEn, Id? ParentId = null);

public sealed class ChangeSkillValidator : AbstractValidator<ChangeSkillRequest>
{
    public ChangeSkillValidator()
    {
        RuleFor(r => r.NameZh).CatalogName();
        RuleFor(r => r.NameEn).CatalogName();
    }
}

/// <summary>Names a skill anew or hangs it under another. A circle is refused.</summary>
public sealed class ChangeSkill(CatalogStore catalog, Database database, Caller caller) : Endpoint<ChangeSkillRequest, SkillResponse>
{
    public override void Configure()
    {
        Put("/skills/{skillId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SkillNotHere, Refusals.SkillUnknown, Refusals.SkillCircle);
    }

    protected override Task<Outcome<SkillResponse>> RunAsync(ChangeSkillRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        var english = Languages.WantsEnglish(Web.Request);
        return database.WriteAsync(
            async tx =>
            {
                if (await catalog.SkillAsync(tx, request.SkillId) is not { } skill || !CatalogStore.MayEdit(caller, skill.CenterId))
                {
                    return Refusals.SkillNotHere;
                }

                await catalog.HoldSkillsAsync(tx, skill.CenterId);
                var changed = skill with { Version = version, ParentId = request.ParentId, NameZh = request.NameZh.Trim(), NameEn = request.NameEn.Trim() };
                if (await catalog.CheckTreeAsync(tx, changed) is { } wrong)
                {
                    return wrong.At("parentId");
                }

                return await catalog.UpdateAsync(tx, changed)
                    ? (Outcome<SkillResponse>)SkillResponse.Of(changed with { Version = version + 1 }, english)
                    : Refusals.ChangedMeanwhile;
            },
            ct);
    }
}
