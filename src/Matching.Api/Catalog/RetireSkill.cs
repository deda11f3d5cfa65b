using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

public sealed record RetireSkillRequest(Id SkillId);

/// <summary>Takes a skill out of use, once nothing narrower is in use. Who has it keeps it; nothing new asks for it.</summary>
public sealed class RetireSkill(CatalogStore catalog, Database database, Caller caller, TimeProvider clock) : Endpoint<RetireSkillRequest, SkillResponse>
{
    public override void Configure()
    {
        Post("/skills/{skillId}/retire");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SkillNotHere, Refusals.SkillHasNarrower);
    }

    protected override Task<Outcome<SkillResponse>> RunAsync(RetireSkillRequest request, CancellationToken ct)
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
                if (await catalog.HasNarrowerAsync(tx, skill.Id))
                {
                    return Refusals.SkillHasNarrower;
                }

                var retired = skill with { Version = version, RetiredAt = skill.RetiredAt ?? clock.GetUtcNow() };
                return await catalog.UpdateAsync(tx, retired)
                    ? (Outcome<SkillResponse>)SkillResponse.Of(retired with { Version = version + 1 }, english)
                    : Refusals.ChangedMeanwhile;
            },
            ct);
    }
}
