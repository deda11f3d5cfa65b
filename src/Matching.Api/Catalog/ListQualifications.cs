using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="CenterId">Whose own qualifications are listed with the common ones; the caller's center when nobody says.</param>
/// <param name="Retired">Also those that are no longer used.</param>
public sealed record ListQualificationsRequest(Id? CenterId = null, bool Retired = false);

/// <summary>The qualifications that a center knows.</summary>
public sealed class ListQualifications(CatalogStore catalog, Caller caller) : Endpoint<ListQualificationsRequest, Page<QualificationResponse>>
{
    public override void Configure()
    {
        Get("/qualifications");
        AllowAnyone();
    }

    protected override async Task<Outcome<Page<QualificationResponse>>> RunAsync(ListQualificationsRequest request, CancellationToken ct)
    {
        var english = Languages.WantsEnglish(Web.Request);
        var all = await catalog.QualificationsAsync(request.CenterId ?? caller.CenterId);
        return new Page<QualificationResponse>(
            [.. all.Where(one => request.Retired || one.RetiredAt is null).Select(one => QualificationResponse.Of(one, english))], null);
    }
}
