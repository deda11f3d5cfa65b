using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="CenterId">Whose own skills are listed with the common ones; the caller's center when nobody says.</param>
/// <param name="Retired">Also those that are no longer used.</param>
public sealed record ListSkillsRequest(Id? CenterId = null, bool Retired = false);

/// <summary>The skills that a center knows, all of them at once: they make a tree.</summary>
public sealed class ListSkills(CatalogStore catalog, Caller caller) : Endpoint<ListSkillsRequest, Page<SkillResponse>>
{
    public override void Configure()
    {
        Get("/skills");
        AllowAnyone();
    }

    protected override async Task<Outcome<Page<SkillResponse>>> RunAsync(ListSkillsRequest request, CancellationToken ct)
    {
        var english = Languages.WantsEnglish(Web.Request);
        var skills = await catalog.SkillsAsync(request.CenterId ?? caller.CenterId);
        return new Page<SkillResponse>([.. skills.Where(skill => request.Retired || skill.RetiredAt is null).Select(skill => SkillResponse.Of(skill, english))], null);
    }
}
