using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Sites;

namespace Matching.Api.Hours;

/// <summary>Which part of the register.</summary>
/// <param name="SiteId">The site; its subtree is included.</param>
/// <param name="From">The first day of service.</param>
/// <param name="To">The last day of service.</param>
/// <param name="Alone">Of this very site only.</param>
/// <param name="Format">Csv for the whole of it as a file; the same as asking with Accept: text/csv.</param>
public sealed record ListSiteHoursRequest(
    Id SiteId, DateOnly? From = null, DateOnly? To = null, bool Alone = false, RegisterFormat? Format = null, string? Cursor = null, int Take = Page<RegisterLine>.Usual);

/// <summary>As what the register is wanted.</summary>
public enum RegisterFormat
{
    /// <summary>A page of JSON.</summary>
    Json,

    /// <summary>The whole as a file for a spreadsheet.</summary>
    Csv,
}

/// <summary>A page of the register; as CSV all of it.</summary>
public record ListSiteHoursResponse(IReadOnlyList<RegisterLine> Items, string? Next);

/// <summary>A line of a site's register 服务台账.</summary>
/// <param name="Item">What was done, as the menu calls it.</param>
/// <param name="Hash">SHA-256 of the line with the one before in the volunteer's ledger in it.</param>
public sealed record RegisterLine(
    Id EntryId, string Day, Id VolunteerId, string Name, string Item, int Minutes, string Evidence, Id OrderId, Id AssignmentId, Id? ReversesId,
    DateTimeOffset WrittenAt, Id? WrittenBy, string? Reason, string Hash);

public sealed class ListSiteHoursValidator : AbstractValidator<ListSiteHoursRequest>
{
    public ListSiteHoursValidator()
    {
        RuleFor(r => r.Take).InclusiveBetween(1, Page<RegisterLine>.Most);
        RuleFor(r => r.To).Must((r, to) => to is null || r.From is null || to >= r.From).Refuse(Refusals.FieldOutOfRange);
    }
}

/// <summary>A site's register of hours with those of its subtree, the oldest first: as a list, or all of it as CSV.</summary>
public sealed class ListSiteHours(HoursStore hours, SiteStore sites, Caller caller) : Endpoint<ListSiteHoursRequest, ListSiteHoursResponse>
{
    public override void Configure()
    {
        Get("/sites/{siteId}/hours");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<ListSiteHoursResponse>> RunAsync(ListSiteHoursRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown;
        }

        var list = $"sites/{site.Id}/hours/{request.From}/{request.To}/{request.Alone}";
        var after = Cursor.ReadId(request.Cursor, list);
        if (after.Refusal is { } refusal)
        {
            return refusal;
        }

        var english = Languages.WantsEnglish(Web.Request);
        Task<List<RegisterRow>> ReadAsync(Id from, int take) => hours.RegisterAsync(
            site.CenterId, request.Alone ? Reach.Only(site.Path) : Reach.Of(site.Path), Days.WriteIfAny(request.From), Days.WriteIfAny(request.To), from, take);
        if ((request.Format ?? Wanted()) == RegisterFormat.Csv)
        {
            return new RegisterFile(english, after.Value ?? Id.None, ReadAsync);
        }

        var page = Page<RegisterLine>.Of(
            await ReadAsync(after.Value ?? Id.None, request.Take + 1), request.Take, row => Show(row, english), row => Cursor.Make(list, row.Id.ToString()));
        return new ListSiteHoursResponse(page.Items, page.Next);
    }

    private RegisterFormat Wanted() => Web.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
        ? RegisterFormat.Csv
        : RegisterFormat.Json;

    private static RegisterLine Show(RegisterRow row, bool english) => new(
        row.Id, row.ServiceDay, row.VolunteerId, row.VolunteerName, english ? row.ItemEn : row.ItemZh, row.Minutes, row.Evidence, row.OrderId, row.AssignmentId,
        row.ReversesId, row.PostedAt, row.PostedBy, row.Reason, Convert.ToHexStringLower(row.Hash));
}
