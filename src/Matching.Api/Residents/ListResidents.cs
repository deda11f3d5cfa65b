using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Residents;
using Matching.Sites;

namespace Matching.Api.Residents;

/// <param name="SiteId">A site within reach, with all below it; the caller's own when nobody says.</param>
/// <param name="Name">How the name begins.</param>
/// <param name="Phone">Who has this number, all of it: a caller on the phone.</param>
/// <param name="CareTag">Only those whom this is said of.</param>
public sealed record ListResidentsRequest(
    Id? SiteId = null, string? Name = null, string? Phone = null, CareTag? CareTag = null, string? Cursor = null, int Take = Page<Resident>.Usual);

public sealed class ListResidentsValidator : AbstractValidator<ListResidentsRequest>
{
    public ListResidentsValidator()
    {
        RuleFor(r => r.Name).MaximumLength(60);
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Take).InclusiveBetween(1, Page<Resident>.Most);
    }
}

/// <summary>The residents whom the caller looks after, by name.</summary>
public sealed class ListResidents(ResidentStore residents, SiteStore sites, Database database, Caller caller, Vault vault)
    : Endpoint<ListResidentsRequest, Page<ResidentResponse>>
{
    public override void Configure()
    {
        Get("/residents");
        Allow(Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid, Refusals.PhoneInvalid);
    }

    protected override async Task<Outcome<Page<ResidentResponse>>> RunAsync(ListResidentsRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId ?? caller.SiteId) is not { } site || !ResidentStore.LooksAfter(caller, site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        var prefix = request.Name is { } name ? Folded.Of(name) : null;
        var list = $"residents/{site.Id}/{prefix}/{request.CareTag}";
        var after = Cursor.Read(request.Cursor, list, 2);
        if (after.Refused)
        {
            return after.Refusal!;
        }

        var start = after.Value is [var afterName, var afterId] ? (afterName, Id.ParseOrNone(afterId)) : ("", Id.None);
        var phone = request.Phone is { } typed ? PhoneNumber.Read(typed).Value : null;
        var rows = await residents.ListAsync(site.CenterId, Reach.Of(site.Path), prefix, phone, request.CareTag, start, request.Take + 1);
        var tags = await residents.TagsAsync(database, rows.Select(row => row.Id));
        return Page<ResidentResponse>.Of(
            rows, request.Take, row => ResidentResponse.Of(row, tags[row.Id], caller, vault), row => Cursor.Make(list, row.NameSort, row.Id.ToString()));
    }
}
